"""Results, and a run of them: what was decided on each check, and what was judged on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from model_checks.judging.decide import Evidence
from model_checks.judging.evidence import Comparison, Gap
from model_checks.judging.verdict import Verdict, fails
from model_checks.measure.facts import ModelFacts
from model_checks.metrics import AnyEstimate, Estimate
from model_checks.plan.checks import Check
from model_checks.text import clean


@dataclass(frozen=True)
class Result:
    """A check with its verdict.

    Attributes
    ----------
    estimate
        Of the metric, or of a gap; None if the model could not be measured.
    comparison, gap
        Of a check of a degradation, of a gap.
    evidence
        Its p-value, before and after the correction; None where the value alone decides.
    rows_to_decide
        About how many more labelled rows would settle what is open, where that can be told.
    kind
        Where its figures come from: measured on labelled rows. Not the kind of its check.
    """

    check: Check
    verdict: Verdict
    message: str
    estimate: AnyEstimate | None = None
    comparison: Comparison | None = None
    gap: Gap | None = None
    evidence: Evidence | None = None
    rows_to_decide: int | None = None
    kind: Literal["measured"] = "measured"

    @property
    def judged(self) -> AnyEstimate | None:
        """What the bound was held against: of a degradation that, rather than the metric."""
        return self.comparison.degradation if self.comparison else self.estimate

    @property
    def failed(self) -> bool:
        """Whether somebody has to act."""
        return fails(self.verdict, self.check.bound.rule, declared=self.check.declared)

    @property
    def skipped(self) -> bool:
        """Whether it says nothing about the model and nobody has to act."""
        return self.verdict is Verdict.NO_DATA and not self.check.declared

    @property
    def warned(self) -> bool:
        """Whether it passed, but is worth a look."""
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
        How many of them were to be run; None if all.
    cut_short
        What ended the run before all of those were made, such as "stopped by SIGTERM"; None where
        it came to its own end.
    by_person
        Whether somebody who sat before it ended it, who need not be told.
    left_out
        What was not judged on purpose, one sentence each.
    notes
        What was known before anything was measured, one sentence each.
    unwritten
        What could not be written at the end, one sentence each.
    unjudged
        Names of the models none of whose checks was evaluated.
    kind
        Where its figures come from, as of a result.
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
        """Whether somebody has to act: a check failed, or a model was not judged at all."""
        return bool(self.unjudged) or any(result.failed for result in self.results)

    def of_model(self, name: str) -> list[Result]:
        """The results of one model, in the order of the file."""
        return [result for result in self.results if result.check.model == name]


def error_of(check: Check, reason: str) -> Result:
    """The result of a check that could not be made."""
    return Result(check, Verdict.ERROR, f"{check.label}: {clean(reason, 2_000)}")


def _method(estimate: AnyEstimate | None) -> str | None:
    return estimate.method if isinstance(estimate, Estimate) else None


def run_id(started: datetime) -> str:
    """The id of a run, which sorts by time."""
    return f"{started:%Y%m%dT%H%M%S%fZ}"
