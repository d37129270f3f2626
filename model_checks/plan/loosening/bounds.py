"""Compares the bounds of two files, one by one: in which ways those of the second are looser."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from model_checks.plan.build import placeholder_values, plan_checks
from model_checks.plan.checks import Check, Kind, Segment
from model_checks.plan.loosening.notation import text_of, told
from model_checks.settings import Settings
from model_checks.text import quoted

_STRICTNESS = {"tolerant": 0, "estimate": 1, "confident": 2}
"""What passes under a rule passes under all that are less strict, whatever their confidence."""

_STRENGTH = {"none": 0, "benjamini-hochberg": 1, "holm": 2}


class BoundPlace(NamedTuple):
    """A metric of a model and of values that a bound is on; None is for all values in the data."""

    model: str
    metric: str
    kind: Kind
    values: frozenset[tuple[str, str | None]]

    def is_beside(self, other: "BoundPlace") -> bool:
        """Return whether both are on the same metric by the same columns, of whatever values."""
        columns, others = ({column for column, _ in one.values} for one in (self, other))
        return self[:3] == other[:3] and columns == others


Bounds = Mapping[BoundPlace, Check]


def bounds_of(settings: Settings, *, gate: bool) -> Bounds:
    """Return every bound of a file, with all that it inherits, by its place.

    The values of a segmentation that lists none are not known here: one stands for them.
    """
    found = placeholder_values(settings)
    return {_place(check): check for check in plan_checks(settings, found, gate=gate).checks}


def _place(check: Check) -> BoundPlace:
    segment = check.segment
    if check.kind == "gap":
        segment = tuple((column, None) for among in check.among[:1] for column, _ in among)
    return BoundPlace(check.model, check.metric, check.kind, frozenset(segment))


def looser_bounds(
    name: str, by_night: tuple[Bounds, Bounds], in_a_gate: tuple[Bounds, Bounds]
) -> Iterator[str]:
    """Yield a sentence for each bound that is looser; it names all listed values alike in it."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for place, check in by_night[0].items():
        if place.model != name:
            continue
        parts = list(_loosened(place, *by_night))
        gated = [part for part in _loosened(place, *in_a_gate) if part not in parts]
        parts += [f"under --checks-gate {part}" for part in gated]
        if parts:
            listed = [_values(check.segment)] if check.segment and not _is_found(check) else []
            alike[_subject(check), "; ".join(parts)] += listed
    for (subject, ways), values in alike.items():
        yield f"{subject}{f' of {quoted(values)}' if values else ''}: {ways}"


def _subject(check: Check) -> str:
    """Return a bound's model and metric, and the columns of its segmentation."""
    segment = check.among[0] if check.among else check.segment
    by = f" by {', '.join(column for column, _ in segment)}" if segment else ""
    metric = check.metric if check.kind == "level" else f"{check.metric}-{check.kind}"
    return f"{check.model}: {metric}{by}"


def _values(segment: Segment) -> str:
    return ", ".join(str(value) for _, value in segment)


def _is_found(check: Check) -> bool:
    """Return whether a bound is on all values in the data, not on the whole or a listed value."""
    segments = check.among if check.kind == "gap" else (check.segment,)
    return any(value is None for segment in segments for _, value in segment)


def _loosened(place: BoundPlace, before: Bounds, after: Bounds) -> Iterator[str]:
    """Yield the ways in which the bound on a place is looser, each once."""
    one = before[place]
    others = [after[place]] if place in after else []
    if not others:
        others = [check for beside, check in after.items() if place.is_beside(beside)]
        others = [check for check in others if _is_found(check) is not _is_found(one)]
    if not others:
        yield from _limits(one, None)
        return
    yield from _judges_fewer(one, others)
    yield from dict.fromkeys(part for other in others for part in _looser(one, other))


def _judges_fewer(one: Check, others: Sequence[Check]) -> Iterator[str]:
    """Yield words on values that are judged no longer, or may be missing now."""
    before = _listed(one)
    listed = [value for other in others for value in _listed(other)]
    if listed and not before:
        yield f"values are {_quoted(listed)}, in force all that are found"
    elif before and not listed:
        yield "values are those that are found, in force those that are listed"
    elif not {*map(frozenset, before)} <= {*map(frozenset, listed)}:
        yield f"values are {_quoted(listed)}, in force {_quoted(before)}"


def _listed(check: Check) -> tuple[Segment, ...]:
    """Return the values that a bound lists; none if it is on the whole, or on all in the data."""
    if _is_found(check) or not (check.among or check.segment):
        return ()
    return check.among or (check.segment,)


def _quoted(segments: Iterable[Segment]) -> str:
    return quoted([_values(segment) for segment in segments])


def _looser(one: Check, other: Check) -> Iterator[str]:
    yield from _another_metric(one, other)
    yield from _limits(one, other)
    yield from _holding(one, other)
    # If more rows are needed, fewer of the values found in the data are judged. A listed value
    # fails with too few rows, so it is looser to need fewer there.
    changed = other.min_rows - one.min_rows
    if changed > 0 if _is_found(one) else changed < 0:
        yield told("min_rows", other.min_rows, one.min_rows)


def _another_metric(one: Check, other: Check) -> Iterator[str]:
    """Yield each option of the metric that differs: which of two averages is looser is unknown."""
    before = _asked(one)
    for key, asked in _asked(other).items():
        if asked != before[key]:
            yield f"{told(key, asked, before[key])} (another metric)"


def _asked(check: Check) -> Mapping[str, object]:
    function = check.function
    return {
        "average": check.average,
        "beta": check.beta,
        "metric": function and function.reference,
        "seed": function and function.seed,
    }


def _limits(one: Check, other: Check | None) -> Iterator[str]:
    """Yield words on the limits in force that are further away now, or gone."""
    bound = other.bound if other else None
    if one.bound.min is not None:
        limit = bound.min if bound else None
        if limit is None or limit < one.bound.min:
            yield told("min", limit, one.bound.min)
    if one.bound.max is not None:
        limit = bound.max if bound else None
        changed = other is not None and other.relative is not one.relative
        if limit is None or limit > one.bound.max or changed:
            key = {"level": "max", "degradation": "max_degradation", "gap": "max_gap"}[one.kind]
            yield f"{key} is {_limit(other)}, in force {_limit(one)}"


def _limit(check: Check | None) -> str:
    """Return the largest value that is agreed, as the file has it."""
    limit = check.bound.max if check else None
    share = check is not None and check.relative
    return f"{100 * limit:.10g} %" if share and limit is not None else text_of(limit)


def _holding(one: Check, other: Check) -> Iterator[str]:
    """Yield a less strict rule; under the same rule, less proof to pass, or more proof to fail."""
    rule = one.bound.rule
    if other.bound.rule != rule:
        if _STRICTNESS[other.bound.rule] < _STRICTNESS[rule]:
            yield told("rule", other.bound.rule, rule)
        return
    sign = _STRICTNESS[rule] - _STRICTNESS["estimate"]  # with 0 no interval is looked at
    if sign * (other.confidence - one.confidence) < 0:
        yield told("confidence", other.confidence, one.confidence)
    # Segments are corrected for together; the whole and a gap have no correction.
    if one.segment and sign * (_STRENGTH[other.correction] - _STRENGTH[one.correction]) < 0:
        yield told("correction", other.correction, one.correction)
