"""The spread of a model's answers: enough to see whether they are all alike, or all right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST_SCORES = 50
"""The most score columns whose ends are asked for: a database allows about a thousand a query."""


@dataclass(frozen=True)
class Spread:
    """The answers to all rows, taken together.

    Attributes
    ----------
    rows
        How many rows there are.
    scores, numbers
        Each column of scores, or of a regression's predictions, with its least and greatest.
    pairs
        True labels, each with a label that was predicted for it; none where no column has predicted
        labels, and where a row has several.
    exact
        How many rows a regression predicted exactly.
    """

    rows: int
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pairs: frozenset[tuple[str, str]] = frozenset()
    exact: int = 0

    @property
    def only_number(self) -> float | None:
        """Return the number that a regression predicts for all rows; None if there is none such."""
        return _only(self.numbers)

    @property
    def only_scores(self) -> tuple[float, ...]:
        """Return the scores that all rows have; none if one differs, or if there are none."""
        alike = all(least == greatest for least, greatest in self.scores.values())
        return tuple(least for least, _ in self.scores.values()) if alike else ()

    @property
    def only_label(self) -> str | None:
        """Return the label that is predicted for all rows; None if it differs, or is not known."""
        predicted = {label for _, label in self.pairs}
        return predicted.pop() if len(predicted) == 1 else None

    @property
    def is_right(self) -> bool:
        """Return whether it is known that every prediction is what came true."""
        labels = bool(self.pairs) and all(true == predicted for true, predicted in self.pairs)
        return labels or (bool(self.numbers) and self.exact == self.rows)


def spread_columns(
    scores: Sequence[str], numbers: Sequence[str], target: str, number: Callable[[str], str]
) -> list[str]:
    """Return SQL of each column's ends, and of how many predicted numbers are the target's.

    Parameters
    ----------
    number
        Returns SQL of a column as a number.
    """
    spans = [*_few(scores), *numbers]
    ends = [f"{end}({number(name)})" for name in spans for end in ("min", "max")]
    exact = [f"count(case when {number(target)} = {number(name)} then 1 end)" for name in numbers]
    return [*ends, *exact]


def spread_of(
    scores: Sequence[str], numbers: Sequence[str], rows: int, found: Sequence[Any]
) -> Spread:
    """Return the spread by the row that the SQL of ``spread_columns`` returns."""
    asked = [*_few(scores), *numbers]
    ends = zip(found[: 2 * len(asked) : 2], found[1 : 2 * len(asked) : 2], strict=True)
    spans = dict(zip(asked, ends, strict=True))
    return Spread(
        rows,
        scores={name: spans[name] for name in _few(scores)},
        numbers={name: spans[name] for name in numbers},
        exact=found[-1] if numbers else 0,
    )


def _few(scores: Sequence[str]) -> Sequence[str]:
    return scores if len(scores) <= _MOST_SCORES else ()


def _only(spans: Mapping[str, tuple[float, float]]) -> float | None:
    values = {value for span in spans.values() for value in span}
    return values.pop() if len(values) == 1 else None
