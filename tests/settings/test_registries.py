"""Registries of model sources, data places and engines: one class and one line is all it takes."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import jsonschema
import pytest
from pydantic import Field
from support.sample_data import settings_of, valued

from model_checks.data.duckdb import DuckDB
from model_checks.data.engine import Engine
from model_checks.data.shared_data import may_share
from model_checks.errors import SettingsError
from model_checks.judging.results import Run
from model_checks.pipeline import judge
from model_checks.settings import Data, Deployed, Settings
from model_checks.settings.column_roles import Roles
from model_checks.settings.data import PLACES
from model_checks.settings.error_messages import keys_of
from model_checks.settings.field_types import Text
from model_checks.settings.model_source import SOURCES, DeployedFile
from model_checks.settings.schema import settings_schema
from model_checks.settings.tagged import Tagged

COLUMNS = {"y": [0, 0, 1, 1], "x": [0.1, 0.6, 0.7, 0.9]}


def mistakes(folder: Path, **keys: Any) -> list[str]:
    with pytest.raises(SettingsError, match=r"thresholds\.toml: ") as caught:
        settings_of(folder, **keys)
    return [one.removeprefix("thresholds.toml: [models.m.") for one in caught.value.mistakes]


def assert_an_editor_takes(folder: Path) -> None:
    """Hold the file that was written against the schema that an editor would have of it."""
    written = tomllib.loads((folder / "thresholds.toml").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(settings_schema()).validate(written)


def accuracy_of(run: Run) -> float:
    [result] = [one for one in run.results if one.check.metric == "accuracy"]
    assert result.message
    return valued(result.estimate).value


# A model source that is added: a class, what it names as its loader, and a line


class CutoffModel(DeployedFile):
    """A file with a number: what is at least that is positive."""

    key = "cutoff"
    loader = f"{__name__}:load_cutoff"
    needs = "model-checks[cutoff]"

    cutoff: Text
    column: Text = "x"


def load_cutoff(deployed: CutoffModel, content: bytes) -> Any:
    """Return a model that compares one column."""
    limit = float(content)

    class Cutoff:
        def predict(self, frame: Any) -> Any:
            return (frame[deployed.column] >= limit).astype(int)

    return Cutoff()


@pytest.fixture
def cutoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "cutoff", CutoffModel)


@pytest.mark.usefixtures("cutoff")
def test_a_source_that_is_added_is_judged(tmp_path: Path) -> None:
    (tmp_path / "cut.txt").write_text("0.5")
    written = {"cutoff": "cut.txt", "column": "x"}
    settings = settings_of(tmp_path, COLUMNS, model=written, features=["x"])
    assert_an_editor_takes(tmp_path)
    run = judge(settings)
    assert accuracy_of(run) == 0.75
    assert run.models["m"].source == "cut.txt"
    assert run.models["m"].sha256 == hashlib.sha256(b"0.5").hexdigest()


@pytest.mark.usefixtures("cutoff")
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({}, "must name one of skops, joblib, python, cutoff"),
        ({"cutof": "a"}, "unknown key 'cutof'; did you mean 'cutoff'? known: allow_pickle, column"),
        ({"cutoff": "a", "colum": "x"}, "unknown key 'colum'; did you mean 'column'? known: "),
        ({"cutoff": ""}, "cutoff = '': must not be empty"),
        ({"skops": "a", "cutoff": "b"}, "must name one of skops, joblib, python, cutoff, not sev"),
        ({"skops": "a", "column": "x"}, "column goes with cutoff"),
        ({"column": "x"}, "column needs cutoff"),
    ],
)
def test_a_mistake_in_a_source_that_is_added_is_told(
    tmp_path: Path, written: dict[str, str], told: str
) -> None:
    found = mistakes(tmp_path, model=written)
    assert [one for one in found if one.startswith(f"model] {told}")]


@pytest.mark.usefixtures("cutoff")
def test_all_mistakes_in_one_table_are_told_at_once(tmp_path: Path) -> None:
    written = {"cutoff": "", "sha256": "0", "columm": "x"}
    cutoff, sha256, column = mistakes(tmp_path, model=written)
    assert cutoff == "model] cutoff = '': must not be empty"
    assert sha256 == "model] sha256 goes with joblib"
    assert column.startswith("model] unknown key 'columm'; did you mean 'column'? ")


def test_what_a_source_needs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent(CutoffModel):
        loader = "no_such_library.loading:load"

    monkeypatch.setitem(SOURCES, "cutoff", Absent)
    (tmp_path / "cut.txt").write_text("0.5")
    run = judge(settings_of(tmp_path, COLUMNS, model={"cutoff": "cut.txt"}, features=["x"]))
    assert run.models["m"].error == (
        "model 'cut.txt': needs the package 'no_such_library': pip install 'model-checks[cutoff]'"
    )


def test_what_a_table_lacks_and_what_it_has_too_much_are_told_together(tmp_path: Path) -> None:
    assert mistakes(tmp_path, data={"spark": "local[*]", "sql": "select 1"}) == [
        "data] must name one of table, files",
        "data] sql goes with url_env",
    ]


# A data place and an engine that are added


class DrawnData(Data):
    """Rows that are made on the spot."""

    key = "drawn"
    engine = f"{__name__}:drawing"
    reader = "drawing"
    needs = "'drawing>=2'"

    drawn: int = Field(ge=1)
    wrong: int = 0


@contextmanager
def drawing(data: DrawnData, settings: Settings, _: Roles) -> Iterator[Engine]:
    """Make the rows the relation ``given``."""
    with DuckDB(settings.engine) as engine:
        predicted = f"case when range < {data.wrong} then 1 - range % 2 else range % 2 end"
        rows = f"select range % 2 as y, {predicted} as p from range({data.drawn})"
        engine.run(f"create view given as {rows}")
        yield engine


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLACES, "drawn", DrawnData)


@pytest.mark.usefixtures("drawn")
def test_a_data_place_and_its_engine_that_are_added_are_judged(tmp_path: Path) -> None:
    written: Any = {"drawn": 100, "wrong": 10}
    settings = settings_of(tmp_path, data=written)
    assert_an_editor_takes(tmp_path)
    assert accuracy_of(judge(settings)) == 0.9


@pytest.mark.usefixtures("drawn")
def test_a_mistake_in_a_data_place_that_is_added_is_told(tmp_path: Path) -> None:
    written: Any = {"drawn": 0, "wrogn": 10, "delimiter": ";"}
    number, key, delimiter = mistakes(tmp_path, data=written)
    assert number == "data] drawn = 0: must be a number of at least 1"
    assert key.startswith("data] unknown key 'wrogn'; did you mean 'wrong'? known: csv, decimal")
    assert delimiter == "data] delimiter goes with files or csv"
    assert mistakes(tmp_path, data={}) == [
        "data] must name one of files, csv, url_env, spark, drawn"
    ]


@pytest.mark.usefixtures("drawn")
def test_a_data_place_that_is_added_is_compared_with_others() -> None:
    one, other = Data(drawn=5), Data(drawn=6)
    assert (one.source, other.source) == ("5", "6")
    assert may_share(one, Data(drawn=5), Path())
    assert not may_share(one, other, Path())
    assert not may_share(one, Data(files="a.csv"), Path())


def test_what_an_engine_needs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent(DrawnData):
        engine = "no_such_library.drawing:opened"

    monkeypatch.setitem(PLACES, "drawn", Absent)
    written: Any = {"drawn": 100}
    run = judge(settings_of(tmp_path, data=written))
    assert run.models["m"].error == (
        "data '100': drawing needs the package 'no_such_library': pip install 'drawing>=2'"
    )


# What holds of all that are registered

KINDS = [*SOURCES.items(), *PLACES.items()]
OF_ALL = pytest.mark.parametrize(("key", "kind"), KINDS, ids=[key for key, _ in KINDS])
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
HEAVY = ("duckdb", "joblib", "matplotlib", "numpy", "pandas", "pyarrow", "pyspark", "skops")


@OF_ALL
def test_a_kind_is_registered_by_its_key(key: str, kind: type[Tagged]) -> None:
    assert key == kind.key
    assert key in keys_of(kind)


@OF_ALL
def test_every_key_of_a_kind_is_documented(key: str, kind: type[Tagged]) -> None:
    spans = re.findall(r"`([^`\n]+)`", DOCUMENTED)
    words = {word for span in spans for word in re.findall(r"\w+", span)}
    assert {key, *keys_of(kind)} <= words


@OF_ALL
def test_an_unknown_key_is_told_with_those_that_are_known(
    tmp_path: Path, key: str, kind: type[Tagged]
) -> None:
    table = "model" if issubclass(kind, Deployed) else "data"
    found = mistakes(tmp_path, **{table: {key: "a.csv", "qqqqqqqq": "x"}})
    known = sorted({one for other in kind.kinds().values() for one in keys_of(other)})
    assert f"{table}] unknown key 'qqqqqqqq'; known: {', '.join(known)}" in found


@OF_ALL
def test_a_kind_is_in_the_schema_for_editors(key: str, kind: type[Tagged]) -> None:
    family = settings_schema()["$defs"]["Deployed" if issubclass(kind, Deployed) else "Data"]
    [found] = [one for one in family["oneOf"] if key in one["required"]]
    assert found["properties"].keys() == set(keys_of(kind))
    assert found["description"] == kind.__doc__


@pytest.mark.parametrize("kind", SOURCES.values(), ids=SOURCES)
def test_a_source_names_a_loader(kind: type[Deployed]) -> None:
    assert callable(resolve_name(kind.loader))


@pytest.mark.parametrize("kind", PLACES.values(), ids=PLACES)
def test_a_data_place_names_an_engine(kind: type[Data]) -> None:
    assert callable(resolve_name(kind.engine))


def test_naming_a_source_or_a_place_imports_nothing_that_reads_one() -> None:
    code = """if True:
        import json, sys
        from model_checks.settings import Data, Deployed
        from model_checks.settings.data import PLACES
        from model_checks.settings.model_source import SOURCES

        Deployed(skops="a"), Deployed(joblib="a", allow_pickle=True, sha256="0" * 64)
        Deployed(python="a:b"), Data(files="a.csv"), Data(csv="a"), Data(spark="local", table="t")
        Data(url_env="A", sql="select 1")
        print(json.dumps([*sys.modules]))
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    imported = set(json.loads(done.stdout))
    assert {"numpy"} >= imported & {*HEAVY}
    assert not [name for name in imported if name.startswith("model_checks.data")]
    assert not [name for name in imported if name.startswith("model_checks.predict.sources")]
