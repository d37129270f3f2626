"""The results of checks, and a run of them with what was judged on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from model_checks.judging.decide import Significance
from model_checks.judging.evidence import Comparison, GapEnds
from model_checks.judging.verdict import Verdict, fails
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import AnyEstimate
from model_checks.plan.checks import Check
from model_checks.text import clean


@dataclass(frozen=True)
class Result:
    """A check with its verdict.

    Attributes
    ----------
    estimate
        Estimate of the metric, or of a gap; None if the model could not be measured.
    comparison, gap
        Comparison of a check of a degradation; segments of a check of a gap.
    significance
        The check's p-value before and after the correction; None where the value decides alone.
    rows_to_decide
        About how many more labelled rows would settle an open verdict; None where unknown.
    kind
        Origin of the figures: measured on labelled rows. Not the kind of the check.
    """

    check: Check
    verdict: Verdict
    message: str
    estimate: AnyEstimate | None = None
    comparison: Comparison | None = None
    gap: GapEnds | None = None
    significance: Significance | None = None
    rows_to_decide: int | None = None
    kind: Literal["measured"] = "measured"

    @property
    def judged(self) -> AnyEstimate | None:
        """Return the estimate that the bound was held against: the degradation, or the metric."""
        return self.comparison.degradation if self.comparison else self.estimate

    @property
    def failed(self) -> bool:
        """Return whether somebody has to act."""
        return fails(self.verdict, self.check.bound.rule, explicit=self.check.explicit)

    @property
    def skipped(self) -> bool:
        """Return whether the result says nothing about the model and nobody has to act."""
        return self.verdict is Verdict.NO_DATA and not self.check.explicit

    @property
    def warned(self) -> bool:
        """Return whether the check passed, but is worth a look."""
        passed = not self.failed and not self.skipped
        return passed and self.verdict is not Verdict.PASS


@dataclass(frozen=True)
class Run:
    """All results of one session, and what they were made from.

    Attributes
    ----------
    planned
        How many checks the file asks for; fewer are in ``results`` if some were deselected.
    selected
        How many of the planned checks were to be run; None if all.
    cut_short
        Cause that ended the run before all checks were made, such as "stopped by SIGTERM";
        None where it came to its own end.
    by_person
        Whether a person at the terminal ended the run, who need not be told.
    left_out
        What was not judged on purpose, one sentence each.
    notes
        What was known before anything was measured, one sentence each.
    unwritten
        What could not be written at the end, one sentence each.
    unjudged
        Names of the models none of whose checks was evaluated.
    kind
        Origin of the figures: measured on labelled rows.
    """

    id: str
    started: datetime
    finished: datetime
    as_of: datetime | None
    mode: str
    exit_status: int
    versions: Mapping[str, str]
    thresholds_sha256: str
    models: Mapping[str, ModelFacts]
    results: Sequence[Result]
    planned: int
    left_out: Sequence[str] = ()
    notes: Sequence[str] = ()
    selected: int | None = None
    cut_short: str | None = None
    by_person: bool = False
    unwritten: Sequence[str] = ()
    unjudged: Sequence[str] = ()
    kind: Literal["measured"] = "measured"

    @property
    def fell(self) -> bool:
        """Return whether somebody has to act: a check failed, or a model was not judged at all."""
        return bool(self.unjudged) or any(result.failed for result in self.results)

    def of_model(self, name: str) -> list[Result]:
        """Return the results of one model, in the order of the file."""
        return [result for result in self.results if result.check.model == name]


def error_of(check: Check, reason: str) -> Result:
    """Return the result of a check that could not be made."""
    return Result(check, Verdict.ERROR, f"{check.label}: {clean(reason, 2_000)}")


def run_id(started: datetime) -> str:
    """Return the id of a run; ids sort by time."""
    return f"{started:%Y%m%dT%H%M%S%fZ}"
