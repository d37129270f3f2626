"""Placements where rows are read in this process: the engine sorts them, numpy sums them up.

The sort spills to disk where memory is short, and serves the whole and every segmentation; rows
come out of it in batches, so that what is held here does not grow with them.
"""

import math
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_checks.data.engine import Engine
from model_checks.data.sql import literal
from model_checks.errors import DataError
from model_checks.measure.grouping import Grouping
from model_checks.measure.ranking.placements import BinaryPlacements, Placed, Totals
from model_checks.measure.ranking.row_placements import RowPlacements, runs_of, whole_ties
from model_checks.metrics.statistics import Floats
from model_checks.plan.checks import Segment
from model_checks.predict.table import Predictions

Wanted = Sequence[tuple[Grouping, Totals]]

_BATCH_ROWS = 100_000  # a batch and what is computed of it stay within the processor's cache


def placed(engine: Engine, predictions: Predictions, wanted: Wanted) -> list[Placed]:
    """Return the sums of the placements, for each grouping in turn.

    Raises
    ------
    DataError
        If the rows can't be read to their end, or their sort finds no room.
    """
    if not wanted:
        return []
    if predictions.task == "binary" and len(predictions.scored) == 1:
        return _of_one_score(engine, predictions, wanted)
    return _of_several_scores(engine, predictions, wanted)


def _of_one_score(engine: Engine, predictions: Predictions, wanted: Wanted) -> list[Placed]:
    weighted = not all(totals.unweighted for _, totals in wanted)
    running = [BinaryPlacements(len(one.segments) + 1, _totals(one)) for _, one in wanted]
    positive = f"cast(y_true = {literal(predictions.scored[0])} as utinyint)"
    codes = [code if grouping.columns else None for code, (grouping, _) in _codes(wanted)]
    columns = ["s0", positive, *(["w"] if weighted else []), *filter(None, codes)]
    for score, is_positive, *others in _sorted(engine, columns, _coded(predictions, wanted), "s0"):
        given = iter(others)
        weight = next(given) if weighted else None
        for placements, code in zip(running, codes, strict=True):
            placements.add(score, is_positive.view(bool), weight, next(given) if code else None)
    for placements in running:
        placements.close()
    return [
        Placed(
            placements.sums.T[:-1, :, None],
            placements.squares.T[:-1, :, None, None],
            placements.precision[:-1],
        )
        for placements in running
    ]


def _totals(totals: Totals) -> Floats:
    """Return the weight by class of each segment, shape (2, S + 1), the last for other rows.

    The last is huge: nobody asks what precision those rows have, but it must be a number.
    """
    return np.pad(totals.weight.T, ((0, 0), (0, 1)), constant_values=1e18)


def _of_several_scores(engine: Engine, predictions: Predictions, wanted: Wanted) -> list[Placed]:
    """Return the sums from a sort for each score; placements wait on disk for the last sort."""
    *before, last = range(len(predictions.scored))
    columns = ["labels.code as y", "w", *(f"s{k}" for k in (*before, last))]
    columns += [f"{code} as code{g}" for g, (code, _) in enumerate(_codes(wanted))]
    labels = _join("labels", ["y_true"], [(("y_true", label),) for label in predictions.labels])
    engine.run(
        f"create or replace temp table ranked as select {', '.join(columns)} "
        f"from {_coded(predictions, wanted)}{labels}"
    )
    [(rows,)] = engine.run("select count(*) from ranked")
    with tempfile.TemporaryDirectory(dir=engine.scratch, ignore_cleanup_errors=True) as folder:
        shape = (max(len(before), 1), rows)  # numpy maps no empty file
        kept = [_kept(Path(folder) / f"{g}", shape) for g in range(len(wanted))]
        for k in before:
            for batch in _ranked(engine, predictions, wanted, k):
                for by_row, placements in zip(kept, batch.placements, strict=True):
                    by_row[k, batch.row] = placements
        placed = _summed(predictions, wanted, kept, _ranked(engine, predictions, wanted, last))
    engine.run("drop table ranked")
    return placed


def _kept(file: Path, shape: tuple[int, int]) -> Floats:
    """Return an array in a file of which all room is taken: a disk full later ends the process."""
    try:
        with file.open("wb") as opened:
            opened.truncate(math.prod(shape) * 8)
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(opened.fileno(), 0, max(math.prod(shape) * 8, 1))
    except OSError as error:
        raise DataError(
            f"{math.prod(shape) * 8:,} bytes for the ranks of {shape[0]:,} scores can't be had "
            f"({error.strerror}); free some space in [engine] temp_directory, or name another"
        ) from error
    return np.memmap(file, float, "r+", shape=shape)


@dataclass(frozen=True)
class _Ranked:
    """A batch of rows in the order of one score.

    Attributes
    ----------
    row
        The position of each row in the table.
    y, weight
        Label, by its position, and weight of each row.
    codes, placements
        For each grouping the segment of each row, and its placement in the score.
    """

    row: NDArray[Any]
    y: NDArray[Any]
    weight: Floats
    codes: Sequence[NDArray[Any]]
    placements: Sequence[Floats]


