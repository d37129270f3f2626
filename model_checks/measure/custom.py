"""Custom functions: predictions -> their values on the rows and on resamples.

Nothing else loads rows: one segmentation's at a time, and no more than the functions allow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from model_checks.data.engine import Engine
from model_checks.errors import FunctionError
from model_checks.measure.bootstrap import Arguments, answers_of
from model_checks.measure.grouping import Grouping, Need, by_segment, grouped, listed
from model_checks.metrics.statistics import Answers, CustomFunction, Floats, Replicates
from model_checks.plan.checks import Segment
from model_checks.predict.sources.function import LoadedFunction
from model_checks.predict.table import Predictions

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 100_000


def replicates(
    engine: Engine, predictions: Predictions, need: Need
) -> Mapping[Segment, Replicates]:
    """Return the values of each function in the segments that it is asked for."""
    loaded, broken = _load({asked.function for asked in need.asked if asked.function})
    arguments = Arguments(predictions)
    found: dict[Segment, Replicates] = {}
    for grouping in need.groupings:
        counts = _counts(engine, predictions, grouping)
        refused = {**broken, **_over_their_limit(loaded, sum(counts.values()))}
        wanted = {segment: asked for segment in counts if (asked := _functions(need, segment))}
        called_on = {segment for segment, asked in wanted.items() if asked - refused.keys()}
        tables = _tables(engine, predictions, grouping, called_on) if called_on else {}
        for segment, asked in wanted.items():
            answers = {
                one: Answers.none(refused[one])
                if one in refused
                else answers_of(loaded[one], one.seed, tables[segment], arguments)
                for one in asked
            }
            found[segment] = Replicates(counts[segment], answers)
    return found


def _load(
    functions: Iterable[CustomFunction],
) -> tuple[dict[CustomFunction, LoadedFunction], dict[CustomFunction, str]]:
    """Return the functions that can be called, and why the others can't."""
    loaded, broken = {}, {}
    for one in functions:
        try:
            loaded[one] = LoadedFunction(one.reference, one.folder)
        except FunctionError as error:
            broken[one] = str(error)
    return loaded, broken


def _over_their_limit(functions: Iterable[CustomFunction], rows: int) -> dict[CustomFunction, str]:
    return {
        one: f"metric {one.reference!r}: {rows:,} rows would have to be loaded, more than "
        f"max_rows = {one.max_rows:,}; set max_rows higher, or judge a shorter window"
        for one in functions
        if one.max_rows < rows
    }


def _functions(need: Need, segment: Segment) -> set[CustomFunction]:
    return {one.function for one in need.asked_of.get(segment, ()) if one.function}


def _counts(engine: Engine, predictions: Predictions, grouping: Grouping) -> Mapping[Segment, int]:
    keys = grouping.keys(predictions)
    found = engine.run(
        f"select {listed(keys)}count(*) from {grouping.relation(predictions)} {grouped(keys)}"
    )
    return {segment: n for segment, [(n,)] in by_segment(found, grouping.columns).items()}


def _tables(
    engine: Engine, predictions: Predictions, grouping: Grouping, segments: Iterable[Segment]
) -> Mapping[Segment, Floats]:
    """Return the rows of each segment, shape (n, 3 + K): y_true, y_pred, the K scores, weight.

    Multilabel has a column for each label in place of the first two. Other labels are given by
    position. Rows are sorted by their values, whatever order they came in: so the resamples are the
    same wherever the rows are, and however many threads read them.
    """
    keys = grouping.keys(predictions)
    scores = [f"s{k}" for k in range(len(predictions.scored))]
    columns = ", ".join([*keys, *predictions.values, *scores, "w"])
    sql = f"select {columns} from {grouping.relation(predictions)}"
    parts: dict[Segment, list[Floats]] = {segment: [] for segment in segments}
    for batch in engine.batches(sql, _BATCH_ROWS):
        table = _numbers(batch, len(keys), predictions)
        for segment, places in _places(batch, grouping.columns).items():
            if segment in parts:
                parts[segment].append(table[places])
    whole = {segment: np.concatenate(some) for segment, some in parts.items()}
    return {segment: table[np.lexsort(table.T)] for segment, table in whole.items()}


def _numbers(batch: "pa.RecordBatch", first: int, predictions: Predictions) -> Floats:
    """Return the columns of a batch, from a first one on, as numbers."""
    columns = [batch.column(k) for k in range(first, batch.num_columns)]
    labels = columns[:2] if predictions.task in ("binary", "multiclass") else []
    positions = {label: k for k, label in enumerate(predictions.labels)}
    numbers = [_positions(column, positions) for column in labels]
    numbers += [column.to_numpy(zero_copy_only=False) for column in columns[len(labels) :]]
    return np.column_stack(numbers).astype(float)


def _positions(column: Any, positions: Mapping[str, int]) -> Any:
    encoded = column.dictionary_encode()
    of_code = np.array([positions[label] for label in encoded.dictionary.to_pylist()])
    return of_code[encoded.indices.to_numpy(zero_copy_only=False)]


def _places(batch: "pa.RecordBatch", columns: tuple[str, ...]) -> Mapping[Segment, Any]:
    """Return the positions of each segment's rows in a batch."""
    if not columns:
        return {(): slice(None)}
    found: dict[Segment, list[int]] = defaultdict(list)
    values = zip(*(batch.column(k).to_pylist() for k in range(len(columns))), strict=True)
    for place, one in enumerate(values):
        found[tuple(zip(columns, one, strict=True))].append(place)
    return found
