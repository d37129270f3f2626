"""A deployed model x batches of rows -> a Parquet file with its predictions beside the labels."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_checks.engines import Engine
from model_checks.engines.sql import identifier
from model_checks.errors import DataError, SourceError
from model_checks.rows import Rows, label_text, quoted
from model_checks.settings import Model
from model_checks.sources import LoadedModel, raised

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 100_000
PREDICTION = "model_checks prediction"


def score_column(position: int) -> str:
    """Name of the column of scores of the label at a position."""
    return f"model_checks score {position}"


class Caller:
    """Calls a model with frames of its features.

    Attributes
    ----------
    features
        The columns that it is called with, in its order.
    known
        The labels that the model knows, as text; empty if it does not tell.
    scored
        The labels whose scores are asked for; binary: the positive one.

    Raises
    ------
    SourceError
        If the model lacks what is needed to judge it.
    """

    def __init__(self, model: Model, loaded: LoadedModel, *, scored: bool) -> None:
        self._loaded = loaded
        self._task = model.task
        self._labels_by_score = model.decision_threshold is not None
        self.features = self._features(model)
        self.known = () if model.task == "regression" else self._known()
        positive = label_text(model.positive_label)
        if model.task == "binary" and self.known and positive not in self.known:
            raise self._error(
                f"positive_label {positive!r} is not among its classes {quoted(self.known)}"
            )
        self.scored: tuple[str, ...] = ()
        if scored or self._labels_by_score:
            self._require_scores()
            self.scored = (positive,) if model.task == "binary" else self.known

    @property
    def prediction(self) -> str | None:
        """Name of the column of predictions; None if they are read off the scores."""
        return None if self._labels_by_score else PREDICTION

    @property
    def scores(self) -> Mapping[str, str]:
        """Each label whose scores are asked for, with the name of their column."""
        return {label: score_column(position) for position, label in enumerate(self.scored)}

    def columns(self, batch: "pa.RecordBatch") -> dict[str, Any]:
        """The prediction column and the score columns: texts or floats, one for each row.

        Raises
        ------
        SourceError
            If the model raises, or does not answer with one prediction for each row.
        DataError
            If a feature holds what no frame can.
        """
        try:
            frame = batch.select(self.features).to_pandas()
        except (ValueError, OverflowError, NotImplementedError) as error:  # such as a year 10000
            raise DataError(f"the features can't be passed to the model: {error}") from error
        columns: dict[str, Any] = {}
        if self.prediction:
            answer = self._answer("predict", frame, ())
            read = self._numbers if self._task == "regression" else self._labels
            columns[self.prediction] = read("predict", answer)
        if self.scored:
            answer = self._answer("predict_proba", frame, (len(self.known),))
            scores = self._numbers("predict_proba", answer)
            for label, column in self.scores.items():
                columns[column] = scores[:, self.known.index(label)]
        return columns

    def require_features(self, columns: Iterable[str], files: str) -> None:
        """Refuse data that lacks a column that the model is called with.

        Raises
        ------
        DataError
            If it does.
        """
        present = set(columns)
        if missing := [name for name in self.features if name not in present]:
            raise DataError(f"data {files!r}: lacks features of the model: {quoted(missing)}")

    def _features(self, model: Model) -> list[str]:
        names = model.features
        if names is None:
            names = self._loaded.attribute("feature_names_in_")
        if names is None:
            raise self._error("does not tell its features; add features = [...]")
        try:
            return [str(name) for name in names]
        except TypeError:
            raise self._error(f"its feature_names_in_ is no list: {names!r}") from None

    def _known(self) -> tuple[str, ...]:
        classes = self._loaded.attribute("classes_")
        if classes is None:
            return ()
        try:
            labels = [_label(label) for label in classes]
        except TypeError:
            raise self._error(f"its classes_ are no list: {classes!r}") from None
        except ValueError as error:
            raise self._error(f"its classes_ hold {error}") from None
        if None in labels:
            raise self._error("its classes_ hold a missing value, which is no label")
        return tuple(label for label in labels if label is not None)

    def _require_scores(self) -> None:
        if not callable(self._loaded.attribute("predict_proba")):
            raise self._error(
                "has no predict_proba, which metrics of scores and decision_threshold need"
            )
        if not self.known:
            raise self._error("has no classes_, which tell what its scores are of")

    def _answer(self, method: str, frame: Any, width: tuple[int, ...]) -> Any:
        expected = (len(frame), *width)
        try:
            answer = getattr(self._loaded.model, method)(frame)
            # Of a list of mixed types numpy would make texts.
            values = np.asarray(answer, object if isinstance(answer, list | tuple) else None)
        except (Exception, SystemExit) as error:  # somebody's model raises what it likes
            raise self._error(f"{method} {raised(error)}") from error
        if values.shape == (len(frame), 1) and not width:
            values = values[:, 0]
        if values.shape != expected:
            found = _shape(values.shape) if values.shape else f"a {type(answer).__name__}"
            raise self._error(f"{method} answered with {found}, expected {_shape(expected)}")
        return values

    def _numbers(self, method: str, answer: Any) -> Any:
        if answer.dtype.kind in "iuf":
            return answer.astype(float)
        try:
            flat = [_number(value) for value in answer.ravel().tolist()]
        except (ValueError, OverflowError) as error:
            raise self._error(f"{method} answered with {error}") from None
        return np.array(flat, dtype=float).reshape(answer.shape)

    def _labels(self, method: str, answer: Any) -> list[str | None]:
        """Always texts: what type a model answers with may change from batch to batch."""
        try:
            if answer.dtype.kind == "O":  # may not be sortable, which unique needs
                return [_label(value) for value in answer.tolist()]
            values, positions = np.unique(answer, return_inverse=True)
            texts = [_label(value) for value in values.tolist()]
        except ValueError as error:
            raise self._error(f"{method} answered with {error}") from None
        return [texts[position] for position in positions]

    def _error(self, text: str) -> SourceError:
        return SourceError(f"model {self._loaded.source!r}: {text}")


def write_predictions(
    engine: Engine, rows: Rows, caller: Caller, kept: Sequence[str], file: Path
) -> None:
    """Call the model on all labelled rows, and write its answers beside the columns ``kept``.

    Raises
    ------
    SourceError
        If the model raises, or does not answer with one prediction for each row.
    DataError
        If the rows can't be read to their end.
    """
    import pyarrow as pa
    from pyarrow import parquet

    names = ", ".join(identifier(name) for name in dict.fromkeys([*kept, *caller.features]))
    sql = f"select {names} from {rows.relation} where {rows.condition}"
    writer = None
    try:
        for table in _tables(engine.batches(sql, BATCH_ROWS), caller, kept):
            writer = writer or parquet.ParquetWriter(file, table.schema)
            writer.write_table(table)
    except (pa.ArrowException, UnicodeError) as error:
        raise DataError(f"the rows can't be kept in Parquet: {error}") from error
    finally:
        if writer:
            writer.close()


def _tables(
    batches: Iterator["pa.RecordBatch"], caller: Caller, kept: Sequence[str]
) -> Iterator["pa.Table"]:
    import pyarrow as pa

    for batch in batches:
        table = pa.Table.from_batches([batch]).select(list(kept))
        for name, values in caller.columns(batch).items():
            kind = pa.string() if isinstance(values, list) else pa.float64()
            table = table.append_column(name, pa.array(values, kind))
        yield table


def _shape(sizes: Sequence[int]) -> str:
    return f"{' by '.join(f'{size:,}' for size in sizes)} values"


def _missing(value: Any) -> bool:
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 (a NaN differs from itself)
    except TypeError:  # pandas.NA does not say whether it is equal to anything
        return True
    except ValueError:  # nor does an array, which is no missing value
        return False


def _label(value: Any) -> str | None:
    """The label as text, None for a missing one; a ValueError tells what is no label."""
    plain = value.item() if isinstance(value, np.generic) else value
    if _missing(plain):
        return None
    if not isinstance(plain, str | int | float):
        raise ValueError(  # noqa: TRY004 (of a value, not of how we call)
            f"{_told(value)}, which is no label"
        )
    return label_text(plain)


def _number(value: Any) -> float:
    """The number as a float, NaN for a missing one; a ValueError tells what is no number."""
    if _missing(value):
        return float("nan")
    if not isinstance(value, Real | Decimal) or isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 (as above)
            f"{_told(value)}, which is no number"
        )
    return float(value)


def _told(value: Any) -> str:
    text = repr(value)
    return f"{text[:60]}..." if len(text) > 60 else text