def _ranked(
    engine: Engine, predictions: Predictions, wanted: Wanted, score: int
) -> Iterator[_Ranked]:
    """Yield all rows with their placements in one score, in its order."""
    label, labels = predictions.scored[score], predictions.labels
    own = labels.index(label) if label in labels else len(labels)
    running = [RowPlacements(len(totals.segments) + 1) for _, totals in wanted]
    columns = [f"s{score}", "rowid", "y", "w", *(f"code{g}" for g in range(len(wanted)))]
    batches = _sorted(engine, columns, "ranked", f"s{score}")
    for values, row, y, weight, *codes in whole_ties(batches):
        placements = [
            one.placed(values, y == own, weight, code)
            for one, code in zip(running, codes, strict=True)
        ]
        yield _Ranked(row, y, weight, codes, placements)


def _summed(
    predictions: Predictions, wanted: Wanted, kept: Sequence[Floats], last: Iterator[_Ranked]
) -> list[Placed]:
    """Return the sums of the placements and of their products, by segment and label.

    Parameters
    ----------
    kept
        For each grouping the placements in all scores but the last, by row.
    last
        The rows with their placements in the last score.
    """
    labels, size = len(predictions.labels), len(predictions.scored)
    groups = [(len(totals.segments) + 1) * labels for _, totals in wanted]
    kinds = [np.min_scalar_type(n) for n in groups]
    sums = [np.zeros((n, size)) for n in groups]
    products = [np.zeros((n, size, size)) for n in groups]
    for batch in last:
        for g, code in enumerate(batch.codes):
            # Codes of up to two bytes are sorted by counting, others by comparing.
            group = (code.astype(np.int64) * labels + batch.y).astype(kinds[g])
            order = np.argsort(group, kind="stable")
            before = kept[g][: size - 1, batch.row[order]].T
            placements = np.column_stack([before, batch.placements[g][order]])
            weighted = placements * batch.weight[order, None]
            for one, where in runs_of(group[order]):
                sums[g][one] += weighted[where].sum(axis=0)
                products[g][one] += weighted[where].T @ placements[where]
    return [
        Placed(one.reshape(-1, labels, size)[:-1], of_pairs.reshape(-1, labels, size, size)[:-1])
        for one, of_pairs in zip(sums, products, strict=True)
    ]


def _sorted(
    engine: Engine, columns: Sequence[str], relation: str, by: str
) -> Iterator[list[NDArray[Any]]]:
    sql = f"select {', '.join(columns)} from {relation} order by {by}"
    for batch in engine.batches(sql, _BATCH_ROWS):
        # Arrow's own to_numpy imports pandas.
        yield [np.from_dlpack(values) for values in batch.columns]


def _coded(predictions: Predictions, wanted: Wanted) -> str:
    """Return SQL of the predictions, with the code of each row's segment in every segmentation."""
    joins = [
        _join(f"codes{g}", grouping.keys(predictions), totals.segments)
        for g, (grouping, totals) in enumerate(wanted)
        if grouping.columns
    ]
    return f"{predictions.relation} as predictions{''.join(joins)}"


def _codes(wanted: Wanted) -> list[tuple[str, tuple[Grouping, Totals]]]:
    """Return SQL of each row's code, for every grouping.

    A row that is in none of the segments to be judged has the code behind the last.
    """
    codes = []
    for g, (grouping, totals) in enumerate(wanted):
        behind = len(totals.segments)
        code = f"coalesce(codes{g}.code, {behind})" if grouping.columns else "0"
        codes.append((f"cast({code} as {_unsigned(behind)})", (grouping, totals)))
    return codes


def _join(name: str, keys: Sequence[str], segments: Sequence[Segment]) -> str:
    """Return a join that adds ``code``, the position of a row's segment among all segments."""
    columns = [f"k{position}" for position in range(len(keys))]
    rows = [
        f"({', '.join(_text(value) for _, value in segment)}, {code})"
        for code, segment in enumerate(segments)
    ]
    same = [
        f"predictions.{key} is not distinct from {name}.{column}"
        for key, column in zip(keys, columns, strict=True)
    ]
    code = f"cast(code as {_unsigned(len(segments))}) as code"
    values = f"(values {', '.join(rows)}) as listed({', '.join(columns)}, code)"
    return (
        f" left join (select {', '.join(columns)}, {code} from {values}) as {name} "
        f"on {' and '.join(same)}"
    )


def _text(value: str | None) -> str:
    return "cast(null as varchar)" if value is None else literal(value)


def _unsigned(most: int) -> str:
    """Return the shortest type of a code: codes of up to two bytes are sorted by counting."""
    return "utinyint" if most < 1 << 8 else "usmallint" if most < 1 << 16 else "uinteger"
