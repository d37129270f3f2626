"""A model's rows are opened once, and few statements tell all that is asked of them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.databases import VARIABLE, Postgres
from support.postgres_server import PostgresServer
from support.project import Project
from support.sample_data import AS_OF, python_model, settings_of, write_data

import model_checks.data.model_rows
from model_checks.data import open_engine
from model_checks.data.model_rows import ModelRows, OpenModels
from model_checks.errors import DataError
from model_checks.pipeline import judge
from model_checks.settings import Settings, load_settings

RECALL = {"recall": 0.999}
LOGGED: dict[str, Any] = {
    "score": "s",
    "prediction": "p",
    "rule": "confident",
    "thresholds": {"accuracy": 0.6, "precision": 0.6, "f1": 0.6, "roc_auc": 0.6, **RECALL},
    "segments": [{"by": "g", "thresholds": {"roc_auc": 0.6, **RECALL}}],
}

# Each statement that is ours, with a part of it that is in no other. It is the most that such a
# model takes: recall and ROC AUC also in the segments, a bound so high that positives are counted
# to tell whether any rows could prove it, and no count that rules out copies.
STATEMENTS = {
    "times are told in UTC": "set time zone",
    "which columns there are, and of what types": "LIMIT 0",
    "rows: all, in the window, labelled; first and last times": r"SELECT COUNT\(\*\), COUNT\(CASE",
    "values of the segmentation; labelled rows and positives of each": "AS positives",
    "true and predicted labels; unusable answers; ends of the scores": "SELECT l0, l1, COUNT",
    "true and predicted labels of each segment": "SELECT g0, y_true, y_pred",
    "placements in the score": r"scored AS \(SELECT y_true",
    "placements in the score, within each segment": r"scored AS \(SELECT g0, y_true",
    "whether every row is there several times": r"SELECT DISTINCT k0",
}

# What the driver and SQLAlchemy send of their own accord, once for each connection: before its
# first transaction a look at what kind of server it is, and the bounds of the transactions.
OF_THE_DRIVER = [
    "BEGIN",
    "select pg_catalog.version()",
    "select current_schema()",
    "show transaction isolation level",
    "show standard_conforming_strings",
    'SAVEPOINT "_pg3_1"',
    "SELECT typname",
    'RELEASE "_pg3_1"',
    "ROLLBACK",
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "ROLLBACK",
]


def logged_rows(rows: int = 2000) -> dict[str, Any]:
    """Predictions whose rows, labelled or positive, are even in number."""
    draws = np.random.default_rng(1)
    true = np.arange(rows) % 4 // 2
    score = np.clip(draws.normal(0.3 + 0.4 * true, 0.2), 0, 1)
    return {
        "y": true,
        "p": (score > 0.5).astype(int),
        "s": score,
        "g": draws.choice(["a", "b", "c"], rows),
    }


@contextmanager
def logged_by(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that reaches the server, as it writes them down itself."""
    monkeypatch.setenv(VARIABLE, server.url(query="?options=-c%20log_statement%3Dall"))
    before, statements = len(server.log()), list[str]()
    yield statements
    told = re.findall(
        r"LOG:  (?:statement|execute \S+): (.*?)(?=\n\d{4}-\d\d-\d\d |\Z)",
        server.log()[before:],
        re.DOTALL,
    )
    statements += [" ".join(one.split()) for one in told]


def in_postgres(folder: Path, postgres: Postgres) -> Settings:
    postgres.write("predictions", logged_rows())
    return settings_of(folder, data={"url_env": VARIABLE, "table": "predictions"}, **LOGGED)


