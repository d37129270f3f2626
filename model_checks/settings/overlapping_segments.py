"""The search for segmentations that would judge one metric twice on the same rows."""

from collections.abc import Iterator, Mapping, Sequence

from model_checks.settings.segments import Segmentation

_Value = frozenset[tuple[str, str]]
_Listed = Mapping[_Value, str]
"""The listed values in their form for comparison, each with its text."""


class _Agreed:
    """The first segmentations with a metric, for all values of some columns and for each value.

    Attributes
    ----------
    by
        The columns in the first segmentation's order, as text.
    """

    def __init__(self, by: str) -> None:
        self.by = by
        self._first: int | None = None
        self._of_all: int | None = None
        self._of_value: dict[_Value, tuple[int, str]] = {}

    def twice(self, position: int, listed: _Listed | None) -> dict[int, list[str]]:
        """Return the earlier segmentations with the metric, each with the values that both list."""
        before = self._first if listed is None else self._of_all
        found: dict[int, list[str]] = {} if before is None else {before: []}
        for value in listed or () if before is None else ():
            if value in self._of_value:
                other, text = self._of_value[value]
                found.setdefault(other, []).append(text)
        self._keep(position, listed)
        return found

    def _keep(self, position: int, listed: _Listed | None) -> None:
        self._first = position if self._first is None else self._first
        if listed is None and self._of_all is None:
            self._of_all = position
        for value, text in (listed or {}).items():
            self._of_value.setdefault(value, (position, text))


def agreed_twice(segments: Sequence[Segmentation]) -> Iterator[str]:
    """Yield a sentence on each segmentation that judges a metric which an earlier one judges.

    It is named beside the first such segmentation only, so that many alike make no sentence for
    each pair.
    """
    known: dict[tuple[frozenset[str], str, str], _Agreed] = {}
    for position, one in enumerate(segments, 1):
        columns, by, listed = frozenset(one.by), ", ".join(one.by), _listed(one)
        for metric in one.thresholds:
            agreed = known.setdefault((columns, "level", metric), _Agreed(by))
            for before, shared in agreed.twice(position, listed).items():
                of = f"{agreed.by} of {', '.join(shared)}" if shared else agreed.by
                yield f"segments #{before} and #{position} both agree {metric} by {of}; keep one"
        for metric in one.max_gap:
            agreed = known.setdefault((columns, "gap", metric), _Agreed(by))
            for before in agreed.twice(position, None):
                told = f"segments #{before} and #{position} both agree the gap of {metric}"
                yield f"{told} by {agreed.by}; keep one"


def _listed(one: Segmentation) -> _Listed | None:
    values = one.listed()
    if values is None:
        return None
    return {frozenset(value): "+".join(text for _, text in value) for value in values}
