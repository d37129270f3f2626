"""Several columns of one name: an error where somebody names it, nobody's business otherwise.

In files names that differ by their case are those of different columns.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from support.databases import VARIABLE, Somewhere
from support.spark_cluster import Place

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.pipeline import judge
from model_checks.settings import parse_settings

ROWS = 200
VALUES: Mapping[str, list[Any]] = {
    "left": [k % 2 for k in range(ROWS)],
    "predicted": [k % 2 if k > 20 else 0 for k in range(ROWS)],
    "p": [0.25 + k % 2 / 2 for k in range(ROWS)],
    "plan": ["basic" if k % 4 < 2 else "family" for k in range(ROWS)],
    "paid": [1.0 + k % 3 for k in range(ROWS)],
    "at": [f"2013-04-{k % 28 + 1:02} 12:00:00" for k in range(ROWS)],
    "note": ["said"] * ROWS,
}
TOML = """
[models.churn]
task = "binary"
data = DATA
target = "left"
prediction = "predicted"
score = "p"
weight = "paid"
time_column = "at"
as_of = 2013-05-01
thresholds = { accuracy = 0.7, roc_auc = 0.7 }
[[models.churn.segments]]
by = "plan"
values = ["basic", "family"]
thresholds = { accuracy = 0.5 }
"""
KEYS = {
    "left": "target",
    "predicted": "prediction",
    "p": "score",
    "paid": "weight",
    "at": "time_column",
    "plan": "segments",
}


def table_with(*more: str) -> pa.Table:
    """All columns, and further ones that are called as one of them, perhaps in another case."""
    names = [*VALUES, *more]
    arrays = [pa.array(VALUES[name.lower()]) for name in names]
    arrays[names.index("at")] = arrays[names.index("at")].cast(pa.timestamp("us"))
    return pa.Table.from_arrays(arrays, names=names)


def write(path: Path, table: pa.Table) -> None:
    if path.suffix == ".parquet":
        parquet.write_table(table, path)
        return
    rows = [table.column_names, *zip(*(one.to_pylist() for one in table.columns), strict=True)]
    path.write_text("".join(f"{','.join(map(str, row))}\n" for row in rows))


def results(folder: Path, data: str, toml: str = TOML) -> Sequence[Result]:
    content = toml.replace("DATA", data).encode()
    return judge(parse_settings(content, folder / "thresholds.toml")).results


def reason(found: Sequence[Result]) -> str:
    """Why all checks are errors, in one sentence."""
    assert {result.verdict for result in found} == {Verdict.ERROR}
    [why] = {result.message.removeprefix(f"{result.check.id}: ") for result in found}
    return why


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", KEYS)
def test_a_column_that_is_named_and_there_twice_is_an_error(
    tmp_path: Path, suffix: str, name: str
) -> None:
    file = tmp_path / f"log{suffix}"
    write(file, table_with(name))
    assert reason(results(tmp_path, f"'log{suffix}'")) == (
        f"data 'log{suffix}': {KEYS[name]} {name!r} is the name of 2 columns in {file} "
        f"({name!r}, {name!r})"
    )


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("name", KEYS)
def test_a_column_whose_name_another_has_in_capitals_is_that_of_its_own(
    tmp_path: Path, suffix: str, name: str
) -> None:
    write(tmp_path / f"log{suffix}", table_with())
    alone = results(tmp_path, f"'log{suffix}'")
    write(
        tmp_path / f"log{suffix}",
        table_with(name.upper()).select([len(VALUES), *range(len(VALUES))]),
    )
    assert [one.message for one in results(tmp_path, f"'log{suffix}'")] == [
        one.message for one in alone
    ]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_column_that_is_there_twice_in_one_of_many_files_is_named_with_it(
    tmp_path: Path, suffix: str
) -> None:
    write(tmp_path / f"1{suffix}", table_with())
    write(tmp_path / f"2{suffix}", table_with("left", "p", "p"))
    why = reason(results(tmp_path, f"'*{suffix}'"))
    second = tmp_path / f"2{suffix}"
    assert f"target 'left' is the name of 2 columns in {second} ('left', 'left'); score 'p'" in why
    assert f"'p' is the name of 3 columns in {second}" in why


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_column_that_nobody_names_may_be_there_twice(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"log{suffix}", table_with("note", "Note"))
    found = results(tmp_path, f"'log{suffix}'")
    assert {result.verdict for result in found} == {Verdict.PASS}


def test_a_number_at_the_end_of_a_name_is_no_second_column(tmp_path: Path) -> None:
    nested = pa.array([{"left": 1, "p": 2}] * ROWS)
    table = table_with().append_column("left_1", nested).append_column("p_1", nested)
    write(tmp_path / "log.parquet", table)
    assert {one.verdict for one in results(tmp_path, "'log.parquet'")} == {Verdict.PASS}
    write(tmp_path / "log.csv", table_with().rename_columns([*[*VALUES][:-1], "left_1"]))
    assert {one.verdict for one in results(tmp_path, "'log.csv'")} == {Verdict.PASS}


def test_a_feature_of_the_models_own_that_is_there_twice_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "log.parquet", table_with("paid"))
    source = (
        "class Model:\n"
        "    feature_names_in_ = ['paid']\n"
        "    def predict(self, frame):\n"
        "        return [0] * len(frame)\n"
        "model = Model()\n"
    )
    (tmp_path / "feature_of_two.py").write_text(source)
    toml = """
    [models.churn]
    task = "binary"
    model = { python = "feature_of_two:model" }
    data = DATA
    target = "left"
    thresholds = { accuracy = 0.1 }
    """
    assert reason(results(tmp_path, "'log.parquet'", toml)) == (
        "data 'log.parquet': the model's feature 'paid' is the name of 2 columns in "
        f"{tmp_path / 'log.parquet'} ('paid', 'paid')"
    )


def query(*more: str) -> str:
    return f'''{{ url_env = "{VARIABLE}", sql = """select l.*, {", ".join(more)} from log l""" }}'''


@pytest.mark.parametrize("name", KEYS)
def test_a_query_that_returns_a_named_column_twice_is_an_error(
    tmp_path: Path, database: Somewhere, name: str
) -> None:
    database.write("log", {one: table_with()[one] for one in VALUES})
    why = reason(results(tmp_path, query(f'"{name}"')))
    assert why.endswith(f"{KEYS[name]} {name!r} is the name of 2 columns ({name!r}, {name!r})")


def test_a_query_may_return_twice_what_nobody_names(tmp_path: Path, database: Somewhere) -> None:
    database.write("log", {one: table_with()[one] for one in VALUES})
    found = results(tmp_path, query("note", "note", 'paid as "paid:1"'))
    assert {result.verdict for result in found} == {Verdict.PASS}


def test_a_database_may_tell_names_apart_by_their_case(tmp_path: Path, database: Somewhere) -> None:
    database.write("log", {one: table_with()[one] for one in VALUES})
    found = results(tmp_path, query('0 as "LEFT"'))
    apart = database.name == "postgresql"
    assert {one.verdict for one in found} == {Verdict.PASS if apart else Verdict.ERROR}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_spark_takes_neither_of_two_columns(tmp_path: Path, spark: Place, suffix: str) -> None:
    write(tmp_path / f"log{suffix}", table_with("left"))
    data = f'{{ spark = "{spark.address}", files = "{tmp_path}/log{suffix}" }}'
    why = reason(results(tmp_path, data))
    assert f"log{suffix}" in why
    assert "left" in why
