"""Old and spoilt rows and answers are told of, each in a sentence; sound ones never are."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from support.databases import VARIABLE, Somewhere
from support.project import CHURN, Project, text_in
from support.sample_data import AS_OF, agreed, label_keys, python_model, settings_of, write_data
from support.spark_cluster import Place

from model_checks.measure.facts import ModelFacts
from model_checks.metrics import metrics_of
from model_checks.pipeline import judge

DAYS = timedelta(days=1)


def facts(
    folder: Path,
    columns: Mapping[str, Any] | None = None,
    given: datetime | None = AS_OF,
    **keys: Any,
) -> ModelFacts:
    return judge(settings_of(folder, columns, **keys), as_of=given).models["m"]


def notes(
    folder: Path,
    columns: Mapping[str, Any] | None = None,
    given: datetime | None = AS_OF,
    **keys: Any,
) -> tuple[str, ...]:
    """What is told of the model ``m``, without its name."""
    told = facts(folder, columns, given, **keys).notes
    assert all(note.startswith("m: ") for note in told)
    return tuple(note.removeprefix("m: ") for note in told)


def rows(n: int, seed: int = 0, *, end: datetime = AS_OF, days: float = 30) -> dict[str, Any]:
    """A sound log up to a moment: the label is 1 as often as the score says."""
    rng = np.random.default_rng(seed)
    score = rng.random(n)
    step = timedelta(days=days) / n
    return {
        "y": [int(one) for one in rng.random(n) < score],
        "p": [int(one) for one in score >= 0.5],
        "s": list(score),
        "t": [end - step * (k + 0.5) for k in range(n)],
    }


def without_labels(columns: dict[str, Any], since: datetime) -> dict[str, Any]:
    pairs = zip(columns["y"], columns["t"], strict=True)
    return {**columns, "y": [None if time > since else label for label, time in pairs]}


TIMED: dict[str, Any] = {"score": "s", "prediction": "p", "time_column": "t"}
MONTH = {**TIMED, "window": "30d"}
SCORED: dict[str, Any] = {"score": "s", "prediction": "p"}


# The newest row and the newest label


def test_the_newest_row_and_the_newest_label_are_known(tmp_path: Path) -> None:
    columns = {
        "y": [0, 1, None, 1],
        "p": [0, 1, 1, 1],
        "t": [AS_OF - 3 * DAYS, AS_OF - 2 * DAYS, AS_OF - DAYS, AS_OF],
    }
    found = facts(tmp_path, columns, time_column="t", window="30d")
    assert (found.newest_row, found.newest_label) == (AS_OF - DAYS, AS_OF - 2 * DAYS)
    assert found.as_of == AS_OF


def test_without_times_there_is_no_newest_row(tmp_path: Path) -> None:
    found = facts(tmp_path, {"y": [0, 1], "p": [0, 1]})
    assert (found.newest_row, found.newest_label) == (None, None)


@pytest.mark.parametrize("kind", ["timestamp[s]", "timestamp[ns]", "timestamp[us, tz=Europe/Oslo]"])
def test_the_newest_row_is_the_same_moment_in_every_type(tmp_path: Path, kind: str) -> None:
    import pyarrow as pa

    zone = "Europe/Oslo" if "tz" in kind else None
    unit = kind[10:12].strip("]")
    times = pa.array([AS_OF - DAYS, AS_OF - 2 * DAYS], pa.timestamp(unit, zone))
    found = facts(tmp_path, {"y": [0, 1], "p": [0, 1], "t": times}, time_column="t")
    assert found.newest_row == AS_OF - DAYS


def test_times_that_python_has_no_moment_for_are_not_known(tmp_path: Path) -> None:
    columns = {"y": [0, 1], "p": [0, 1], "t": [-(2**62)] * 2}
    table = pa.table({**columns, "t": pa.array(columns["t"], pa.timestamp("us"))})
    parquet.write_table(table, tmp_path / "data.parquet")
    found = facts(tmp_path, time_column="t")
    assert (found.rows, found.newest_row, found.error) == (2, None, None)


# An old newest row


@pytest.mark.parametrize(
    ("keys", "age"),
    [({"window": "30d"}, 3), ({"window": "7d"}, 1), ({}, 7), ({"window": "90d"}, 9)],
)
def test_an_old_newest_row_is_told(tmp_path: Path, keys: dict[str, Any], age: int) -> None:
    columns = rows(200, end=AS_OF - age * DAYS - timedelta(hours=1), days=2)
    [note] = notes(tmp_path, columns, **TIMED, **keys)
    assert note.startswith("the newest row is of 2013-04-")
    assert note.endswith(" before the moment judged: do rows still come in?")
    columns = rows(200, end=AS_OF - age * DAYS + timedelta(hours=1), days=2)
    assert notes(tmp_path, columns, **TIMED, **keys) == ()


def test_a_day_lasts_until_its_end(tmp_path: Path) -> None:
    columns = {**rows(200), "t": [date(2013, 4, 29)] * 200}
    assert notes(tmp_path, columns, **TIMED, window="7d") == ()
    columns = {**columns, "t": [date(2013, 4, 28)] * 200}
    assert notes(tmp_path, columns, **TIMED, window="7d") == (
        (
            "the newest row is of 2013-04-28 UTC, 3 days before the moment judged: "
            "do rows still come in?"
        ),
    )


# Labels that stop


def test_labels_that_stop_are_told_with_both_dates(tmp_path: Path) -> None:
    columns = without_labels(rows(3000), AS_OF - 10 * DAYS)
    [note] = notes(tmp_path, columns, **MONTH)
    assert note == (
        "the newest label is of 2013-04-20 23:52 UTC, the newest row of 2013-04-30 23:52 UTC: "
        "1,000 rows after that label have none; are labels late, or have they stopped?"
    )


def test_labels_that_are_a_little_late_are_not(tmp_path: Path) -> None:
    assert notes(tmp_path, without_labels(rows(3000), AS_OF - 2.9 * DAYS), **MONTH) == ()


def test_labels_that_are_few_everywhere_do_not_stop(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    columns = rows(3000)
    columns["y"] = [
        y if keep else None for y, keep in zip(columns["y"], rng.random(3000) < 0.004, strict=True)
    ]
    columns["y"][:400] = [None] * 400
    assert notes(tmp_path, columns, **MONTH) == ()


def test_a_few_last_rows_of_a_small_log_may_lack_labels(tmp_path: Path) -> None:
    columns = rows(10)
    columns["y"] = [None, None, *columns["y"][2:]]
    assert notes(tmp_path, columns, **MONTH) == ()


def test_fewer_labels_than_half_are_told_where_no_times_say_more(tmp_path: Path) -> None:
    columns = {"y": [None] * 60 + [0, 1] * 20, "p": [0, 1, 1, 0] * 25}
    assert notes(tmp_path, columns) == (
        "only 40 of 100 rows have a label: are labels late, or has a join lost them?",
    )
    assert notes(tmp_path, {**columns, "y": [None] * 50 + [0, 1] * 25}) == ()


# Rows after the moment judged


NOW = datetime.now(UTC)


def test_rows_of_the_future_are_told(tmp_path: Path) -> None:
    newest = NOW + timedelta(hours=2)
    [note] = notes(tmp_path, rows(300, end=newest + timedelta(hours=0.05), days=30), None, **MONTH)
    assert "of the future, the newest of" in note
    assert note.endswith("is a clock or a time zone wrong, or do labels of the future leak?")


def test_rows_that_come_in_while_a_run_reads_are_not_of_the_future(tmp_path: Path) -> None:
    columns = rows(300, end=NOW + timedelta(minutes=2), days=0.1)
    assert notes(tmp_path, columns, None, **MONTH) == ()


@pytest.mark.parametrize("where", ["model", "defaults"])
def test_a_written_moment_that_rows_have_overtaken_is_told(tmp_path: Path, where: str) -> None:
    keys = {"as_of": AS_OF} if where == "model" else {"defaults": {"as_of": AS_OF}}
    columns = rows(600, end=AS_OF + 10 * DAYS)
    told = notes(tmp_path, columns, None, **MONTH, **keys)
    assert told == (
        (
            "as_of = 2013-05-01 is written in thresholds.toml and 200 rows are newer, the newest "
            "of 2013-05-10 23:24 UTC: they are not judged until as_of is changed"
        ),
    )
    assert notes(tmp_path, rows(600), None, **MONTH, **keys) == ()


def test_a_moment_that_is_given_is_told_shortly(tmp_path: Path) -> None:
    columns = rows(600, end=AS_OF + 10 * DAYS)
    for keys in ({}, {"as_of": AS_OF - DAYS}):
        told = notes(tmp_path, columns, **MONTH, **keys)
        assert told == ("200 rows at or after 2013-05-01 UTC, the moment given, are not judged",)


def test_a_log_that_is_all_of_the_future_says_why_no_row_is_judged(tmp_path: Path) -> None:
    told = notes(tmp_path, rows(50, end=NOW + 3 * DAYS, days=2), None, **MONTH)
    assert [note.split(" of the future")[0] for note in told] == ["50 rows are"]


# Rows that are there several times


def twice(columns: Mapping[str, Any], times: int = 2) -> dict[str, Any]:
    return {name: list(values) * times for name, values in columns.items()}


def test_a_file_that_lies_twice_below_the_glob_is_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_data(tmp_path / f"{name}.parquet", rows(500))
    told = notes(tmp_path, data="*.parquet", **SCORED)
    assert told == (
        (
            "each of 100 rows looked at is there twice, of 1,000 labelled rows: does a file lie "
            "twice below the glob, or does a join repeat rows? Intervals are then too narrow"
        ),
    )


@pytest.mark.parametrize("times", [2, 3, 10])
def test_a_join_that_repeats_every_row_is_told(tmp_path: Path, times: int) -> None:
    columns = {name: list(np.repeat(values, times)) for name, values in rows(2000).items()}
    [note] = notes(tmp_path, columns, **MONTH)
    assert f" is there {'twice' if times == 2 else f'{times} times'}, of " in note


def test_rows_that_differ_in_a_segment_alone_are_the_same(tmp_path: Path) -> None:
    columns = {**twice(rows(500)), "g": ["a"] * 500 + ["b"] * 500}
    segments = [{"by": "g", "thresholds": {"accuracy": 0.5}}]
    assert len(notes(tmp_path, columns, **SCORED, segments=segments)) == 1


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("first", [True, False])
def test_a_part_that_is_there_twice_is_not_taken_for_all(
    tmp_path: Path,
    part: float,
    first: bool,
) -> None:
    columns, n = rows(4000), int(4000 * part)
    repeated = {
        name: [*values, *(values[:n] if first else values[-n:])] for name, values in columns.items()
    }
    assert notes(tmp_path, repeated, **MONTH) == ()


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_every_task_is_looked_at(tmp_path: Path, task: str) -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=400)
    columns: dict[str, Any] = {"y": truth, "p": truth + rng.normal(size=400)}
    keys: dict[str, Any] = {"task": task}
    if task == "multiclass":
        scores = rng.random((400, 3))
        columns = {f"s{k}": scores[:, k] for k in range(3)}
        columns["y"] = [f"{k}" for k in rng.integers(0, 3, 400)]
        keys["score"] = {f"{k}": f"s{k}" for k in range(3)}
    assert notes(tmp_path, columns, **keys) == ()
    assert len(notes(tmp_path, twice(columns), **keys)) == 1


FEATURES: dict[str, Any] = {
    "x": [None if k % 3 else k / 7 for k in range(300)],
    "city": [None if k % 2 else f"c{k}" for k in range(300)],
    "flag": [[True, False, None][k % 3] for k in range(300)],
    "day": [None if k % 5 else date(2013, 4, 1 + k % 30) for k in range(300)],
    "tags": [[k] for k in range(300)],
    "k": list(range(300)),
}


@pytest.mark.parametrize("times", [1, 2])
def test_rows_of_a_model_that_is_called_are_the_same_by_their_features(
    tmp_path: Path, times: int
) -> None:
    model = python_model(tmp_path, "frame.k % 2", feature_names_in_=list(FEATURES))
    columns = twice({**FEATURES, "y": [k % 7 % 2 for k in range(300)]}, times)
    assert len(notes(tmp_path, columns, model=model)) == times - 1


def test_rows_in_a_database_are_looked_at_there(tmp_path: Path, database: Somewhere) -> None:
    features = {name: values for name, values in FEATURES.items() if name != "tags"}
    model = python_model(tmp_path, "frame.k % 2", feature_names_in_=list(features))
    data = {"url_env": VARIABLE, "table": "predictions"}
    called = {**features, "y": [k % 7 % 2 for k in range(300)]}
    logged = without_labels(rows(300), AS_OF - 10 * DAYS)
    for times in (1, 2):
        database.write("predictions", twice(called, times))
        assert len(notes(tmp_path, data=data, model=model)) == times - 1
        database.write("predictions", twice(logged, times))
        told = notes(tmp_path, data=data, **MONTH)
        assert [note.split(":")[0][:16] for note in told][:1] == ["the newest label"]
        assert len(told) == times


@pytest.mark.slow
def test_rows_in_spark_are_looked_at_there(tmp_path: Path, spark: Place) -> None:
    features = {name: values for name, values in FEATURES.items() if name != "tags"}
    model = python_model(tmp_path, "frame.k % 2", feature_names_in_=list(features))
    called = {**features, "y": [k % 7 % 2 for k in range(300)]}
    logged = without_labels(rows(300), AS_OF - 10 * DAYS)
    for times in (1, 2):
        spark.write("predictions", twice(called, times))
        assert len(notes(tmp_path, data=spark.data(), model=model)) == times - 1
        spark.write("predictions", twice(logged, times))
        found = facts(tmp_path, data=spark.data(), **MONTH)
        assert found.newest_row == datetime(2013, 4, 30, 22, 48, tzinfo=UTC)
        assert len(found.notes) == times


# Answers that are all alike


def test_one_predicted_label_is_told(tmp_path: Path) -> None:
    assert notes(tmp_path, {"y": [0, 0, 1] * 20, "p": [0] * 60}) == (
        (
            "all 60 labelled rows have the prediction '0': does the model still answer, or is a "
            "default logged?"
        ),
    )


def test_one_predicted_label_that_came_true_every_time_is_told(tmp_path: Path) -> None:
    [note] = notes(tmp_path, {"y": [1] * 60, "p": [1] * 60})
    assert "have the prediction '1', which is all that came true: " in note


def test_one_score_is_told(tmp_path: Path) -> None:
    columns = {"y": [0, 0, 1] * 20, "s": [0.25] * 60}
    [note] = notes(tmp_path, columns, score="s", thresholds={"roc_auc": 0.3})
    assert note.startswith("all 60 labelled rows have the score 0.25: ")
    [note] = notes(tmp_path, columns, score="s", thresholds={"accuracy": 0.3})
    assert note.startswith("all 60 labelled rows have the prediction '0' and the score 0.25: ")


def test_one_number_is_told(tmp_path: Path) -> None:
    columns = {"y": np.arange(60.0), "p": [12.5] * 60}
    [note] = notes(tmp_path, columns, task="regression", thresholds={"mae": 50})
    assert note.startswith("all 60 labelled rows have the prediction 12.5: ")


def test_one_set_of_labels_is_told(tmp_path: Path) -> None:
    true = np.random.default_rng(1).integers(0, 2, (60, 3))
    columns = {f"y{k}": true[:, k] for k in range(3)} | {f"p{k}": [k % 2] * 60 for k in range(3)}
    [note] = notes(tmp_path, columns, **label_keys(columns))
    assert note.startswith("all 60 labelled rows have the prediction of the same labels: ")


@pytest.mark.parametrize(("answer", "told"), [("frame.x * 0", 1), ("frame.x", 0)])
def test_a_model_that_answers_alike_is_told(tmp_path: Path, answer: str, told: int) -> None:
    model = python_model(tmp_path, answer)
    columns = {"y": [0, 0, 1, 1] * 20, "x": [0, 1] * 40}
    assert len(notes(tmp_path, columns, model=model)) == told


# A perfect score


def copied(task: str, n: int = 200) -> tuple[dict[str, Any], dict[str, Any]]:
    """A log in which every answer is what came true."""
    columns: dict[str, Any]
    rng = np.random.default_rng(5)
    if task == "regression":
        truth = rng.normal(size=n)
        return {"y": truth, "p": truth}, {"task": task}
    if task == "multilabel":
        true = rng.integers(0, 2, (n, 3))
        columns = {f"{letter}{k}": true[:, k] for letter in "yp" for k in range(3)}
        return columns, label_keys(columns)
    labels = rng.integers(0, 2 if task == "binary" else 3, n)
    if task == "binary":
        return {"y": labels, "p": labels, "s": labels * 1.0}, SCORED
    words = [f"{k}" for k in labels]
    columns = {"y": words, "p": words}
    columns |= {f"s{k}": (labels == k) * 1.0 for k in range(3)}
    return columns, {"task": task, "prediction": "p", "score": {f"{k}": f"s{k}" for k in range(3)}}


TASKS = ["binary", "multiclass", "multilabel", "regression"]


@pytest.mark.parametrize("task", TASKS)
def test_metrics_that_could_not_be_better_are_told(tmp_path: Path, task: str) -> None:
    columns, keys = copied(task)
    [note] = notes(tmp_path, columns, **keys, thresholds=perfect(metrics_of(task)))
    told, _, rest = note.partition(" could not be better on 200 labelled rows: ")
    assert set(re.findall(r"\w+", told)) - {"and"} == set(metrics_of(task))
    assert rest == "is the target among the features, or the prediction a copy of the target?"


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_each_metric_alone_tells_that_it_could_not_be_better(tmp_path: Path, task: str) -> None:
    columns, keys = copied(task)
    for metric in metrics_of(task):
        [note] = notes(tmp_path, columns, **keys, thresholds=perfect([metric]))
        assert note.startswith(f"{metric} could not be better on 200 labelled rows: ")


def perfect(metrics: Iterable[str]) -> dict[str, Any]:
    """Thresholds; one that no interval could meet is decided by the value."""
    largest = {"max_error": {"max": 0.5, "rule": "estimate"}}
    return {name: largest.get(name, bound) for name, bound in agreed(metrics).items()}


def test_a_copy_is_told_where_segments_alone_are_agreed(tmp_path: Path) -> None:
    columns, keys = copied("binary")
    segments = [{"by": "g", "thresholds": {"recall": 0.5}}]
    columns["g"] = ["a", "b"] * 100
    settings = settings_of(tmp_path, columns, **keys, segments=segments)
    model = settings.models["m"].model_copy(update={"thresholds": {}})
    settings = settings.model_copy(update={"models": {"m": model}})
    told = [note.removeprefix("m: ") for note in judge(settings, as_of=AS_OF).models["m"].notes]
    assert [note.split(":")[0] for note in told] == [
        "every prediction is right on 200 labelled rows"
    ]


def test_few_right_answers_are_no_perfect_score(tmp_path: Path) -> None:
    for n, told in ((29, 0), (30, 1)):
        columns, keys = copied("binary", n)
        assert len(notes(tmp_path, columns, **keys)) == told


def test_a_precision_of_1_is_not_told_of_a_model_that_misses_positives(tmp_path: Path) -> None:
    columns = {"y": [1] * 60 + [0] * 60, "p": [1] * 40 + [0] * 80}
    thresholds = {"precision": 0.9, "specificity": 0.9}
    assert notes(tmp_path, columns, thresholds=thresholds) == ()


def test_few_positives_ranked_first_are_no_perfect_score(tmp_path: Path) -> None:
    columns = {"y": [1] * 5 + [0] * 195, "s": list(np.linspace(1, 0, 200))}
    assert notes(tmp_path, columns, score="s", thresholds={"roc_auc": 0.9}) == ()


# Sound rows, of which nothing is to be said


SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 200))]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_of_a_sound_log(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 3000))
    columns = {**rows(n, seed), "g": [f"g{k}" for k in rng.integers(0, n // 8, n)]}
    gaps = rng.random(n) < rng.choice([0, 0.02, 0.3])
    columns["y"] = [None if gap else y for y, gap in zip(columns["y"], gaps, strict=True)]
    segments = [{"by": "g", "min_rows": 5, "thresholds": {"accuracy": 0.1}}]
    assert notes(tmp_path, columns, **MONTH, segments=segments) == ()


@pytest.mark.parametrize("n", [1, 2, 3, 8, 20, 29])
def test_nothing_is_said_of_a_tiny_log(tmp_path: Path, n: int) -> None:
    columns = rows(n, days=1)
    assert notes(tmp_path, columns, **MONTH) == ()
    assert notes(tmp_path, {"y": [1] * n, "p": [1] * n}) == ()
    assert notes(tmp_path, {"y": [0, 1] * n, "p": [0, 1] * n}) == () or n > 14


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_of_values_that_are_few(tmp_path: Path, seed: int) -> None:
    """Each combination of a few values comes again and again, some as often as others."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([48, 96, 200, 1000]))
    points = rng.integers(0, rng.choice([3, 12, n // 2]), n) / n
    columns = {"y": rng.integers(0, 2, n), "p": rng.integers(0, 2, n), "s": points}
    assert notes(tmp_path, columns, **SCORED) == ()
    counts = {"y": rng.poisson(2, n) * 1.0, "p": rng.poisson(2, n) * 1.0}
    assert notes(tmp_path, counts, task="regression", thresholds={"mae": 5}) == ()


def test_nothing_is_said_of_a_plan_that_has_each_combination_as_often(tmp_path: Path) -> None:
    columns = {"y": [0, 1, 0, 1] * 30, "p": [0, 1, 1, 0] * 30, "s": [0.1, 0.8, 0.7, 0.2] * 30}
    assert notes(tmp_path, columns, **SCORED) == ()


# Where it is told


def test_a_note_is_in_terminal_results_report_mail_and_summary(tmp_path: Path) -> None:
    """With the moment of each model, which are not the same."""
    columns = rows(600, end=AS_OF - 5 * DAYS, days=20)
    names = {"y": "left", "p": "predicted", "s": "p", "t": "t"}
    toml = CHURN.replace("0.7, recall = 0.7", "0.5") + 'time_column = "t"\nwindow = "30d"\n'
    other = toml.replace("models.churn]", "models.older]") + "as_of = 2013-04-24\n"
    project = Project(tmp_path).write("thresholds.toml", f"{toml}as_of = 2013-05-01\n{other}")
    project.log("churn.parquet", {names[name]: values for name, values in columns.items()})
    finished = project.run("--checks-email-dry-run", "--checks-charts=none")
    note = (
        "churn: the newest row is of 2013-04-25 23:36 UTC, 5 days before the moment judged: "
        "do rows still come in?"
    )
    newest = "newest row and label 2013-04-25 23:36"
    page, summary = (
        " ".join(text_in(finished.report(file)).split())
        for file in ("reports/report.html", "reports/summary.html")
    )
    mail = " ".join((finished.report_dir / "email.eml").read_text().replace("=\n", "").split())
    assert finished.exit_code == 0
    assert f"note: {note}" in finished.section
    assert finished.section[0].endswith(f"; {newest}")
    assert finished.results["models"]["churn"]["notes"] == [note]
    assert finished.results["models"]["churn"]["newest_row"] == "2013-04-25T23:36:00Z"
    for text in (page, summary, mail):
        assert note in text
        assert "as of 2013-05-01 UTC; rows from 2013-04-01 to before 2013-05-01 UTC; " in text
        assert f"; 600 rows, 600 labelled; {newest} UTC" in text
        assert "as of 2013-04-24 UTC; rows from 2013-03-25 to before 2013-04-24 UTC; " in text
    for text in (summary, mail):
        assert "Judged as of 2013-04-24 to 2013-05-01 UTC, each model as of its own moment." in text
