"""The sums of several labels a row: in how few queries, and the same in a database."""

from pathlib import Path
from typing import Any

import pytest
from support.databases import HERE, Somewhere
from support.metric_columns import close_to
from support.multilabel import BOUNDS, OTHER, TWO, TWO_KEYS, columns_of, everything
from support.sample_data import complaint, estimated

from model_checks.data.duckdb import DuckDB
from model_checks.measure import multilabel as label_queries
from model_checks.metrics.statistics import LabelSums

# Databases


@pytest.mark.parametrize("weighted", [False, True])
def test_what_a_database_measures_is_what_duckdb_does(
    tmp_path: Path, database: Somewhere, weighted: bool
) -> None:
    columns = columns_of(300, 32, labels=17, weighted=weighted)
    columns |= {"y0": columns["y0"] == 1, "y1": columns["y1"].astype(float)}
    columns |= {"p2": columns["p2"].astype(str)}
    database.write("predictions", columns)
    here, there = everything(tmp_path, columns), everything(tmp_path, columns, data=HERE)
    assert here.statistics.keys() == there.statistics.keys()
    for segment in here.statistics:
        for metric in BOUNDS:
            one, other = (estimated(where, metric, segment=segment) for where in (here, there))
            for name in ("value", "low", "high", "n"):
                assert getattr(one, name) == close_to(getattr(other, name))


def test_a_third_label_in_a_database_is_named(tmp_path: Path, database: Somewhere) -> None:
    database.write("predictions", {**TWO, "y1": [0, 2, 1]})
    assert complaint(tmp_path, data=HERE, **TWO_KEYS) == (
        f"target 'y1': '0', '2' beside positive_label '1'; {OTHER}"
    )


# Queries


class Counted:
    """The statements that DuckDB is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        run = DuckDB.run

        def counted(engine: DuckDB, sql: str) -> list[tuple[Any, ...]]:
            self.statements.append(sql)
            return run(engine, sql)

        monkeypatch.setattr(DuckDB, "run", counted)

    @property
    def sums(self) -> list[str]:
        return [sql for sql in self.statements if "as outcomes" in sql]


def test_sums_are_asked_for_in_as_few_queries_as_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = columns_of(300, 19, labels=11, weighted=True)
    counted = Counted(monkeypatch)
    whole = everything(tmp_path, columns)
    assert len(counted.sums) == 2  # the whole, and one segmentation
    monkeypatch.setattr(label_queries, "ONE_QUERY", 5)
    monkeypatch.setattr(label_queries, "SIDE", 3)
    counted.statements.clear()
    parted = everything(tmp_path, columns)
    assert len(counted.sums) == 2 * 10  # 4 groups of labels, each with itself and the others
    assert whole.statistics.keys() == parted.statistics.keys()
    for segment, statistics in whole.statistics.items():
        one, other = statistics.of(LabelSums), parted.statistics[segment].of(LabelSums)
        assert one.products == close_to(other.products)
        assert (one.rows, one.labels) == (other.rows, other.labels)
        numbers = [(sums.weight, sums.weight2, sums.exact) for sums in (one, other)]
        assert numbers[0] == close_to(numbers[1])


@pytest.mark.parametrize(("labels", "queries", "most"), [(15, 1, 995), (16, 3, 905), (25, 6, 905)])
def test_no_query_returns_more_columns_than_a_database_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: int, queries: int, most: int
) -> None:
    columns = columns_of(40, 20, labels=labels)
    counted = Counted(monkeypatch)
    everything(tmp_path, columns)
    assert len(counted.sums) == 2 * queries
    widths = [sql.split(" from ")[0].count(", ") + 1 for sql in counted.statements]
    assert max(widths) <= most
