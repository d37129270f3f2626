"""Deployed models and batches of rows -> a file with their answers beside the labels."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from model_checks.data.columns import feature_of, sql_name
from model_checks.data.engine import Engine, RowStore
from model_checks.data.rows import Rows
from model_checks.data.sql import identifier
from model_checks.errors import DataError, MeasurementError
from model_checks.predict.adapter import Caller
from model_checks.predict.frames import Frames

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int, int], None]
"""A function that is told again and again how many rows are done, of how many."""

BATCH_ROWS = 122_880
"""Rows that DuckDB reads and writes at once; with more, calling gets no quicker."""

_FIRST_ROWS, _GROWTH = 1_024, 4
_MOST_CELLS = 8_000_000


def write_answers(
    engine: Engine,
    rows: Rows,
    callers: Sequence[Caller],
    columns: Sequence[str],
    kept: RowStore,
    progress: Progress | None,
) -> str | None:
    """Call models on all labelled rows, and keep their answers beside some columns.

    All are called on the same batches, so that the rows are read once.

    Returns
    -------
    str or None
        Why the baseline's model has not answered, which ends nothing; its columns are null then.

    Raises
    ------
    SourceError
        If the model that is judged raises, or does not answer with one prediction for each row.
    DataError
        If the rows can't be read to their end, or the answers can't be kept.
    """
    import pyarrow as pa

    types = rows.types
    beside = list(dict.fromkeys(sql_name(name, types) for name in columns))
    features = dict.fromkeys(
        feature_of(feature, types)[0] for caller in callers for feature in caller.features
    )
    names = ", ".join(identifier(name) for name in dict.fromkeys([*beside, *features]))
    sql = f"select {names} from {rows.relation} where {rows.condition}"
    answering = [_Answering(engine, rows, caller) for caller in callers]
    done = 0
    for batch in _parts(engine, sql, len(features)):
        table = pa.Table.from_batches([batch]).select(beside)
        for one in answering:
            for name, values in one.columns(batch).items():
                table = table.append_column(name, values)
        kept.append(table)
        done += batch.num_rows
        if progress:
            progress(done, rows.labelled)
    return next((one.error for one in answering if one.error), None)


class _Answering:
    """A model that is called with one batch after the other.

    Attributes
    ----------
    error
        What ended the answers of a baseline's model; None if nothing has.
    """

    def __init__(self, engine: Engine, rows: Rows, caller: Caller) -> None:
        self._caller = caller
        self._frames = Frames(engine, rows, caller.features)
        self.error: str | None = None

    def columns(self, batch: "pa.RecordBatch") -> dict[str, "pa.Array"]:
        """Return the model's columns of one batch, of nulls once it has failed."""
        if self.error is None:
            try:
                return self._answered(batch)
            except MeasurementError as error:
                if self._caller.side == "model":
                    raise
                self.error = str(error)
        nothing = [None] * batch.num_rows
        return {name: _array(nothing, text=text) for name, text in self._caller.texts.items()}

    def _answered(self, batch: "pa.RecordBatch") -> dict[str, "pa.Array"]:
        import pyarrow as pa

        framed = partial(self._frames.frame, batch)
        answers, texts = self._caller.columns(framed, batch.num_rows), self._caller.texts
        try:
            return {name: _array(values, text=texts[name]) for name, values in answers.items()}
        except (pa.ArrowException, UnicodeError) as error:
            what = f"they have a value that no column holds ({type(error).__name__})"
            raise DataError(f"the answers of the model can't be kept: {what}") from None


def _array(values: Any, *, text: bool) -> "pa.Array":
    import pyarrow as pa

    return pa.array(values, pa.string() if text else pa.float64())


def _parts(engine: Engine, sql: str, features: int) -> Iterator["pa.RecordBatch"]:
    """Yield batches of bounded size, small ones first: the pace of a slow model is soon known.

    Their sizes are the same in every run: the last bits of what a library computes of a row may
    depend on the rows beside it.
    """
    most = max(1, min(BATCH_ROWS, _MOST_CELLS // max(features, 1)))
    size = min(_FIRST_ROWS, most)
    for batch in engine.batches(sql, most):
        start = 0
        while start < batch.num_rows:
            yield batch.slice(start, size)
            start, size = start + size, min(size * _GROWTH, most)
