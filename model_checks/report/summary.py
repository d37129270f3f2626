"""The summary of a run: counted, in order, clean, and no longer than can be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

from model_checks.data.times import moment_text
from model_checks.judging.results import Result, Run
from model_checks.judging.verdict import Verdict
from model_checks.report.table_row import TableRow, row_of
from model_checks.report.wording import facts_text, unjudged_text
from model_checks.text import clean, counted, first_few, one_line

Item = TypeVar("Item")
_CUT_SHORT = {2: "interrupted", 3: "an internal error", 143: "stopped by SIGTERM"}
"""The end of a run in words, by exit status, where the run does not say what ended it."""


@dataclass(frozen=True)
class Shown(Generic[Item]):
    """The first items of a list, and how many more there are."""

    items: Sequence[Item]
    more: int = 0

    @classmethod
    def first(cls, most: int, items: Iterable[Item]) -> "Shown[Item]":
        """Return at most ``most`` of some items, with the number of the rest."""
        every = list(items)
        return cls(every[:most], max(len(every) - most, 0))


@dataclass(frozen=True)
class Picture:
    """A chart where it can be seen: ``src`` is a data URI, or the ``cid`` of a mail's part."""

    model: str
    title: str
    alt: str
    src: str


@dataclass(frozen=True)
class FailingModel:
    """The failing checks of one model, with its charts."""

    name: str
    counts: str
    rows: Shown[TableRow]
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class Trouble:
    """Checks of one model that could not be made, all for the same reason."""

    model: str
    checks: str
    reason: str


@dataclass(frozen=True)
class JudgedModel:
    """The facts on which one model was judged, and how many of its checks passed."""

    model: str
    facts: str
    passed: str


@dataclass(frozen=True)
class Summary:
    """The whole content of a page or a mail."""

    headline: str
    good: bool
    counts: str
    as_of: str
    report: str
    footer: str
    wrong: Shown[str] = field(default_factory=lambda: Shown(()))
    failing: Shown[FailingModel] = field(default_factory=lambda: Shown(()))
    troubles: Shown[Trouble] = field(default_factory=lambda: Shown(()))
    warnings: Shown[str] = field(default_factory=lambda: Shown(()))
    notes: Shown[str] = field(default_factory=lambda: Shown(()))
    left_out: Shown[str] = field(default_factory=lambda: Shown(()))
    judged: Shown[JudgedModel] = field(default_factory=lambda: Shown(()))
    pictures: Sequence[Picture] = ()
    more_pictures: int = 0

    @property
    def link(self) -> str | None:
        """Return the report's address, if it is one that a browser can open."""
        return self.report if self.report.startswith(("https://", "http://")) else None


def missed(run: Run) -> list[Result]:
    """Return the checks that failed, except for errors, by model in the order of the file."""
    failed = [r for r in run.results if r.failed and r.verdict is not Verdict.ERROR]
    order = {name: place for place, name in enumerate(run.models)}
    return sorted(failed, key=lambda result: order.get(result.check.model, len(order)))


def not_measured(run: Run) -> list[Result]:
    """Return the results of checks that could not be made."""
    return [result for result in run.results if result.verdict is Verdict.ERROR]


def passed(results: Iterable[Result]) -> int:
    """Return how many checks passed, with a warning or without."""
    return sum(not result.failed and not result.skipped for result in results)


def headline(run: Run) -> str:
    """Return the outcome in a few words."""
    total, failed, errors = len(run.results), len(missed(run)), len(not_measured(run))
    checks = counted(total, "check")
    if failed:
        told = f"{failed:,} of {checks} failed"
        told += f", {errors:,} could not be measured" if errors else ""
    elif errors:
        told = f"{errors:,} of {checks} could not be measured"
    elif not total:
        told = "no check was made"
    elif run.unjudged:
        told = f"{counted(len(run.unjudged), 'model')} not judged: no check was evaluated"
    elif passed(run.results) == total >= run.planned:
        told = f"all {checks} passed" if total > 1 else "the only check passed"
    else:
        told = f"no check failed, {passed(run.results):,} of {max(total, run.planned):,} passed"
    if not _cut_short(run):
        return told
    before = f" before {unreached(run):,} more" if unreached(run) else ""
    return f"{told}, the run was cut short{before}"


def _cut_short(run: Run) -> str | None:
    """Return what ended the run too early, if something did."""
    return run.cut_short or _CUT_SHORT.get(run.exit_status)


def unreached(run: Run) -> int:
    """Return how many of the checks that were to be run have no result."""
    selected = run.planned if run.selected is None else run.selected
    return max(selected - len(run.results), 0)


def concerned(run: Run) -> list[str]:
    """Return the names of models with a failure, error or no verdict, in the order of the file."""
    names = [result.check.model for result in (*missed(run), *not_measured(run))]
    names += run.unjudged
    order = [*run.models, *names]
    return sorted(set(names), key=order.index)


