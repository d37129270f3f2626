"""The layout of results in the overview, which keeps the worst where there are too many."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model_checks.judging.results import Result
from model_checks.judging.verdict import Verdict
from model_checks.plan.checks import Check, Kind, value_text

MOST_ROWS = 32
"""The most rows that are drawn; of more rows the worst are."""

WORST_FIRST = (
    Verdict.ERROR,
    Verdict.FAIL,
    Verdict.INCONCLUSIVE,
    Verdict.NO_DATA,
    Verdict.WARN,
    Verdict.PASS,
)
_WHOLE: Mapping[Kind, str] = {
    "level": "Overall",
    "degradation": "Worse than baseline by",
    "gap": "Largest gap",
}
_ABREAST = 2  # metrics side by side: a third would leave no room for figures


@dataclass(frozen=True)
class ChartRow:
    """A row of a block, with a result or None for each of the block's columns."""

    label: str
    results: tuple[Result | None, ...]

    @property
    def severity(self) -> tuple[bool, int]:
        """Return a key that sorts the worst rows first."""
        judged = [result for result in self.results if result]
        worst = min(WORST_FIRST.index(result.verdict) for result in judged)
        return not any(result.failed for result in judged), worst


@dataclass(frozen=True)
class Block:
    """A block of rows: a metric of all rows each, or a segment each with metrics as columns."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[ChartRow, ...]

    @property
    def whole(self) -> bool:
        """Return whether the block's rows are metrics, which share no scale."""
        return not self.columns


@dataclass(frozen=True)
class Arrangement:
    """The blocks that are drawn, and the results for which there was no room."""

    blocks: tuple[Block, ...]
    left_out: tuple[Result, ...] = ()


def arranged(results: Sequence[Result], most_rows: int = MOST_ROWS) -> Arrangement:
    """Return the place of each result: the whole first, then the segmentations in their order.

    Parameters
    ----------
    results
        The results of one model.
    most_rows
        The most rows to keep: failing rows first, then rows by the severity of their verdicts, and
        the whole before its segments; kept rows stay in their order.
    """
    blocks = list(_blocks(results))
    places = [(i, j) for i, block in enumerate(blocks) for j in range(len(block.rows))]
    places.sort(key=lambda place: blocks[place[0]].rows[place[1]].severity)  # stable
    kept = set(places[:most_rows])
    left_out = [
        result for i, j in sorted(places[most_rows:]) for result in blocks[i].rows[j].results
    ]
    drawn = []
    for i, block in enumerate(blocks):
        rows = tuple(row for j, row in enumerate(block.rows) if (i, j) in kept)
        if rows:
            drawn.append(Block(block.heading, block.columns, rows))
    return Arrangement(tuple(drawn), tuple(result for result in left_out if result))


def _blocks(results: Sequence[Result]) -> list[Block]:
    whole = [result for result in results if not result.check.segment]
    blocks = []
    for kind, heading in _WHOLE.items():
        of_kind = [result for result in whole if result.check.kind == kind]
        if of_kind:
            rows = tuple(ChartRow(_row_name(result.check), (result,)) for result in of_kind)
            blocks.append(Block(heading, (), rows))
    segmented = [result for result in results if result.check.segment]
    for by in dict.fromkeys(result.check.columns for result in segmented):
        blocks += _segmentation(by, [r for r in segmented if r.check.columns == by])
    return blocks


def _segmentation(by: tuple[str, ...], results: Sequence[Result]) -> list[Block]:
    found = {(r.check.segment, _column_name(r.check)): r for r in results}
    metrics = list(dict.fromkeys(_column_name(result.check) for result in results))
    labels = {result.check.segment: _segment_name(result.check) for result in results}
    blocks = []
    for first in range(0, len(metrics), _ABREAST):
        abreast = tuple(metrics[first : first + _ABREAST])
        rows = [
            ChartRow(label, cells)
            for segment, label in labels.items()
            if any(cells := tuple(found.get((segment, metric)) for metric in abreast))
        ]
        blocks.append(Block(f"By {', '.join(by)}", abreast, tuple(rows)))
    return blocks


def _row_name(check: Check) -> str:
    """Return the metric's name; for a gap also the columns between whose values it lies."""
    columns = ", ".join(check.columns)
    return check.metric_name + (f" by {columns}" if columns else "")


def _column_name(check: Check) -> str:
    """Return the metric's name, marked if the column shows its degradation."""
    return check.metric_name + (", worse by" if check.kind == "degradation" else "")


def _segment_name(check: Check) -> str:
    """Return the values of a check's segment without their columns, at any length."""
    if check.stands_for_all:
        return "(no value)"
    return ", ".join(value_text(value) for _, value in check.segment)


def tally(results: Sequence[Result]) -> list[tuple[Verdict, int]]:
    """Return the number of results with each verdict, the worst first."""
    counts = Counter(result.verdict for result in results)
    return [(verdict, counts[verdict]) for verdict in WORST_FIRST if counts[verdict]]


def tally_text(results: Sequence[Result]) -> str:
    """Return in words the number of results with each verdict, the worst first.

    >>> tally_text([])
    'none'
    """
    return ", ".join(f"{n:,} {word(verdict)}" for verdict, n in tally(results)) or "none"


def word(verdict: Verdict) -> str:
    """Return the verdict's name as it is read."""
    return verdict.value.replace("_", " ")