def test_nine_statements_tell_all_of_a_logged_model(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = in_postgres(tmp_path, postgres)
    with logged_by(postgres.server, monkeypatch) as statements:
        run = judge(settings, as_of=AS_OF)
    assert len(run.results) == 5 + 2 * 3
    assert "m-recall: 1,000 positives can't prove 0.999" in run.notes[0]
    ours = [one for one in statements if not one.startswith(tuple(OF_THE_DRIVER))]
    for meaning, part in STATEMENTS.items():
        [_] = [one for one in ours if re.search(part, one)] or pytest.fail(
            f"nothing asks {meaning}"
        )
    assert len(ours) == len(STATEMENTS) == 9
    assert len(statements) == len(ours) + len(OF_THE_DRIVER)


@pytest.mark.slow
def test_a_session_asks_no_more_than_a_notebook(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From collecting the checks to drawing the charts of those that fail."""
    in_postgres(tmp_path, postgres)
    with logged_by(postgres.server, monkeypatch) as statements:
        finished = Project(tmp_path).run("--checks-charts=failed")
    assert finished.exit_code == 1
    of_charts = r"SELECT y_true, y_pred, COUNT|SELECT MIN\(s0\), MAX\(s0\)|step0"
    ours = [one for one in statements if not one.startswith(tuple(OF_THE_DRIVER))]
    assert len([one for one in ours if not re.search(of_charts, one)]) == 9
    assert [one for one in ours if re.search(of_charts, one)]
    assert statements.count("select pg_catalog.version()") == 1


# How long they stay open

SEGMENTS = [{"by": "g", "thresholds": {"accuracy": 0.5}}]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources of the rows that were opened, one after the other."""
    sources: list[str] = []

    @contextmanager
    def noted(data: Any, *given: Any) -> Iterator[Any]:
        sources.append(data.source)
        with open_engine(data, *given) as engine:
            yield engine
        sources.append(f"end of {data.source}")

    monkeypatch.setattr(model_checks.data.model_rows, "open_engine", noted)
    return sources


def several(folder: Path, suffix: str) -> Settings:
    """Models ``a``, ``b`` and ``c``, each with rows of its own."""
    tables = []
    for name in "abc":
        write_data(folder / f"{name}.{suffix}", logged_rows(40))
        tables.append(
            f'[models.{name}]\ntask = "binary"\ndata = "{name}.{suffix}"\ntarget = "y"\n'
            'prediction = "p"\nthresholds = { accuracy = 0.1 }\n'
            'segments = [{ by = "g", thresholds = { accuracy = 0.1 } }]\n'
        )
    (folder / "thresholds.toml").write_text("\n".join(["[defaults]\nmin_rows = 1", *tables]))
    return load_settings(folder / "thresholds.toml")


def test_parquet_files_are_opened_once_for_each_model(tmp_path: Path, opened: list[str]) -> None:
    judge(several(tmp_path, "parquet"), as_of=AS_OF)
    assert [one for one in opened if not one.startswith("end")] == [
        "b.parquet",
        "c.parquet",
        "a.parquet",
    ]


def test_what_is_held_in_memory_is_open_for_one_model_at_a_time(
    tmp_path: Path, opened: list[str]
) -> None:
    """The model that is measured first is looked at last, and is not opened again."""
    judge(several(tmp_path, "csv"), as_of=AS_OF)
    order = ["b.csv", "c.csv", "a.csv", "b.csv", "c.csv"]
    assert opened == [one for name in order for one in (name, f"end of {name}")]


def test_rows_that_nobody_has_asked_for_long_are_opened_anew(
    tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelRows(settings_of(tmp_path, logged_rows(40)), "m", AS_OF) as rows:
        before = rows.counted()
        assert rows.counted() is before
        monkeypatch.setattr(model_checks.data.model_rows, "_LONGEST_PAUSE", -1.0)
        assert rows.counted() is not before
    assert opened.count("data.parquet") == 2


def test_what_is_raised_closes_the_rows(tmp_path: Path, opened: list[str]) -> None:
    """A database would refuse all that follows."""
    with ModelRows(settings_of(tmp_path, logged_rows(40)), "m", AS_OF) as rows:
        with pytest.raises(DataError, match="nothing"), rows.opened() as engine:
            engine.run("select nothing from given")
        assert rows.counted().labelled == 40
    assert opened.count("data.parquet") == 2


def test_rows_are_closed_before_the_answers_of_a_model_are_judged(
    tmp_path: Path, opened: list[str]
) -> None:
    model = python_model(tmp_path, "(frame.s > 0.5).astype(int)", feature_names_in_=["s"])
    judge(settings_of(tmp_path, logged_rows(40), model=model, segments=SEGMENTS), as_of=AS_OF)
    assert opened == ["data.parquet", "end of data.parquet"]


def test_nothing_is_open_after_a_plan_that_nobody_measures(
    tmp_path: Path, opened: list[str]
) -> None:
    settings = settings_of(tmp_path, logged_rows(40), segments=SEGMENTS)
    with OpenModels(settings, {"m": AS_OF}) as models:
        models.rows("m").find_segments()
        assert opened == ["data.parquet"]
    assert opened == ["data.parquet", "end of data.parquet"]
