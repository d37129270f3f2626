"""The spread of a model's answers: enough to see whether they are all alike, or all right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from model_checks.data.engine import Engine
from model_checks.errors import DataError
from model_checks.text import labelled_rows

_MOST_SCORES = 50
"""The most score columns whose ends are asked for: a database allows about a thousand a query."""

_Span = tuple[float, float]


@dataclass(frozen=True)
class Spread:
    """The answers to all rows, taken together.

    Attributes
    ----------
    rows
        How many rows there are.
    scores, numbers
        Each column of scores, or of a regression's predictions, with its least and greatest.
    counts
        How many rows have each true label, and with it each predicted one where a column has such;
        none of a regression, and none where a row has several labels.
    exact
        How many rows a regression predicted exactly.
    """

    rows: int
    scores: Mapping[str, _Span] = field(default_factory=dict)
    numbers: Mapping[str, _Span] = field(default_factory=dict)
    counts: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    exact: int = 0

    @property
    def pairs(self) -> Mapping[tuple[str, ...], int]:
        """Return the counts by true and predicted label; none where no column has the latter."""
        return {pair: n for pair, n in self.counts.items() if len(pair) == 2}

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


@dataclass(frozen=True)
class SpreadQuery:
    """A query of all answers, which refuses those that no metric can be computed from.

    Attributes
    ----------
    unusable
        Names of faults that are refused, each with SQL that holds for rows with it.
    scores, numbers
        Columns of scores, and a regression's of predictions, each with SQL of it as a number.
    target
        SQL of the target that a regression predicts.
    """

    engine: Engine
    relation: str
    unusable: Mapping[str, str]
    scores: Mapping[str, str]
    numbers: Mapping[str, str]
    target: str

    def spread(self, labels: Sequence[str] = (), most: int | None = None) -> Spread | None:
        """Return the spread, with the rows counted by some labels.

        Parameters
        ----------
        labels
            SQL of each column of labels, as text.
        most
            The most labels, or pairs of them, that are counted; None for any number.

        Returns
        -------
        Spread or None
            None if there are more than the most.

        Raises
        ------
        DataError
            If no metric could be trusted on the answers.
        """
        limit = f" limit {most + 1}" if most else ""
        found = self.engine.run(f"{self._sql(labels)}{limit}")
        if most and len(found) > most:
            self.spread()  # what is wrong with the values is told before their number
            return None
        groups = {tuple(row[: len(labels)]): row[len(labels) :] for row in found}
        counts, *columns = zip(*groups.values(), strict=True) if groups else [(0,)]
        if not (rows := sum(counts)):
            return Spread(0)
        unusable, rest = columns[: len(self.unusable)], columns[len(self.unusable) :]
        self._refuse_unusable(rows, map(sum, unusable))
        spread = self._spread(rows, rest)
        return replace(spread, counts=dict(zip(groups, counts, strict=True))) if labels else spread

    def _sql(self, labels: Sequence[str]) -> str:
        keys = {f"l{k}": sql for k, sql in enumerate(labels)}
        marks = {
            f"u{k}": f"case when {sql} then 1 end" for k, sql in enumerate(self.unusable.values())
        }
        numbers = {f"n{k}": sql for k, sql in enumerate(self._measured().values())}
        columns = keys | marks | numbers
        asked = [*keys, "count(*)", *(f"count({name})" for name in marks)]
        asked += [f"{end}({name})" for name in numbers for end in ("min", "max")]
        if self.numbers:
            columns |= {"y": self.target}
            asked.append(f"count(case when y = n{len(numbers) - 1} then 1 end)")
        named = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
        groups = f" group by {', '.join(keys)}" if keys else ""
        return f"select {', '.join(asked)} from (select {named} from {self.relation}){groups}"

    def _measured(self) -> Mapping[str, str]:
        """Return the columns whose least and greatest number are asked for."""
        return {**(self.scores if len(self.scores) <= _MOST_SCORES else {}), **self.numbers}

    def _refuse_unusable(self, rows: int, counts: Iterable[int]) -> None:
        totals = zip(self.unusable, counts, strict=True)
        if bad := [f"{what} in {n:,}" for what, n in totals if n]:
            raise DataError(f"{'; '.join(bad)} of {labelled_rows(rows)}")

    def _spread(self, rows: int, columns: Sequence[Sequence[Any]]) -> Spread:
        """Return what the ends in each group come to, and how many are exact."""
        names = list(self._measured())
        low, high = (
            map(min, columns[: 2 * len(names) : 2]),
            map(max, columns[1 : 2 * len(names) : 2]),
        )
        spans = dict(zip(names, zip(low, high, strict=True), strict=True))
        return Spread(
            rows,
            scores={name: span for name, span in spans.items() if name in self.scores},
            numbers={name: span for name, span in spans.items() if name in self.numbers},
            exact=sum(columns[-1]) if self.numbers else 0,
        )


def _only(spans: Mapping[str, _Span]) -> float | None:
    values = {value for span in spans.values() for value in span}
    return values.pop() if len(values) == 1 else None
