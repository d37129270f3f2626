"""Whether a gate may open: every check that it is about has to be evaluated."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from model_checks.plan import Check
from model_checks.planning import NOTHING_TO_COMPARE
from model_checks.results import Result

NOT_EVALUATED = 10
"""The exit status where nothing failed, but a check was not evaluated."""


@dataclass(frozen=True)
class Gate:
    """How the checks stand that a promotion hangs on.

    Attributes
    ----------
    planned
        How many there are.
    missing
        Labels of those that were not evaluated: not selected, not reached, or not compared though
        one of both has a value.
    failed
        How many failed.
    skipped
        How many had nothing to measure, in a segment value that was only found in the data.
    beside
        How many checks of models without a candidate failed: the gate is not about them, but their
        failures are those of the run.
    """

    planned: int
    missing: tuple[str, ...]
    failed: int
    skipped: int
    beside: int = 0

    def status(self, status: int) -> int:
        """The exit status of a run that would end with another."""
        return NOT_EVALUATED if status == 0 and self.missing else status


def gate_of(
    checks: Iterable[Check], results: Mapping[str, Result], candidates: Collection[str]
) -> Gate:
    """The gate of the models that have a candidate; where none has, of all.

    Parameters
    ----------
    checks
        All that are planned.
    results
        Those that were made, by the check's id.
    """
    held = [check for check in checks if not candidates or check.model in candidates]
    found = {check.id: results.get(check.id) for check in held}
    made = {
        check.id: result
        for check in held
        if (result := found[check.id]) and _is_evaluated(check, result)
    }
    return Gate(
        planned=len(held),
        missing=tuple(check.label for check in held if check.id not in made),
        failed=sum(result.failed for result in made.values()),
        skipped=sum(result.skipped for result in made.values()),
        beside=sum(result.failed for name, result in results.items() if name not in found),
    )


def _is_evaluated(check: Check, result: Result) -> bool:
    """Whether a check says what it was made for, or that no model has anything to show there.

    Where one of two models has a value and the other none, that they are not compared may be the
    very fall that is looked for: a candidate that calls nothing positive has no precision.
    """
    if check.vacant == NOTHING_TO_COMPARE:
        return False
    if check.kind != "degradation" or not result.skipped:
        return True
    both = [result.estimate, result.comparison.baseline if result.comparison else None]
    return all(one is None or one.value is None for one in both)
