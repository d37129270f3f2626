"""A deployed model x batches of rows -> a Parquet file with its predictions beside the labels."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_checks.engines.duckdb import Engine, identifier
from model_checks.errors import DataError, SourceError
from model_checks.rows import Rows, label_text
from model_checks.settings import Model
from model_checks.sources import LoadedModel

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
        names = model.features or getattr(loaded.model, "feature_names_in_", None)
        if names is None:
            raise self._error("does not tell its features; add features = [...]")
        self._features = [str(name) for name in names]
        classes = None if model.task == "regression" else getattr(loaded.model, "classes_", None)
        self.known = tuple(_label(label) for label in classes) if classes is not None else ()
        self._labels_by_score = model.decision_threshold is not None
        self.scored = self._scored(model) if scored or self._labels_by_score else ()

    def columns(self, batch: "pa.RecordBatch") -> dict[str, Any]:
        """The prediction column and the score columns, each of the batch's length."""
        frame = batch.select(self._features).to_pandas()
        columns: dict[str, Any] = {}
        if not self._labels_by_score:
            columns[PREDICTION] = self._answer("predict", frame, ())
        if self.scored:
            scores = self._answer("predict_proba", frame, (len(self.known),))
            for position, label in enumerate(self.scored):
                columns[score_column(position)] = scores[:, self.known.index(label)].astype(float)
        return columns

    def features_in(self, columns: Iterable[str], files: str) -> list[str]:
        """The columns that the model is called with, in its order.

        Raises
        ------
        DataError
            If the data lacks one.
        """
        present = set(columns)
        missing = [name for name in self._features if name not in present]
        if missing:
            listed = ", ".join(repr(name) for name in missing[:5])
            raise DataError(f"data {files!r}: lacks features of the model: {listed}")
        return self._features

    def _scored(self, model: Model) -> tuple[str, ...]:
        if not callable(getattr(self._loaded.model, "predict_proba", None)):
            raise self._error("has no predict_proba, which roc_auc and decision_threshold need")
        if not self.known:
            raise self._error("has no classes_, which tell what its scores are of")
        if model.task == "multiclass":
            return self.known
        positive = label_text(model.positive_label)
        if positive not in self.known:
            listed = ", ".join(self.known[:5])
            raise self._error(f"positive_label {positive} is not among its classes: {listed}")
        return (positive,)

    def _answer(self, method: str, frame: Any, width: tuple[int, ...]) -> Any:
        try:
            answer = np.asarray(getattr(self._loaded.model, method)(frame))
        except Exception as error:  # noqa: BLE001 (somebody's model raises what it likes)
            text = " ".join(str(error).split())[:300]
            raise self._error(f"{method} raised {type(error).__name__}: {text}") from error
        if answer.shape == (len(frame), 1) and not width:
            answer = answer[:, 0]
        if answer.shape != (len(frame), *width):
            expected = " by ".join(f"{size:,}" for size in (len(frame), *width))
            found = " by ".join(f"{size:,}" for size in answer.shape) or "a single value"
            raise self._error(f"{method} answered with {found} for {expected} expected")
        return answer

    def _error(self, text: str) -> SourceError:
        return SourceError(f"model {self._loaded.source!r}: {text}")


def write_predictions(
    engine: Engine, rows: Rows, caller: Caller, features: Sequence[str], kept: Sequence[str], file: Path
) -> None:
    """Call the model on all labelled rows, and write its answers beside the columns ``kept``.

    Raises
    ------
    SourceError
        If the model raises, or does not answer with one prediction for each row.
    """
    import pyarrow as pa
    from pyarrow import parquet

    names = ", ".join(identifier(name) for name in dict.fromkeys([*kept, *features]))
    sql = f"select {names} from {rows.relation} where {rows.condition}"
    writer = None
    try:
        for batch in engine.batches(sql, BATCH_ROWS):
            table = pa.Table.from_batches([batch]).select(list(kept))
            for name, values in caller.columns(batch).items():
                table = table.append_column(name, pa.array(values))
            writer = writer or parquet.ParquetWriter(file, table.schema)
            writer.write_table(table)
    finally:
        if writer:
            writer.close()


def _label(label: Any) -> str:
    return label_text(label.item() if isinstance(label, np.generic) else label)


def prediction_columns(caller: Caller) -> tuple[str | None, Mapping[str, str]]:
    """The names of the columns written: the prediction's, and the score's of each label."""
    scores = {label: score_column(position) for position, label in enumerate(caller.scored)}
    return (None if caller._labels_by_score else PREDICTION), scores
