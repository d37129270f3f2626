"""How far a model's answers spread: enough to see whether they are all alike, or all right."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST_SCORES = 50
"""Of more columns no ends are asked for: a database allows about a thousand in a query."""


@dataclass(frozen=True)
class Spread:
    """The answers to all rows, taken together.

    Attributes
    ----------
    rows
        How many there are.
    scores, numbers
        Each column of scores, or of a regression's predictions, with the least and the greatest.
    pairs
        Which true label met which predicted label; none where no column has predicted labels, and
        where a row has several.
    exact
        Of a regression: how many rows were predicted as they are.
    """

    rows: int
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    numbers: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    pairs: frozenset[tuple[str, str]] = frozenset()
    exact: int = 0

    @property
    def only_number(self) -> float | None:
        """What a regression predicts for all rows; None if it differs, or is none."""
        return _only(self.numbers)

    @property
    def only_scores(self) -> tuple[float, ...]:
        """The scores that all rows have; none if one differs, or if there are none."""
        alike = all(least == greatest for least, greatest in self.scores.values())
        return tuple(least for least, _ in self.scores.values()) if alike else ()

    @property
    def only_label(self) -> str | None:
        """What is predicted for all rows; None if it differs, or is not known."""
        predicted = {label for _, label in self.pairs}
        return predicted.pop() if len(predicted) == 1 else None

    @property
    def is_right(self) -> bool:
        """Whether it is known that every prediction is what came true."""
        labels = bool(self.pairs) and all(true == predicted for true, predicted in self.pairs)
        return labels or (bool(self.numbers) and self.exact == self.rows)


def spread_columns(
    scores: Sequence[str], numbers: Sequence[str], target: str, number: Callable[[str], str]
) -> list[str]:
    """SQL of the ends of each column, and of how many predicted numbers are those of the target.

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
    """The spread that the columns above, which were asked for of the same answers, have told."""
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
