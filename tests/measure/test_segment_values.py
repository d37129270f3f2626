"""Listed segment values that no row has: the values that there are stand in the message."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.databases import VARIABLE, Somewhere
from support.sample_data import AS_OF, python_model, results_of, settings_of

from model_checks.judging.verdict import Verdict
from model_checks.notify.email.message import compose
from model_checks.pipeline import judge
from model_checks.store.results_json import run_as_json

NEEDED = "0 labelled rows, at least 1 are needed"
ACCURACY = {"accuracy": 0.5}


def segmented(by: Any, values: list[Any], **keys: Any) -> dict[str, Any]:
    return {"segments": [{"by": by, "values": values, "thresholds": ACCURACY, **keys}]}


def labelled(**columns: Any) -> dict[str, Any]:
    """Rows with some segment columns."""
    rows = len(next(iter(columns.values())))
    return {"y": [1] * rows, "p": [1] * rows, **columns}


def told(folder: Path, columns: dict[str, Any] | None, **keys: Any) -> list[str]:
    """What is said of the checks of segments that have nothing to judge."""
    results = results_of(folder, columns, **keys)
    lacking = [one for one in results if one.verdict is Verdict.NO_DATA]
    return [one.message.removeprefix(f"{one.check.label}: ") for one in lacking]


@pytest.mark.parametrize(
    ("values", "listed", "shown"),
    [
        (["True", "False"], True, "the values of g: 'True', 'False'"),
        ([True, False], "True", "the values of g: 'true', 'false'"),
        (["1.10", "2.20"], 1.1, "the values of g: '1.10', '2.20'"),
        (pa.array([Decimal("1.10"), Decimal("2.20")]), "1.10", "the values of g: '1.1', '2.2'"),
        (["aa", "bb"], "AA", "the values of g: 'aa', 'bb'"),
        (["AA ", "UA "], "UA", "the values of g: 'UA ', 'AA '"),
        (["01", "02", "01"], 2, "the values of g: '02', '01'"),
        (["basic"], "bsic", "the value of g: 'basic'"),
        (pa.array([None, None], pa.string()), "a", "no labelled row has a value of g"),
        (["b", "c", "c", None], "z", "the values of g: 'c', 'b'"),
        (
            ["d", "d", *"abcefghij"],
            "z",
            "the values of g: 'd', 'a', 'b', 'c', 'e' and 5 more",
        ),
    ],
)
def test_a_listed_value_that_the_data_writes_otherwise_shows_those_that_there_are(
    tmp_path: Path, values: Any, listed: Any, shown: str
) -> None:
    found = told(tmp_path, labelled(g=values), **segmented("g", [listed]))
    assert found == [f"{NEEDED}; {shown}"]


def test_the_values_of_several_columns_are_shown_together(tmp_path: Path) -> None:
    columns = labelled(g=["AA", "UA", "UA"], n=[1, 2, 3])
    found = told(tmp_path, columns, **segmented(["g", "n"], [["ua", "3"], ["AA", 1], ["AA", 2]]))
    assert found == [
        f"{NEEDED}; the values of g, n: 'UA, 3', 'UA, 2', 'AA, 1'",
        f"{NEEDED}; the values of g, n: 'AA, 1', 'UA, 2', 'UA, 3'",
    ]


def test_the_likeliest_of_many_values_comes_first(tmp_path: Path) -> None:
    names = [f"{k} {'x' * 80}" for k in range(3000)]
    found = told(tmp_path, labelled(g=[*names, *names, " Paris"]), **segmented("g", ["paris"]))
    assert len(found) == 1
    assert found[0].startswith(f"{NEEDED}; the values of g: ' Paris', ")
    assert found[0].endswith(" and 2,996 more")


def test_values_without_a_label_are_none(tmp_path: Path) -> None:
    columns = {"y": pa.array([1, None]), "p": [1, 1], "g": ["a", "AA"]}
    assert told(tmp_path, columns, **segmented("g", ["AA"])) == [f"{NEEDED}; the value of g: 'a'"]


def test_values_that_have_rows_say_nothing(tmp_path: Path) -> None:
    columns = labelled(g=["a", "a", "b"])
    found = told(tmp_path, columns, **segmented("g", ["a", "b"], min_rows=2))
    assert found == ["1 labelled row, at least 2 are needed"]


def test_a_gap_between_listed_values_shows_them_as_well(tmp_path: Path) -> None:
    columns = labelled(g=["a", "b"])
    found = told(tmp_path, columns, **segmented("g", ["a", "B"], max_gap=0.5))
    values = f"{NEEDED}; the values of g: 'b', 'a'"
    assert found == [values, f"B: {values}"]


def test_a_model_that_is_called_shows_them_as_well(tmp_path: Path) -> None:
    columns = {"y": [1, 0], "x": [1, 0], "g": [True, False]}
    found = told(tmp_path, columns, model=python_model(tmp_path), **segmented("g", ["TRUE"]))
    assert found == [f"{NEEDED}; the values of g: 'true', 'false'"]


def test_a_model_of_several_labels_shows_them_as_well(tmp_path: Path) -> None:
    columns = {name: [0, 1] for name in ("y0", "y1", "p0", "p1")} | {"g": ["a", "b"]}
    keys = {"task": "multilabel", "target": ["y0", "y1"], "prediction": ["p0", "p1"]}
    found = told(tmp_path, columns, **keys, **segmented("g", ["A"]))
    assert found == [f"{NEEDED}; the values of g: 'a', 'b'"]


def test_a_database_shows_them_as_well(tmp_path: Path, database: Somewhere) -> None:
    columns = labelled(g=["aa ", "b", "b"], n=[1.5, 2.0, 2.0], b=[True, False, True])
    database.write("predictions", columns)
    keys = segmented(["g", "n", "b"], [["AA", 1.5, True]])
    keys["data"] = {"url_env": VARIABLE, "table": "predictions"}
    [found] = told(tmp_path, None, **keys)
    first, second = "'aa , 1.5, true'", "'b, 2, "
    assert found.startswith(f"{NEEDED}; the values of g, n, b: {first}, {second}")


def test_what_there_is_is_told_in_results_and_mail(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, labelled(g=["True"]), **segmented("g", [True]))
    run = judge(settings, as_of=AS_OF)
    text = f"{NEEDED}; the value of g: 'True'"
    assert text in json.dumps(run_as_json(run))
    mail = compose(run, [], None, "")
    body = mail.get_body(("plain",))
    assert body is not None
    assert text in " ".join(body.get_content().split())
