"""A row of the table of metrics, with all that any module asks of a metric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal

from model_checks.metrics.attainable import Best
from model_checks.metrics.covariance import Covariance, S
from model_checks.metrics.estimate import AnyEstimate, Asked
from model_checks.metrics.intervals import Interval
from model_checks.metrics.statistics import ProbabilitySums, RankSums, Statistics

Direction = Literal["higher", "lower", "zero", "agreed"]

Rows = Literal["rows", "positives", "negatives"]

Averages = Mapping[str, tuple[str | None, ...]]


@dataclass(frozen=True)
class Form(Generic[S]):
    """A way to compute a metric from statistics of one kind.

    Attributes
    ----------
    covariance
        Covariance of two models' estimates on the same rows; None where it is not known, and
        they are taken for uncorrelated, as estimates on other rows are.
    """

    statistic: type[S]
    measure: Callable[[S, Asked], AnyEstimate]
    covariance: Covariance[S, Any] | None = None

    def estimate(self, statistics: Statistics, asked: Asked) -> AnyEstimate:
        """Return what the metric comes to on some rows."""
        return self.measure(statistics.of(self.statistic), asked)

    def correlation(
        self, pair: Statistics, both: tuple[Statistics, Statistics], asked: Asked
    ) -> float:
        """Return the correlation of two models' estimates on the same rows; 0 if not known."""
        covariance, (one, other) = self.covariance, both
        if covariance is None:
            return 0.0
        found = one.of(self.statistic), other.of(self.statistic)
        return covariance.correlation(pair.of(covariance.joint), found, asked)


@dataclass(frozen=True)
class Metric:
    """One row of the table of metrics.

    Attributes
    ----------
    averages
        The tasks that have the metric, each with the averages to choose from, the default first.
    form
        The statistics that the metric is a function of, and the function.
    of_labels
        Form for rows that may have several labels, which are in no confusion matrix.
    direction
        Where the metric is best: higher for scores, lower for errors, at zero for a bias; for a
        custom metric the agreed bound tells.
    lowest, highest
        The smallest and the largest value that the metric can take.
    least
        The largest error that counts as no error.
    rests_on
        The rows that a perfect result of a binary model says something of.
    best
        The interval of the best result that some rows could give; None where any bound can be met,
        as by errors of 0, or where it is not known.
    one_sided
        Whether sound models reach the best value, as half of their predictions is not looked at.
    needs_beta
        Whether a threshold has to say how much recall weighs.
    """

    name: str
    averages: Averages
    form: Form[Any]
    of_labels: Form[Any] | None = None
    direction: Direction = "higher"
    lowest: float = 0.0
    highest: float = 1.0
    least: float = 0.0
    rests_on: Rows = "rows"
    best: Best | None = None
    one_sided: bool = False
    needs_beta: bool = False

    @property
    def needs_scores(self) -> bool:
        """Return whether the metric needs scores, as labels alone don't tell it."""
        return self.form.statistic in (RankSums, ProbabilitySums)

    @property
    def needs_probabilities(self) -> bool:
        """Return whether scores must lie between 0 and 1."""
        return self.form.statistic is ProbabilitySums

    @property
    def varies_jointly(self) -> bool:
        """Return whether the covariance of two models' estimates on the same rows is known."""
        return self.form.covariance is not None

    def form_for(self, task: str) -> Form[Any]:
        """Return the form in which the metric is computed for a task."""
        return self.of_labels if task == "multilabel" and self.of_labels else self.form

    def form_on(self, statistics: Statistics) -> Form[Any]:
        """Return the form in which the metric is computed from the statistics gathered."""
        labels = self.of_labels
        return labels if labels and labels.statistic in statistics.gathered else self.form

    def estimate(self, statistics: Statistics, asked: Asked) -> AnyEstimate:
        """Return what the metric comes to on some rows."""
        return self.form_on(statistics).estimate(statistics, asked)

    def correlation(
        self, pair: Statistics, both: tuple[Statistics, Statistics], asked: Asked
    ) -> float:
        """Return the correlation of two models' estimates on the same rows; 0 if not known."""
        return self.form_on(both[0]).correlation(pair, both, asked)

    def best_interval(
        self, task: str, average: str | None, rows: float, confidence: float
    ) -> Interval | None:
        """Return the interval of the best result that some rows could give, if it is known."""
        return self.best(task, average, rows, confidence) if self.best else None

    def is_perfect(self, value: float) -> bool:
        """Return whether no value is better."""
        return value >= self.highest if self.direction == "higher" else abs(value) <= self.least
