"""Batches of rows -> the frames that a model is called with, of the same types in every batch."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from model_checks.data.columns import feature_of
from model_checks.data.engine import Engine
from model_checks.data.rows import Rows
from model_checks.data.sql import identifier
from model_checks.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_WHOLE = re.compile(r"U?(TINY|SMALL|BIG)INT|U?INTEGER")
_LARGE = re.compile(r"DECIMAL\(\d+,\d+\)|U?HUGEINT")


class Frames:
    """A maker of frames of batches, with the types that one frame of all rows would have.

    A column of whole numbers in which any row has a gap is one of floats, and one of booleans holds
    objects, also in a batch without a gap. Decimals are floats: few models compute with decimals.

    Parameters
    ----------
    features
        The columns of the frames, in order.
    """

    def __init__(self, engine: Engine, rows: Rows, features: Sequence[str]) -> None:
        self._features = {name: feature_of(name, rows.types) for name in features}
        kinds = dict(self._features.values())
        changing = [name for name, kind in kinds.items() if _WHOLE.fullmatch(kind)]
        booleans = [name for name, kind in kinds.items() if kind == "BOOLEAN"]
        gaps = _with_gaps(engine, rows, [*changing, *booleans])
        floats = {name for name, kind in kinds.items() if _LARGE.fullmatch(kind)}
        floats |= gaps.intersection(changing)
        objects = gaps.intersection(booleans)
        self._floats = [name for name, (own, _) in self._features.items() if own in floats]
        self._objects = [name for name, (own, _) in self._features.items() if own in objects]
        self._as_csv = rows.types.fields is not None
        huge = rows.types.fields.huge if rows.types.fields else ()
        self._huge = [name for name, (own, _) in self._features.items() if own in huge]

    def frame(self, batch: "pa.RecordBatch") -> "pd.DataFrame":
        """Return the frame of a batch, in memory that no batch and no other frame shares.

        Raises
        ------
        DataError
            If a feature holds what no frame can.
        """
        import pyarrow as pa

        columns = {name: batch.column(own) for name, (own, _) in self._features.items()}
        for name in self._floats:
            columns[name] = columns[name].cast(pa.float64(), safe=False)  # the nearest float
        try:
            frame: pd.DataFrame = pa.RecordBatch.from_pydict(columns).to_pandas()
        except (ValueError, OverflowError, NotImplementedError) as error:  # such as a year 10000
            what = f"they have a value that no frame holds ({type(error).__name__})"
            raise DataError(f"the features can't be passed to the model: {what}") from None
        for name in self._huge:
            frame[name] = frame[name].astype(object).map(int, na_action="ignore").astype(object)
        frame = frame.astype(dict.fromkeys(self._objects, object))
        for name in self._objects if self._as_csv else []:  # where pandas has a NaN for a gap
            frame[name] = frame[name].where(frame[name].notna(), float("nan"))
        return frame.copy()


def _with_gaps(engine: Engine, rows: Rows, names: Sequence[str]) -> frozenset[str]:
    """Return the columns in which a labelled row, or any row of a CSV, has no value."""
    if not names:
        return frozenset()
    if rows.types.fields:
        return rows.types.fields.gaps.intersection(names)
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    [found] = engine.run(f"select {counts} from {rows.relation} where {rows.condition}")
    return frozenset(name for name, n in zip(names, found, strict=True) if n < rows.labelled)
