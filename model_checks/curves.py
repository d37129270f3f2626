"""What the charts draw, binned in the engine: it costs the same for a hundred rows and a hundred million."""

from dataclasses import dataclass

from model_checks.aggregates import Floats


@dataclass(frozen=True)
class RocCurve:
    """False and true positive rates, shape (P,), from (0, 0) to (1, 1)."""

    false_positive_rate: Floats
    true_positive_rate: Floats


@dataclass(frozen=True)
class Confusion:
    """Rows by true (first axis) and predicted label, shape (K, K)."""

    labels: tuple[str, ...]
    rows: Floats


@dataclass(frozen=True)
class PredictedAgainstActual:
    """Rows by bin of the actual (first axis) and of the predicted value.

    Attributes
    ----------
    edges
        Shape (B + 1,): the same bins on both axes; the outermost also hold what lies beyond.
    rows
        Shape (B, B).
    """

    edges: Floats
    rows: Floats


@dataclass(frozen=True)
class ErrorHistogram:
    """Rows by bin of ``y_pred - y_true``; edges, shape (B + 1,), as above."""

    edges: Floats
    rows: Floats