def summary_of(
    run: Run,
    pictures: Sequence[Picture],
    report: str,
    most: int,
    *,
    more_pictures: int = 0,
    unwritten: Sequence[str] = (),
) -> Summary:
    """Return the summary of a run.

    Parameters
    ----------
    run
        The run, with its results.
    pictures
        The charts of the run, with the addresses where the reader will see them.
    report
        The path or URL of the whole report.
    most
        The most failing checks, and the most entries of any other list, that are listed.
    more_pictures
        The number of charts beside these pictures.
    unwritten
        Sentences on files that are missing from the report folder.
    """
    failing = _failing(run, pictures, most)
    drawn = {model.name for model in failing.items}
    wrong = [*_ended_early(run), *unwritten]
    return Summary(
        headline=headline(run),
        good=not (concerned(run) or wrong) and bool(run.results),
        counts=_counts(run),
        as_of=_as_of(run),
        report=one_line(report, 2000),
        wrong=Shown.first(most, (clean(one, 600) for one in wrong)),
        failing=failing,
        troubles=Shown.first(most, _troubles(run)),
        warnings=Shown.first(most, (one_line(r.message) for r in run.results if r.warned)),
        notes=Shown.first(most, map(clean, _notes(run))),
        left_out=Shown.first(most, map(one_line, _left_out(run))),
        judged=Shown.first(most, (_judged(run, name) for name in run.models)),
        pictures=[picture for picture in pictures if picture.model not in drawn],
        more_pictures=more_pictures,
        footer=_footer(run),
    )


def _ended_early(run: Run) -> list[str]:
    """Return a sentence on a run that was cut short, with the checks that it did not reach."""
    reason = _cut_short(run)
    if not reason:
        return []
    told = f"the run was cut short ({reason})"
    selected = run.planned if run.selected is None else run.selected
    if n := unreached(run):
        told += f": {n:,} of {counted(selected, 'selected check')} were not reached"
    return [told]


def _as_of(run: Run) -> str:
    """Return in words as of when the models were judged, or of a span if their moments differ."""
    moments = sorted({facts.as_of for facts in run.models.values() if facts.as_of})
    if len(moments) < 2:
        [moment] = moments or [run.as_of or run.started]
        return f"Judged as of {moment_text(moment)}"
    first, last = (moment_text(moment) for moment in (moments[0], moments[-1]))
    return f"Judged as of {first.removesuffix(' UTC')} to {last}, each model as of its own moment"


def _counts(run: Run) -> str:
    warned = sum(result.warned for result in run.results)
    skipped = sum(result.skipped for result in run.results)
    parts = [f"{passed(run.results):,} of {counted(len(run.results), 'check')} passed"]
    if warned:
        parts[0] += f", {warned:,} of them with a warning"
    if skipped:
        parts.append(f"{skipped:,} skipped for want of data")
    return "; ".join(parts)


def _failing(run: Run, pictures: Sequence[Picture], most: int) -> Shown[FailingModel]:
    """Return the models with failing checks, each with its fair share where there are many."""
    by_model: dict[str, list[Result]] = {}
    for result in missed(run):
        by_model.setdefault(result.check.model, []).append(result)
    sizes = [len(results) for results in by_model.values()]
    share = max(sizes, default=0)
    while sum(min(size, share) for size in sizes) > most:
        share -= 1
    models = (
        FailingModel(
            name=clean(name, 80),
            counts=f"{len(results):,} of {counted(len(run.of_model(name)), 'check')} failed",
            rows=Shown.first(share, map(row_of, results)),
            pictures=[picture for picture in pictures if picture.model == clean(name, 80)],
        )
        for name, results in by_model.items()
    )
    return Shown(list(islice(models, most)), max(len(by_model) - most, 0))


def _troubles(run: Run) -> list[Trouble]:
    ids: dict[tuple[str, str], list[str]] = {}
    for result in not_measured(run):
        reason = result.message.removeprefix(f"{result.check.label}: ")
        ids.setdefault((result.check.model, reason), []).append(result.check.label)
    for name in run.unjudged:
        reason = unjudged_text(name, len(run.of_model(name))).removeprefix(f"{name}: ")
        ids[name, reason] = [result.check.label for result in run.of_model(name)]
    return [
        Trouble(clean(model, 80), _named(checks), clean(reason, 600))
        for (model, reason), checks in ids.items()
    ]


def _named(ids: Sequence[str], most: int = 6) -> str:
    return first_few([one_line(one, 240) for one in ids[:most]], most, count=len(ids))


def _notes(run: Run) -> list[str]:
    return [*(note for facts in run.models.values() for note in facts.notes), *run.notes]


def _left_out(run: Run) -> list[str]:
    told = list(run.left_out)
    if (gone := run.planned - len(run.results)) > 0:
        told.append(f"{gone:,} of {counted(run.planned, 'planned check')} were not run")
    return told + [result.message for result in run.results if result.skipped]


def _judged(run: Run, name: str) -> JudgedModel:
    results = run.of_model(name)
    told = f"{passed(results):,} of {len(results):,} passed"
    return JudgedModel(clean(name, 80), facts_text(run.models[name]), told)


def _footer(run: Run) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    parts = [f"Run {run.id}, finished {moment_text(run.finished)}", versions]
    if run.thresholds_sha256:
        parts.append(f"thresholds.toml sha256 {run.thresholds_sha256[:12]}")
    return clean("; ".join(part for part in parts if part))
