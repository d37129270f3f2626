"""Loading deployed models: each format as it is named, and nothing run that was not agreed."""

import hashlib
import pickle
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support.sample_data import python_model, python_module

from model_checks.errors import SourceError
from model_checks.predict.sources import LoadedModel, load_model, raised
from model_checks.settings import Deployed

FRAME = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0) % 7})
LABELS = (np.arange(40) > 20).astype(int)


def pipeline() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(FRAME, LABELS)


def agreed(path: Path) -> dict[str, Any]:
    """A joblib file under its own hash."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"joblib": path.name, "allow_pickle": True, "sha256": sha256}


def load(folder: Path, **keys: Any) -> LoadedModel:
    return load_model(Deployed(**keys), folder)


def refusal(folder: Path, **keys: Any) -> str:
    with pytest.raises(SourceError, match="model '") as caught:
        load(folder, **keys)
    text = str(caught.value)
    assert "\n" not in text
    return text.replace(str(folder), "FOLDER")


# skops


def test_a_skops_file_is_loaded_with_the_hash_of_its_bytes(tmp_path: Path) -> None:
    model = pipeline()
    skops.io.dump(model, tmp_path / "m.skops")
    loaded = load(tmp_path, skops="m.skops")
    assert loaded.source == "m.skops"
    assert loaded.sha256 == hashlib.sha256((tmp_path / "m.skops").read_bytes()).hexdigest()
    assert (loaded.model.predict_proba(FRAME) == model.predict_proba(FRAME)).all()


def test_types_that_are_not_trusted_are_listed_to_be_copied(tmp_path: Path) -> None:
    name = 'a "b".skops'
    skops.io.dump(HistGradientBoostingClassifier(max_iter=2).fit(FRAME, LABELS), tmp_path / name)
    text = refusal(tmp_path, skops=name)
    assert text.startswith(
        f"model {name!r}: has types that skops does not trust by itself; read what they do, "
        "and if you trust the file's origin write model = { skops = "
    )
    copied = tomllib.loads(text[text.index("model = {") :])["model"]
    assert copied["trusted_types"]
    assert load(tmp_path, **copied).model.predict(FRAME).shape == (40,)


def test_the_list_to_copy_holds_those_that_are_trusted_already(tmp_path: Path) -> None:
    path = tmp_path / "m.skops"
    skops.io.dump(HistGradientBoostingClassifier(max_iter=2).fit(FRAME, LABELS), path)
    needed = skops.io.get_untrusted_types(file=path)
    text = refusal(tmp_path, skops="m.skops", trusted_types=["other.Type"])
    assert all(f'"{one}"' in text for one in needed)


NO_SKOPS = (
    "model 'm.skops': is no skops file, or a part of one; "
    "a file of another format must be named so, as in { joblib = ... }"
)


def test_another_format_under_skops_is_never_guessed(tmp_path: Path) -> None:
    joblib.dump(Trap(tmp_path), tmp_path / "m.skops")
    assert refusal(tmp_path, skops="m.skops") == NO_SKOPS
    assert not (tmp_path / "sprung").exists()


def test_a_text_under_skops_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.skops").write_text("hello")
    assert refusal(tmp_path, skops="m.skops") == NO_SKOPS


def test_a_truncated_skops_file_is_refused(tmp_path: Path) -> None:
    skops.io.dump(pipeline(), tmp_path / "m.skops")
    content = (tmp_path / "m.skops").read_bytes()
    (tmp_path / "m.skops").write_bytes(content[: len(content) // 2])
    assert refusal(tmp_path, skops="m.skops") == NO_SKOPS


def test_a_damaged_skops_file_is_refused(tmp_path: Path) -> None:
    skops.io.dump(pipeline(), tmp_path / "m.skops")
    content = (tmp_path / "m.skops").read_bytes()
    (tmp_path / "m.skops").write_bytes(content[:50] + b"\xff" * 40 + content[90:])
    text = refusal(tmp_path, skops="m.skops")
    assert text.startswith("model 'm.skops': can't be loaded, it raised ")


# Files


@pytest.mark.parametrize("loader", ["skops", "joblib"])
def test_an_absent_file_is_told_with_its_folder(tmp_path: Path, loader: str) -> None:
    pickled = {"allow_pickle": True, "sha256": "0" * 64} if loader == "joblib" else {}
    text = refusal(tmp_path, **{loader: "models/m.bin"}, **pickled)
    assert text == "model 'models/m.bin': no such file in FOLDER/models"


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.skops").touch()
    assert refusal(tmp_path, skops="m.skops") == "model 'm.skops': the file is empty"


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    assert refusal(tmp_path, skops="m") == (
        "model 'm': can't be read ([Errno 21] Is a directory: 'FOLDER/m')"
    )


def test_a_null_character_in_a_path_is_told(tmp_path: Path) -> None:
    text = refusal(tmp_path, skops="m\0.skops")
    assert text == r"model 'm\x00.skops': has a null character in its path"


# joblib


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.file = str(folder / "sprung")

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (f"open({self.file!r}, 'w').close()",)


def test_a_joblib_file_is_loaded_if_it_is_the_one_agreed_on(tmp_path: Path) -> None:
    joblib.dump(pipeline(), tmp_path / "m.joblib")
    loaded = load(tmp_path, **agreed(tmp_path / "m.joblib"))
    assert loaded.model.predict(FRAME).shape == (40,)
    assert loaded.sha256 == agreed(tmp_path / "m.joblib")["sha256"]


def test_nothing_is_unpickled_from_a_file_that_was_not_agreed_on(tmp_path: Path) -> None:
    joblib.dump(Trap(tmp_path), tmp_path / "m.joblib")
    keys = {**agreed(tmp_path / "m.joblib"), "sha256": "0" * 64}
    found = agreed(tmp_path / "m.joblib")["sha256"]
    assert refusal(tmp_path, **keys) == (
        f"model 'm.joblib': its sha256 is {found}, thresholds.toml agreed on {'0' * 64}; "
        "nothing was loaded"
    )
    assert not (tmp_path / "sprung").exists()


def test_the_trap_of_these_tests_is_a_trap(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Trap(tmp_path)))
    assert (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [b"hello", b"\x80\x04\x95", b"PK\x03\x04 not a zip"])
def test_a_file_that_joblib_cannot_load_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.joblib").write_bytes(content)
    text = refusal(tmp_path, **agreed(tmp_path / "m.joblib"))
    assert re.match(r"model 'm.joblib': can't be loaded, it raised \w+", text)


def test_a_skops_file_under_joblib_is_refused(tmp_path: Path) -> None:
    skops.io.dump(pipeline(), tmp_path / "m.joblib")
    text = refusal(tmp_path, **agreed(tmp_path / "m.joblib"))
    assert text.startswith("model 'm.joblib': can't be loaded, it raised ")


def test_a_truncated_joblib_file_is_refused(tmp_path: Path) -> None:
    joblib.dump(pipeline(), tmp_path / "m.joblib")
    content = (tmp_path / "m.joblib").read_bytes()
    (tmp_path / "m.joblib").write_bytes(content[: len(content) // 2])
    text = refusal(tmp_path, **agreed(tmp_path / "m.joblib"))
    assert text.startswith("model 'm.joblib': can't be loaded, it raised ")


def test_a_pickle_may_need_a_module_beside_the_thresholds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = python_model(tmp_path)["python"].partition(":")[0]
    monkeypatch.syspath_prepend(str(tmp_path))
    joblib.dump(__import__(named).model, tmp_path / "m.joblib")
    monkeypatch.undo()
    monkeypatch.delitem(sys.modules, named)
    assert load(tmp_path, **agreed(tmp_path / "m.joblib")).attribute("feature_names_in_") == ["x"]


# Python objects


def test_an_object_is_found_beside_the_thresholds(tmp_path: Path) -> None:
    before = list(sys.path)
    reference = python_model(tmp_path)
    loaded = load(tmp_path, **reference)
    assert (loaded.source, loaded.sha256) == (reference["python"], None)
    assert callable(loaded.attribute("predict"))
    assert sys.path == before


def test_an_object_is_found_in_a_package(tmp_path: Path) -> None:
    (tmp_path / "shop_models").mkdir()
    (tmp_path / "shop_models" / "churn.py").write_text(
        "class Churn:\n    def predict(self, frame): return frame\nmodel = Churn()\n"
    )
    assert load(tmp_path, python="shop_models.churn:model").attribute("predict")


def test_what_a_module_adds_to_the_search_path_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    text = "import sys\nsys.path.append('added')\nclass model:\n    pass\n"
    refusal(tmp_path, **python_module(tmp_path, text))
    assert "added" in sys.path


def test_a_class_is_no_model(tmp_path: Path) -> None:
    reference = {"python": python_model(tmp_path)["python"].replace(":model", ":Model")}
    named = reference["python"]
    assert refusal(tmp_path, **reference) == f"model '{named}': is a class; name an instance of it"


def test_an_object_without_predict_is_no_model(tmp_path: Path) -> None:
    reference = python_model(tmp_path, predict=None)
    assert refusal(tmp_path, **reference) == (
        f"model '{reference['python']}': a Model has no predict"
    )


def test_predict_has_to_be_callable(tmp_path: Path) -> None:
    reference = python_module(tmp_path, "class Model:\n    predict = 3\nmodel = Model()\n")
    assert "a Model has no predict" in refusal(tmp_path, **reference)


def test_a_module_that_is_missing_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, python="no_such_module:model") == (
        "model 'no_such_module:model': can't be loaded, "
        "it raised ModuleNotFoundError: No module named 'no_such_module'"
    )


def test_a_name_that_a_module_lacks_is_told(tmp_path: Path) -> None:
    module = python_model(tmp_path)["python"].partition(":")[0]
    assert refusal(tmp_path, python=f"{module}:modle") == (
        f"model '{module}:modle': module {module} has no 'modle'"
    )


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("raise ValueError('no\\n  weights')", "ValueError: no weights"),
        ("raise ValueError", "ValueError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("1 +", "SyntaxError: invalid syntax (FILE, line 1)"),
    ],
)
def test_a_module_that_raises_is_told(tmp_path: Path, statement: str, told: str) -> None:
    reference = python_module(tmp_path, statement)
    file = reference["python"].partition(":")[0] + ".py"
    assert refusal(tmp_path, **reference) == (
        f"model '{reference['python']}': can't be loaded, it raised {told.replace('FILE', file)}"
    )


def test_an_attribute_that_raises_is_told(tmp_path: Path) -> None:
    text = "class Model:\n    @property\n    def predict(self): raise RuntimeError('not fitted')\n"
    reference = python_module(tmp_path, f"{text}model = Model()\n")
    assert refusal(tmp_path, **reference) == (
        f"model '{reference['python']}': its predict raised RuntimeError: not fitted"
    )


def test_an_error_that_has_no_text_is_told_by_its_name() -> None:
    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise ValueError

    assert raised(Mute()) == "raised Mute"
    assert raised(KeyError()) == "raised KeyError"
    assert len(raised(ValueError("x" * 5000))) < 400
