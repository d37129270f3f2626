"""Sentences on rows and answers that look old or spoilt, from what was measured."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np

from model_checks.data.quality import DAY, SHARE, Signs
from model_checks.data.times import Times, moment_text
from model_checks.judging.results import Result
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement
from model_checks.metrics import METRICS, Estimate
from model_checks.metrics.statistics import ConfusionCounts, LabelSums, RankSums, Statistics
from model_checks.settings import Settings
from model_checks.text import counted, first_few, labelled_rows, quoted, shortened
from model_checks.text.figures import written

FEW_ROWS = 30
"""With fewer rows chance alone makes answers that are all alike, or all right."""

_LEAST_OF_A_CLASS = 10
"""A good model ranks fewer positives, or fewer negatives, without a mistake now and then."""

_OLD = timedelta(days=7)
"""The greatest age of the newest row where no window says how quickly rows come."""

_CLOCKS = timedelta(minutes=5)
"""The most that two clocks may differ by."""

_CHANCE = 1e-3
"""Rows without a label that come together at this probability or less do not by chance."""


def data_quality_notes(
    settings: Settings,
    name: str,
    measurement: Measurement,
    results: Iterable[Result],
    moment: datetime,
    *,
    given: bool,
) -> tuple[str, ...]:
    """Return sentences on a model whose rows or answers look old or spoilt.

    Parameters
    ----------
    results
        The results of its checks, as far as they were made.
    moment
        The time as of which the model is judged.
    given
        Whether the moment was given for this run, rather than written in the file or the run's own.
    """
    signs, facts = measurement.signs, measurement.facts
    found: list[str] = []
    if signs and signs.times:
        found += _later(settings, name, signs.times, moment, given=given)
        found += _old(settings, name, signs.times, facts, moment)
        found += _labels_stop(signs, signs.times, facts)
    elif signs:
        found += _few_labels(facts)
    if signs:
        found += map(_words, signs.words.items())
    if signs and signs.copies > 1:
        found += _copies(signs, facts)
    if (facts.labelled or 0) >= FEW_ROWS:
        found += list(_alike(measurement)) or _perfect(measurement, results)
    return tuple(f"{name}: {sentence}" for sentence in found)


def _words(found: tuple[str, int]) -> str:
    """Return a sentence on words in a column that other tools take for a missing value."""
    column, n = found
    return (
        f"{counted(n, 'field')} of {shortened(column)!r} hold a word like NA, None or null, "
        "which is judged as a word: leave a field empty where a value is missing"
    )


# Times


def _later(
    settings: Settings, name: str, times: Times, moment: datetime, *, given: bool
) -> Iterator[str]:
    """Yield a sentence on rows that are not before the moment judged."""
    if not times.later:
        return
    rows = counted(times.later, "row")
    newest = f", the newest of {moment_text(times.newest)}" if times.newest else ""
    judged = moment_text(moment)
    if given:
        yield f"{rows} at or after {judged}, the moment given, {_are(times.later)} not judged"
    elif settings.models[name].as_of or settings.defaults.as_of:
        yield (
            f"as_of = {judged.removesuffix(' UTC')} is written in {settings.file} and {rows} "
            f"{_are(times.later)} newer{newest}: they are not judged until as_of is changed"
        )
    elif times.newest is None or times.newest > times.read + _CLOCKS:
        yield (
            f"{rows} {_are(times.later)} of the future{newest}, and not judged: "
            "is a clock or a time zone wrong, or do labels of the future leak?"
        )


def _old(
    settings: Settings, name: str, times: Times, facts: ModelFacts, moment: datetime
) -> Iterator[str]:
    """Yield a sentence if the newest row is long past."""
    window = settings.models[name].window
    newest, rows = times.newest_row, facts.rows
    if newest is None or not rows:
        return
    age = moment - newest - (DAY if times.whole_days else timedelta())
    if age > (max(DAY, window / SHARE) if window else _OLD):
        yield (
            f"the newest row is of {moment_text(newest)}, {_span(moment - newest)} before the "
            "moment judged: do rows still come in?"
        )


def _labels_stop(signs: Signs, times: Times, facts: ModelFacts) -> Iterator[str]:
    """Yield a sentence if labels end before the rows do, by more than chance would explain."""
    rows, labelled, without = facts.rows or 0, facts.labelled or 0, signs.unlabelled
    if not without or not times.newest_label or not times.newest_row or without >= rows:
        return
    share = min(labelled / (rows - without + 1), 1.0)
    if (1 - share) ** without <= _CHANCE:
        has = "has" if without == 1 else "have"
        yield (
            f"the newest label is of {moment_text(times.newest_label)}, the newest row of "
            f"{moment_text(times.newest_row)}: {counted(without, 'row')} after that label "
            f"{has} none; are labels late, or have they stopped?"
        )


def _few_labels(facts: ModelFacts) -> Iterator[str]:
    """Yield a sentence if fewer than half of the rows, which have no times, have labels."""
    rows, labelled = facts.rows or 0, facts.labelled or 0
    if rows >= FEW_ROWS and labelled < rows / 2:
        yield (
            f"only {labelled:,} of {rows:,} rows have a label: are labels late, or has a join "
            "lost them?"
        )


# Rows


def _copies(signs: Signs, facts: ModelFacts) -> Iterator[str]:
    """Yield a sentence on rows that are there several times."""
    times = "twice" if signs.copies == 2 else f"{signs.copies} times"
    yield (
        f"each of {counted(signs.looked_at, 'row')} looked at is there {times}, of "
        f"{labelled_rows(facts.labelled or 0)}: does a file lie {times} below the glob, or does a "
        "join repeat rows? Intervals are then too narrow"
    )


# Answers


def _alike(measurement: Measurement) -> Iterator[str]:
    """Yield a sentence if all rows have the same answer."""
    spread = measurement.predictions.spread if measurement.predictions else None
    if spread is None:
        return
    told = []
    if (label := _only_label(measurement, spread.only_label)) is not None:
        told.append(f"the prediction {label}")
    if spread.only_number is not None:
        told.append(f"the prediction {written(spread.only_number)}")
    if scores := spread.only_scores:
        listed = first_few([*map(written, scores)], 3)
        told.append(f"the score{'s' * (len(scores) > 1)} {listed}")
    if told:
        right = ", which is all that came true" if _all_right(measurement) else ""
        yield (
            f"all {labelled_rows(spread.rows)} have {' and '.join(told)}{right}: "
            "does the model still answer, or is a default logged?"
        )


def _only_label(measurement: Measurement, only: str | None) -> str | None:
    """Return the label predicted for all rows, in words; None if rows differ or none is known."""
    whole = _whole(measurement)
    if only is not None:
        return quoted([only])
    if counts := whole.find(ConfusionCounts):
        predicted = np.flatnonzero(counts.rows.sum(axis=0))
        return quoted([counts.labels[predicted[0]]]) if len(predicted) == 1 else None
    if labels := whole.find(LabelSums):
        right, wrong, _ = labels.sums
        shares = (right + wrong) / labels.weight if labels.weight else right
        alike = np.all(np.minimum(shares, 1 - shares) < 1e-12)
        return "of the same labels" if alike and labels.weight else None
    return None


def _whole(measurement: Measurement) -> Statistics:
    return measurement.statistics.get((), Statistics(0))


def _perfect(measurement: Measurement, results: Iterable[Result]) -> Iterator[str]:
    """Yield a sentence on metrics of all rows that could not be better."""
    right = _all_right(measurement)
    best = {result.check.metric for result in results if _is_best(result, measurement, right=right)}
    if not best and not right:
        return
    metrics = [name for name in METRICS if name in best]
    what = f"{_listed(metrics)} could not be better" if metrics else "every prediction is right"
    yield (
        f"{what} on {labelled_rows(measurement.facts.labelled or 0)}: is the target among the "
        "features, or the prediction a copy of the target?"
    )


def _all_right(measurement: Measurement) -> bool:
    """Return whether every prediction is known to be right."""
    predictions, whole = measurement.predictions, _whole(measurement)
    if predictions and predictions.spread and predictions.spread.is_right:
        return True
    if counts := whole.find(ConfusionCounts):
        return bool(counts.rows.sum() == np.trace(counts.rows))
    labels = whole.find(LabelSums)
    return bool(labels and labels.exact == labels.weight)


def _is_best(result: Result, measurement: Measurement, *, right: bool) -> bool:
    check, estimate = result.check, result.estimate
    metric = METRICS.get(check.metric)
    if check.segment or check.kind == "gap" or not metric or not isinstance(estimate, Estimate):
        return False
    if metric.one_sided and not right:
        return False
    if metric.form.statistic is RankSums and not _many_of_each(measurement):
        return False
    return metric.is_perfect(estimate.value)


def _many_of_each(measurement: Measurement) -> bool:
    ranks = _whole(measurement).find(RankSums)
    return bool(ranks and min(ranks.rows) >= _LEAST_OF_A_CLASS)


# Words


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _span(time: timedelta) -> str:
    hours = time / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:,.0f} days"


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
