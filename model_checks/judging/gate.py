"""The gate of a promotion: open only if all was judged, for nothing unlooked at is green."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from model_checks.judging.results import Result
from model_checks.metrics import Estimate
from model_checks.plan.build import NOTHING_TO_COMPARE
from model_checks.plan.checks import Check

NOT_EVALUATED = 10
"""The exit status where nothing failed, but a check was not evaluated or a bound is looser."""


@dataclass(frozen=True)
class Gate:
    """The state of the checks that a promotion hangs on.

    Attributes
    ----------
    planned
        How many such checks there are.
    missing
        Labels of checks that were not evaluated: not selected, not reached, skipped where the file
        asks for them, or not compared though one of both models has a value.
    failed
        How many of the checks failed.
    skipped
        How many had nothing to measure, in a segment value beside others that were evaluated.
    beside
        How many checks of models without a candidate failed: the gate is not about them, but their
        failures are those of the run.
    loosened
        A sentence on each bound that is looser than the one in force, where none may be.
    """

    planned: int
    missing: tuple[str, ...]
    failed: int
    skipped: int
    beside: int = 0
    loosened: tuple[str, ...] = ()

    def status(self, status: int) -> int:
        """Return the gate's exit status for a run that would end with this one."""
        if status == 0 and (self.failed or self.beside):
            return 1
        open_ = self.planned and not self.missing and not self.loosened
        return NOT_EVALUATED if status == 0 and not open_ else status


def gate_of(
    checks: Iterable[Check],
    results: Mapping[str, Result],
    candidates: Collection[str],
    loosened: tuple[str, ...] = (),
) -> Gate:
    """Return the gate of the models that have a candidate, or of all models if none has one.

    Parameters
    ----------
    checks
        All checks that are planned.
    results
        Results that were made, by the check's id.
    loosened
        A sentence on each bound that is looser than the one in force, of whatever model.
    """
    held = [check for check in checks if not candidates or check.model in candidates]
    ids = {check.id for check in held}
    empty = {check.id for family in _families(held) for check in _all_skipped(family, results)}
    made = {
        check.id: result
        for check in held
        if (result := results.get(check.id))
        and check.id not in empty
        and _is_evaluated(check, result)
    }
    return Gate(
        planned=len(held),
        missing=tuple(check.label for check in held if check.id not in made),
        failed=sum(result.failed for result in made.values()),
        skipped=sum(result.skipped for result in made.values()),
        beside=sum(result.failed for name, result in results.items() if name not in ids),
        loosened=loosened,
    )


def unjudged_models(checks: Iterable[Check], results: Mapping[str, Result]) -> tuple[str, ...]:
    """Return the names of the models none of whose checks says anything, in the order of the file.

    Parameters
    ----------
    checks
        Checks that were to be made.
    results
        Results that were made, by the check's id.
    """
    says: dict[str, bool] = {}
    for check in checks:
        result = results.get(check.id)
        says[check.model] = says.get(check.model, False) or bool(result and not result.skipped)
    return tuple(name for name, anything in says.items() if not anything)


def _families(checks: Iterable[Check]) -> Iterable[Sequence[Check]]:
    """Return the checks of each segmentation and metric: the values of one threshold."""
    families: dict[tuple[object, ...], list[Check]] = defaultdict(list)
    for check in checks:
        columns = tuple(column for column, _ in check.segment)
        families[check.model, check.kind, check.metric, check.average, columns].append(check)
    return families.values()


def _all_skipped(family: Sequence[Check], results: Mapping[str, Result]) -> Sequence[Check]:
    """Return the whole family where not one of its members has anything to show."""
    found = [results.get(check.id) for check in family]
    return family if all(result and result.skipped for result in found) else ()


def _is_evaluated(check: Check, result: Result) -> bool:
    """Return whether a check answers its question, or neither model has anything to show.

    Where one of two models has a value and the other none, that they are not compared may be the
    very fall that is looked for: a candidate that calls nothing positive has no precision.
    """
    if check.no_data_reason == NOTHING_TO_COMPARE:
        return False
    if check.kind != "degradation" or not result.skipped:
        return True
    both = [result.estimate, result.comparison.baseline if result.comparison else None]
    return not any(isinstance(one, Estimate) for one in both)
