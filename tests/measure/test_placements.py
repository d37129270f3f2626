"""Placements: by numpy in batches, by sorted streams and by buckets, against all pairs of rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from model_checks.data.duckdb import DuckDB
from model_checks.data.engine import Engine
from model_checks.errors import DataError
from model_checks.measure.ranking import in_database, rank_sums, streamed
from model_checks.measure.ranking.placements import BinaryPlacements
from model_checks.measure.ranking.row_placements import RowPlacements, whole_ties
from model_checks.measure.ranking.ties import NEGATIVE, POSITIVE
from model_checks.measure.statistics import Grouping, Need
from model_checks.metrics.ranking import _delong_covariance
from model_checks.metrics.statistics import RankSums
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions
from model_checks.settings import Limits

Floats = NDArray[np.float64]

SCORES = st.one_of(
    st.sampled_from([0.0, -0.0, 1e-300, 5e-324, 0.25, 0.5, 1 - 1e-16, 1.0]),
    st.floats(-1, 1, allow_nan=False),
    st.floats(-1.7e308, 1.7e308, allow_nan=False, allow_infinity=False),
)


@dataclass(frozen=True)
class ScoreNeeds:
    """Rows with a score for each label beyond the first two, one score where there are two."""

    y: list[int]
    scores: list[list[float]]
    w: list[float]
    g: list[str | None]

    @property
    def labels(self) -> tuple[str, ...]:
        return ("0", "1") if len(self.scores) == 1 else tuple("012"[: len(self.scores)])

    @property
    def scored(self) -> tuple[str, ...]:
        return ("1",) if len(self.scores) == 1 else self.labels


@st.composite
def rows(draw: st.DrawFn, size: int = 1) -> ScoreNeeds:
    """A few rows; scores are often tied, and from one sort of numbers or of several."""
    n = draw(st.integers(1, 40))
    pool = draw(st.lists(SCORES, min_size=1, max_size=12))
    columns = [draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n)) for _ in range(size)]
    return ScoreNeeds(
        draw(st.lists(st.integers(0, max(1, size - 1)), min_size=n, max_size=n)),
        columns,
        draw(st.lists(st.sampled_from([0.0, 0.25, 1.0, 1.0, 3.5]), min_size=n, max_size=n)),
        draw(st.lists(st.sampled_from(["a", "it's", None]), min_size=n, max_size=n)),
    )


def naive_placements(own: NDArray[np.bool_], score: Floats, w: Floats) -> Floats:
    """For each row the weight of the other class below it, ties half: every pair is looked at."""
    below = (score[None, :] < score[:, None]) + 0.5 * (score[None, :] == score[:, None])
    placements: Floats = (below * (own[None, :] != own[:, None]) * w[None, :]).sum(axis=1)
    return placements


def naive_delong(own: NDArray[np.bool_], score: Floats) -> float:
    """Variance of the AUC (DeLong, DeLong and Clarke-Pearson, 1988), from all pairs."""
    places = naive_placements(own, score, np.ones(len(score)))
    m, n = own.sum(), (~own).sum()
    v10, v01 = places[own] / n, 1 - places[~own] / m
    return float(v10.var(ddof=1) / m + v01.var(ddof=1) / n)


def order_of(scores: Sequence[float] | Floats) -> NDArray[np.intp]:
    """The place of each among the distinct ones: scikit-learn sums scores, which may overflow."""
    return np.unique(scores, return_inverse=True)[1]


class Elsewhere:
    """DuckDB as an engine that lets no row out."""

    scratch = None

    def __init__(self, engine: DuckDB) -> None:
        self.run, self.columns = engine.run, engine.columns

    def batches(self, sql: str, size: int) -> Iterator[Any]:
        raise AssertionError(f"up to {size} rows at a time would leave the engine: {sql}")


@contextmanager
def engine_with(scored: ScoreNeeds, *, streams: bool) -> Iterator[tuple[Engine, Predictions]]:
    """An engine that has the rows, and the relation they are judged in."""
    names = [f"s{k}" for k in range(len(scored.scores))]
    with DuckDB(Limits()) as engine:
        columns = ", ".join(f"{name} double" for name in [*names, "w"])
        engine.run(f"create temp table given (y_true varchar, g0 varchar, {columns})")
        values = zip(scored.y, scored.g, *scored.scores, scored.w, strict=True)
        listed = ", ".join(
            f"('{y}', {'null' if g is None else repr(g)}, {', '.join(map(repr, numbers))})"
            for y, g, *numbers in values
        ).replace('"it\'s"', "'it''s'")
        engine.run(f"insert into given values {listed}")
        task = "binary" if len(names) == 1 else "multiclass"
        predictions = Predictions(task, None, "given", scored.labels, scored.scored, ("g",))
        yield (engine if streams else Elsewhere(engine)), predictions


WHOLE_AND_SEGMENTS = Need((Grouping(), Grouping(("g",))))


def ranked(scored: ScoreNeeds, *, streams: bool) -> dict[Segment, RankSums]:
    with engine_with(scored, streams=streams) as (engine, predictions):
        return dict(rank_sums(engine, predictions, WHOLE_AND_SEGMENTS))


def of_segment(scored: ScoreNeeds, segment: Segment) -> NDArray[np.bool_]:
    inside = [not segment or g == segment[0][1] for g in scored.g]
    return np.array(inside, dtype=bool)


def assert_is_that_of_all_pairs(scored: ScoreNeeds, found: dict[Segment, RankSums]) -> None:
    assert set(found) == {(), *((("g", value),) for value in scored.g)}
    for segment, ranks in found.items():
        inside = of_segment(scored, segment)
        y = np.array([str(label) for label in scored.y])[inside]
        w = np.array(scored.w)[inside]
        assert set(ranks.labels) == set(y)
        places = np.array(
            [
                naive_placements(y == label, np.array(score)[inside], w)
                for label, score in zip(scored.scored, scored.scores, strict=True)
            ]
        )
        for c, label in enumerate(ranks.labels):
            of = y == label
            assert ranks.rows[c] == of.sum()
            assert ranks.weight[c] == pytest.approx(w[of].sum(), rel=1e-12)
            assert ranks.sums[c] == pytest.approx(places[:, of] @ w[of], rel=1e-9)
            products = (places[:, of] * w[of]) @ places[:, of].T
            assert ranks.products[c] == pytest.approx(products, rel=1e-9)


# In batches


@given(scored=rows(), sizes=st.lists(st.integers(0, 7), min_size=1), weighted=st.booleans())
@settings(deadline=None)
def test_the_sums_do_not_depend_on_the_batches(
    scored: ScoreNeeds, sizes: list[int], weighted: bool
) -> None:
    order = np.argsort(scored.scores[0], kind="stable")
    score = np.array(scored.scores[0])[order]
    positive = np.array(scored.y, dtype=bool)[order]
    weight = np.array(scored.w)[order] if weighted else np.ones(len(score))
    code = np.array([["a", "it's", None].index(g) for g in scored.g], dtype=np.uint8)[order]
    totals = np.array(
        [[weight[(code == g) & (positive == c)].sum() for g in range(3)] for c in (0, 1)]
    )
    placements = BinaryPlacements(3, totals)
    for part in parts(len(score), sizes):
        placements.add(score[part], positive[part], weight[part] if weighted else None, code[part])
    placements.close()
    rows_placed = RowPlacements(3).placed(score, positive, weight, code)
    for g in range(3):
        inside = code == g
        places = naive_placements(positive[inside], score[inside], weight[inside])
        assert rows_placed[inside] == pytest.approx(places, rel=1e-12)
        for c in (NEGATIVE, POSITIVE):
            of = positive[inside] == c
            own = weight[inside][of]
            assert placements.sums[c, g] == pytest.approx(places[of] @ own, rel=1e-12)
            assert placements.squares[c, g] == pytest.approx(places[of] ** 2 @ own, rel=1e-12)


def parts(n: int, sizes: Sequence[int]) -> Iterator[slice]:
    """Slices of the given sizes, over and over, until n rows are used up."""
    start = 0
    while start < n:
        for size in sizes if any(sizes) else [1]:
            yield slice(start, start + size)
            start += size


@given(scored=rows(), sizes=st.lists(st.integers(0, 7), min_size=1))
@settings(deadline=None)
def test_batches_are_cut_anew_between_ties(scored: ScoreNeeds, sizes: list[int]) -> None:
    score = np.sort(scored.scores[0])
    place = np.arange(len(score))
    given_parts = [[score[part], place[part]] for part in parts(len(score), sizes)]
    found = list(whole_ties(given_parts))
    assert np.concatenate([places for _, places in found]).tolist() == place.tolist()
    for (before, _), (after, _) in pairwise(found):
        assert before[-1] < after[0]


def test_a_heap_of_equal_scores_over_many_batches_is_one_tie() -> None:
    placements = BinaryPlacements(1)
    for _ in range(1000):
        placements.add(np.full(100, 0.5), np.arange(100) % 4 == 0)
    placements.close()
    assert placements.sums[POSITIVE, 0] == 25_000 * 75_000 / 2
    assert placements.squares[NEGATIVE, 0] == 75_000 * (25_000 / 2) ** 2


# In the engine, both ways


@pytest.mark.parametrize("streams", [True, False], ids=["sorted", "buckets"])
@given(scored=rows())
@settings(deadline=None, max_examples=40)
def test_one_score_is_placed_as_by_all_pairs(streams: bool, scored: ScoreNeeds) -> None:
    assert_is_that_of_all_pairs(scored, ranked(scored, streams=streams))


@pytest.mark.parametrize("streams", [True, False], ids=["sorted", "buckets"])
@given(scored=rows(size=3))
@settings(deadline=None, max_examples=20)
def test_several_scores_are_placed_as_by_all_pairs(streams: bool, scored: ScoreNeeds) -> None:
    assert_is_that_of_all_pairs(scored, ranked(scored, streams=streams))


@pytest.mark.parametrize("streams", [True, False], ids=["sorted", "buckets"])
@given(scored=rows(), batch=st.integers(1, 9), steps=st.integers(1, 50))
@settings(deadline=None, max_examples=40)
def test_auc_and_its_variance_are_those_of_others_whatever_the_batches_and_buckets(
    streams: bool, scored: ScoreNeeds, batch: int, steps: int
) -> None:
    plain = ScoreNeeds(scored.y, scored.scores, [1.0] * len(scored.y), scored.g)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "_BATCH_ROWS", batch)
        patch.setattr(in_database, "BUCKETS", steps)
        found = ranked(plain, streams=streams)
    for segment, ranks in found.items():
        inside = of_segment(plain, segment)
        y, score = np.array(plain.y, dtype=bool)[inside], np.array(plain.scores[0])[inside]
        m, n = y.sum(), (~y).sum()
        if not m or not n:
            continue
        auc = ranks.sums[ranks.labels.index("1")] / (m * n)
        assert auc == pytest.approx(roc_auc_score(y, order_of(score)), abs=1e-9)
        precision = average_precision_score(y, order_of(score))
        assert ranks.precision == pytest.approx(precision, abs=1e-9)
        if min(m, n) > 1:
            own, other = np.array([float(m)]), np.array([float(n)])
            variance = _delong_covariance(ranks, auc, own, other)[0, 0]
            assert variance == pytest.approx(naive_delong(y, score), abs=1e-9)


EXTREME = {
    "a heap of equal scores": [0.5] * 50 + [0.7] + [0.5] * 49,
    "one distinct score": [0.5] * 100,
    "one distinct score of zero": [0.0] * 100,
    "scores at the ends": [1e-300, 1 - 1e-16] * 50,
    "beyond 0 and 1": np.linspace(-3, 7, 100).tolist(),
    "huge": [(-1) ** k * 1.7e308 * (k / 100) for k in range(100)],
    "tiny": [5e-324 * k for k in range(100)],
    "near each other": [1 + 2.3e-16 * k for k in range(100)],
    "a far one": [0.1 * k for k in range(99)] + [1e300],
}


@pytest.mark.parametrize("streams", [True, False], ids=["sorted", "buckets"])
@pytest.mark.parametrize("scores", EXTREME.values(), ids=EXTREME.keys())
def test_extreme_scores_are_placed_exactly(streams: bool, scores: list[float]) -> None:
    draw = np.random.default_rng(1)
    order = draw.permutation(100)
    y = draw.integers(0, 2, 100).tolist()
    scored = ScoreNeeds(y, [[scores[k] for k in order]], [1.0] * 100, ["a"] * 100)
    found = ranked(scored, streams=streams)
    assert_is_that_of_all_pairs(scored, found)
    auc = found[()].sums[1, 0] / found[()].rows.prod()
    assert auc == pytest.approx(roc_auc_score(y, order_of(scored.scores[0])), abs=1e-12)


@pytest.mark.parametrize("ends", [(0.0, 1.0), (-3.0, 7.0), (0.0, 5e-324), (2.0, 2.0)])
@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_a_bucket_never_falls_as_the_score_rises(
    ends: tuple[float, float], data: st.DataObject
) -> None:
    inside = st.floats(*ends)
    scores = sorted(data.draw(st.lists(inside, min_size=1, max_size=20)))
    with DuckDB(Limits()) as engine:
        values = ", ".join(f"({score!r}::double)" for score in scores)
        step = in_database.bucket("s0", *ends)
        found = [b for (b,) in engine.run(f"select {step} from (values {values}) as t(s0)")]
    assert found == sorted(found)
    assert len(set(found)) <= in_database.BUCKETS + 1


@pytest.mark.parametrize("streams", [True, False], ids=["sorted", "buckets"])
def test_values_that_are_not_listed_are_not_placed(streams: bool) -> None:
    scored = ScoreNeeds([0, 1, 0, 1], [[0.1, 0.2, 0.3, 0.4]], [1.0] * 4, ["a", "a", "b", None])
    listed = Grouping(("g",), ((("g", "a"),), (("g", "gone"),)))
    with engine_with(scored, streams=streams) as (engine, predictions):
        found = rank_sums(engine, predictions, Need((listed,)))
    assert set(found) == {(("g", "a"),)}
    assert found[(("g", "a"),)].sums.tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize("label", [0, 1])
def test_rows_beside_the_listed_values_may_score_lowest(label: int) -> None:
    scored = ScoreNeeds([label, 0, 1, 1], [[0.1, 0.2, 0.3, 0.4]], [1.0] * 4, ["b", "a", "a", "b"])
    listed = Grouping(("g",), ((("g", "a"),),))
    with engine_with(scored, streams=True) as (engine, predictions):
        found = rank_sums(engine, predictions, Need((listed,)))
    assert found[(("g", "a"),)].precision == 1.0


def test_a_disk_without_room_for_ranks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    scored = ScoreNeeds([0, 1, 2], [[0.1, 0.2, 0.3]] * 3, [1.0] * 3, ["a"] * 3)
    with pytest.raises(DataError, match=r"48 bytes for the ranks of 2 scores can't be had \(No sp"):
        ranked(scored, streams=True)


def test_products_of_many_scores_are_asked_for_in_several_queries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(2)
    scored = ScoreNeeds(
        draw.integers(0, 3, 60).tolist(),
        [np.round(draw.random(60), 1).tolist() for _ in range(3)],
        [1.0] * 60,
        ["a"] * 60,
    )
    monkeypatch.setattr(in_database, "_MOST_COLUMNS", 2)
    assert_is_that_of_all_pairs(scored, ranked(scored, streams=False))


def test_what_is_kept_on_disk_is_removed(tmp_path: Path) -> None:
    scored = ScoreNeeds([0, 1, 2], [[0.1, 0.2, 0.3]] * 3, [1.0] * 3, ["a"] * 3)
    with DuckDB(Limits(temp_directory=str(tmp_path))) as engine:
        [spill] = tmp_path.iterdir()
        assert engine.scratch == spill
        engine.run(
            "create temp table given as select y_true, 0.1::double as s0, 0.2::double as s1, "
            "0.3::double as s2, cast(1 as double) as w, 'a' as g0 "
            "from (values ('0'), ('1'), ('2')) as t(y_true)"
        )
        predictions = Predictions("multiclass", None, "given", scored.labels, scored.scored, ("g",))
        assert rank_sums(engine, predictions, WHOLE_AND_SEGMENTS)
        assert not [path for path in spill.iterdir() if path.name != ".in-use"]
    assert not list(tmp_path.iterdir())
