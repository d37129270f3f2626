"""What was measured of a model x all of its checks -> a result for each, decided together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from model_checks.measuring import Measurement
from model_checks.metrics import Estimate, metric_named
from model_checks.plan import Check
from model_checks.results import Result, error_of, result_of


def rulings(checks: Sequence[Check], measurement: Measurement) -> Mapping[str, Result]:
    """The result of every check of a model, by its id.

    Parameters
    ----------
    checks
        All that are planned for the model, whichever of them are run: what others show may decide.
    """
    return {check.id: _ruling(check, measurement) for check in checks}


def _ruling(check: Check, measurement: Measurement) -> Result:
    if measurement.facts.error:
        return error_of(check, measurement.facts.error)
    if measurement.nothing:
        check = replace(check, vacant=measurement.nothing)
    aggregates = measurement.aggregates.get(check.segment)
    if aggregates is None:
        none = Estimate(None, None, None, check.confidence, 0, "rows", None, "no labelled row")
        return result_of(check, none, 0)
    estimate = metric_named(check.metric).estimate(aggregates, check.asked)
    return result_of(check, estimate, aggregates.rows)
