"""Files that are called as a library is."""

import sys
from pathlib import Path

import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from support.project import called_model, churn_project

from model_checks.predict.shadowed_libraries import NEEDED, hidden_libraries
from model_checks.predict.sources import load_model
from model_checks.predict.sources.function import LoadedFunction
from model_checks.settings import Deployed

HIDING = "raise ImportError('not the library that you look for')\n"
LIBRARIES = ["sklearn", "numpy", "pandas", "skops", "joblib", "duckdb", "random", "json", "decimal"]


def test_installed_modules_win_over_those_beside_the_settings(tmp_path: Path) -> None:
    for name in [*LIBRARIES, "wave"]:  # of which the last is imported here for the first time
        (tmp_path / f"{name}.py").write_text(HIDING)
    (tmp_path / "own_model.py").write_text(
        "import sklearn.dummy, numpy, json, wave\n"
        "model = sklearn.dummy.DummyClassifier().fit([[1], [2]], [0, 1])\n"
        "model.wave = wave.__file__\n"
    )
    skops.io.dump(DummyClassifier().fit([[1], [2]], [0, 1]), tmp_path / "m.skops")
    assert load_model(Deployed(skops="m.skops"), tmp_path).model
    loaded = load_model(Deployed(python="own_model:model"), tmp_path)
    assert not loaded.model.wave.startswith(str(tmp_path))
    assert LoadedFunction("sklearn.metrics:matthews_corrcoef", tmp_path)
    assert str(tmp_path) not in sys.path
    assert list(hidden_libraries([tmp_path])) == []


def test_a_file_that_python_finds_first_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wave.py").touch()
    (tmp_path / "threadpoolctl.py").touch()
    (tmp_path / "own.py").touch()
    (tmp_path / "torch").mkdir()  # no package
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("wave", "threadpoolctl", "sklearn"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert list(hidden_libraries([tmp_path, tmp_path, tmp_path / "absent"])) == [
        f"sklearn in {tmp_path} hides the library scikit-learn; rename it",
        f"threadpoolctl.py in {tmp_path} hides the library threadpoolctl; rename it",
        f"wave.py in {tmp_path} hides the library wave; rename it",
    ]


@pytest.mark.parametrize(
    "processes",
    [
        pytest.param((), id="plain"),
        pytest.param(("-n2",), id="two workers", marks=pytest.mark.slow),
    ],
)
def test_a_file_that_hides_what_the_checks_need_ends_the_run(
    tmp_path: Path, processes: tuple[str, ...]
) -> None:
    project = churn_project(tmp_path).write("numpy.py", HIDING)
    finished = project.run(*processes)
    assert finished.exit_code == 4, finished.text
    assert f"numpy.py in {tmp_path} hides the library numpy; rename it" in finished.text
    assert "Traceback" not in finished.text
    assert "INTERNALERROR" not in finished.text


def test_a_file_that_hides_what_a_model_needs_is_told_beside_its_error(tmp_path: Path) -> None:
    project = called_model(tmp_path, "pass").write("sklearn.py", HIDING)
    project.write("called.py", "import sklearn.dummy\nmodel = None\n")
    finished = project.run()
    assert f"sklearn.py in {tmp_path} hides the library scikit-learn; rename it" in finished.text
    assert "can't be loaded, it raised ImportError" in finished.checks["called-accuracy"]["message"]
    assert finished.checks["prices-mae"]["verdict"] == "PASS"
    assert "INTERNALERROR" not in finished.text


def test_what_the_checks_need_is_installed() -> None:
    assert [name for name in NEEDED if name not in sys.modules and not _found(name)] == []


def _found(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None
