from pathlib import Path
from typing import Any

import pytest
from support.factories import CHURN, settings
from support.project import Project, churn_log, churn_project, two_models
from support.sample_data import AS_OF, settings_of

from model_checks.data.model_rows import ModelRows
from model_checks.measure.planning import plan_of
from model_checks.metrics import METRICS
from model_checks.pipeline import judge
from model_checks.plan.build import plan_checks
from model_checks.plan.checks import Check, Segment
from model_checks.plan.feasibility import doubtful, unprovable_notes

CONFIDENT = "[defaults]\nrule = 'confident'\n"


def planned(thresholds: str, *, task: str = "binary", defaults: str = CONFIDENT) -> list[Check]:
    toml = defaults + CHURN.replace("binary", task)
    return list(plan_checks(settings(f"{toml}thresholds = {{ {thresholds} }}\n"), {}).checks)


def noted(thresholds: str, rows: int, **keys: Any) -> tuple[str, ...]:
    """What is told of checks of the whole, where it has so many labelled rows."""
    return unprovable_notes(planned(thresholds, **keys), {("churn", ()): rows})


# What is told.


def test_a_bound_that_no_result_could_meet_is_told_with_the_rows_that_would_do() -> None:
    assert noted("recall = 0.99", 89) == (
        (
            "churn-recall: 89 labelled rows can't prove 0.990 whatever they show "
            "(a perfect recall would have 0.959 to 1.000); about 381 rows would"
        ),
    )
    assert noted("recall = 0.99", 380)
    assert noted("recall = 0.99", 381) == ()


@pytest.mark.parametrize(
    ("thresholds", "told"),
    [
        ("f1 = 0.99", "(a perfect f1 would have 0.979 to 1.000); about 191 rows would"),
        ("mcc = 0.99", "(a perfect mcc would have 0.917 to 1.000); about 765 rows would"),
        ("roc_auc = 0.99", "(a perfect roc_auc would have 0.95"),
        ("accuracy = 0.9995", "can't prove 0.9995 whatever they show (a perfect accuracy would "),
        ("accuracy = 1", "would have 0.959 to 1.000); no number of rows would"),
    ],
)
def test_each_metric_has_its_own_best(thresholds: str, told: str) -> None:
    [note] = noted(thresholds, 89)
    assert told in note


@pytest.mark.parametrize("rows", [30, 89, 1000])
def test_the_rows_that_would_do_are_the_fewest(rows: int) -> None:
    [note] = noted("roc_auc = 0.9999", rows)
    enough = int(note.split("about ")[1].split(" rows")[0].replace(",", ""))
    for n, proven in ((enough - 1, False), (enough, True)):
        best = METRICS["roc_auc"].best_interval("binary", "binary", n, 0.95)
        assert best
        assert (best.low >= 0.9999) is proven


def test_one_row_is_told_in_the_singular() -> None:
    [note] = noted("recall = { min = 0.9, min_rows = 1 }", 1)
    assert note.startswith("churn-recall: 1 labelled row can't prove 0.900 ")


def test_a_confidence_of_its_own_is_held_to() -> None:
    assert noted("recall = { min = 0.97, confidence = 0.8 }", 89) == ()
    assert noted("recall = 0.97", 89)


@pytest.mark.parametrize(
    ("thresholds", "task"),
    [
        ("recall = { min = 0.99, rule = 'tolerant' }", "binary"),
        ("recall = { min = 0.99, rule = 'estimate' }", "binary"),
        ("recall = { min = 0.99, min_rows = 200 }", "binary"),
        ("recall = { max_degradation = 0.0001 }", "binary"),
        ("fbeta = { min = 0.99, beta = 2 }", "binary"),
        ("log_loss = 0.0001", "binary"),
        ("r2 = 0.9999", "regression"),
        ("mae = 0.0001", "regression"),
        ("profit = { metric = 'a:b', min = 7 }", "binary"),
    ],
)
def test_what_may_yet_be_met_is_not_told(thresholds: str, task: str) -> None:
    assert noted(thresholds, 89, task=task) == ()


def test_rows_that_could_not_be_counted_are_not_told_of() -> None:
    assert unprovable_notes(planned("recall = 0.99"), {}) == ()


def test_a_largest_error_is_never_proven() -> None:
    assert noted("max_error = 60", 10**6, task="regression") == (
        (
            "churn-max_error: no rows can prove it, since no sample says how large an error may "
            'get; give it a rule of its own, such as "estimate"'
        ),
    )
    compared = "max_error = { max_degradation = 5 } }\nbaseline = { model = 'champion.skops'"
    [degradation] = noted(compared, 10**6, task="regression")
    assert degradation.startswith("churn-max_error-degradation: no rows can prove it")


def test_many_of_one_segmentation_are_summed_up() -> None:
    by_plan = '[[models.churn.segments]]\nby = "plan"\nthresholds = { recall = 0.99, f1 = 0.1 }\n'
    found: dict[Segment, int] = {(("plan", f"p{k:02}"),): 40 + k for k in range(39)}
    toml = f"{CONFIDENT}{CHURN}thresholds = {{ recall = 0.99 }}\n{by_plan}"
    checks = plan_checks(settings(toml), {("churn", ("plan",)): found}).checks
    rows = {("churn", segment): n for segment, n in [((), 4000), *found.items()]}
    [note] = unprovable_notes(checks, rows)
    assert note.startswith("churn-recall-plan=p00: 40 labelled rows can't prove 0.990 ")
    assert note.endswith("; about 381 rows would; so it is with 38 more")


def test_what_the_fewest_rows_could_prove_is_not_in_doubt() -> None:
    agreed = planned("accuracy = 0.88, balanced_accuracy = 0.95")
    assert [check.id for check in doubtful(agreed)] == ["churn-balanced_accuracy"]


# What is counted for it.


def counted(folder: Path, monkeypatch: pytest.MonkeyPatch, **keys: Any) -> list[set[Segment]]:
    """The segments whose rows were counted for the notes, by one query each time."""
    asked: list[set[Segment]] = []
    count = ModelRows.count

    def noted(rows: ModelRows, segments: Any, **keys: Any) -> Any:
        asked.append(set(segments))
        return count(rows, segments, **keys)

    monkeypatch.setattr(ModelRows, "count", noted)
    columns = {"y": [0, 1] * 50, "p": [0, 1] * 50, "g": ["a", "b", "b", "b"] * 25}
    plan_of(settings_of(folder, columns, **keys), {"m": AS_OF}, gate=False)
    return asked


WHOLE: Segment = ()


def test_rows_are_counted_where_a_check_is_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"thresholds": {"recall": 0.99}, "rule": "confident"}
    assert counted(tmp_path, monkeypatch, **keys) == [{WHOLE}]


@pytest.mark.parametrize(
    "keys",
    [
        {"thresholds": {"recall": 0.99}},
        {"thresholds": {"accuracy": 0.5}, "rule": "confident", "min_rows": 30},
        {
            "thresholds": {"recall": 0.99},
            "rule": "confident",
            "segments": [{"by": "g", "thresholds": {"recall": 0.99}}],
        },
    ],
    ids=["no proof is asked for", "any rows could prove it", "segments were counted already"],
)
def test_no_rows_are_counted_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, Any]
) -> None:
    assert counted(tmp_path, monkeypatch, **keys) == []


def test_rows_of_listed_values_are_counted_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segments = [{"by": "g", "values": ["a", "gone"], "thresholds": {"accuracy": 0.99}}]
    keys: dict[str, Any] = {"rule": "confident", "segments": segments}
    assert counted(tmp_path, monkeypatch, **keys) == [{WHOLE, (("g", "a"),), (("g", "gone"),)}]
    settings = settings_of(tmp_path, **keys)
    [note] = plan_of(settings, {"m": AS_OF}, gate=False).notes
    assert note.startswith("m-accuracy-g=a: 25 labelled rows can't prove 0.990 ")


def test_rows_of_listed_pairs_are_counted(tmp_path: Path) -> None:
    columns = {
        "y": [0, 1] * 50,
        "p": [0, 1] * 50,
        "g": ["a", "it's", "b", "b"] * 25,
        "h": [1.0, 2.0, 3.5, 3.5] * 25,
    }
    values = [["a", 1], ["it's", 2], ["b", 3.5], ["a", 2]]
    segments = [{"by": ["g", "h"], "values": values, "thresholds": {"accuracy": 0.99}}]
    settings = settings_of(tmp_path, columns, segments=segments, rule="confident")
    [note] = plan_of(settings, {"m": AS_OF}, gate=False).notes
    assert note.startswith("m-accuracy-g=a,h=1: 25 labelled rows can't")
    assert note.endswith("; so it is with 2 more")


POSITIVES = {
    "y": [True, False, None] * 40,
    "p": [True, False, True] * 40,
    "s": [0.9, 0.1, 0.5] * 40,
    "g": ["a"] * 60 + ["b"] * 30 + ["it's"] * 30,
}


@pytest.mark.parametrize(
    ("agreed", "told"),
    [
        ({"recall": 0.92}, "m-recall: 40 positives can't prove 0.920 whatever they show"),
        ({"precision": 0.92}, "about 45 positives would"),
        ({"average_precision": 0.92}, "40 positives can't"),
        ({"specificity": 0.92}, "40 negatives can't"),
        ({"npv": 0.92}, "about 45 negatives would"),
    ],
)
def test_what_rests_on_a_class_is_held_to_its_rows(
    tmp_path: Path, agreed: dict[str, float], told: str
) -> None:
    keys: dict[str, Any] = {
        "positive_label": True,
        "score": "s",
        "prediction": "p",
        "rule": "confident",
    }
    settings = settings_of(tmp_path, POSITIVES, thresholds=agreed, **keys)
    [note] = plan_of(settings, {"m": AS_OF}, gate=False).notes
    assert told in note


@pytest.mark.parametrize("values", [None, ["a", "b", "it's"]])
def test_so_it_is_in_segments(tmp_path: Path, values: list[str] | None) -> None:
    listed = {"values": values} if values else {}
    segments = [{"by": "g", "thresholds": {"recall": 0.75}, **listed}]
    settings = settings_of(
        tmp_path, POSITIVES, segments=segments, rule="confident", positive_label=True
    )
    [note] = plan_of(settings, {"m": AS_OF}, gate=False).notes
    assert note.startswith("m-recall-g=b: 10 positives can't prove 0.750 ")
    assert note.endswith("about 12 positives would; so it is with 1 more")


def test_data_that_can_not_be_read_is_left_to_the_measuring(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, thresholds={"recall": 0.99}, rule="confident")
    assert plan_of(settings, {"m": AS_OF}, gate=False).notes == ()
    assert judge(settings, as_of=AS_OF).notes == ()


# Where it is told.

CHURN_LOG = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
thresholds = { accuracy = 0.99, recall = 0.7 }
"""
NOTE = (
    "note: churn-accuracy: 200 labelled rows can't prove 0.990 whatever they show "
    "(a perfect accuracy would have 0.981 to 1.000); about 381 rows would"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return churn_project(tmp_path, CHURN_LOG)


def test_it_is_told_when_collected_and_at_the_end(project: Project) -> None:
    finished = project.run("--checks-gate")
    assert finished.lines.count(NOTE) == 2
    assert NOTE in finished.section
    assert finished.results["run"]["notes"] == [NOTE.removeprefix("note: ")]
    assert NOTE.removeprefix("note: ").replace("'", "&#x27;") in finished.report()


def test_it_is_told_once_each_by_two_workers(project: Project) -> None:
    finished = project.run("--checks-gate", "-n2")
    assert finished.lines.count(NOTE) == 2
    assert finished.results["run"]["notes"] == [NOTE.removeprefix("note: ")]


def test_it_is_told_where_checks_are_only_collected(project: Project) -> None:
    assert NOTE in project.run("--checks-gate", "--collect-only").lines


def test_a_quiet_collection_lists_ids_alone(project: Project) -> None:
    finished = project.run("--checks-gate", "--collect-only", "-q")
    assert "note:" not in finished.text
    assert project.run("--checks-gate", "-q").lines.count(NOTE) == 1


def test_without_a_rule_that_asks_for_proof_nothing_is_told(project: Project) -> None:
    assert "note:" not in project.run().text


def test_a_log_that_grows_is_told_of_no_more(tmp_path: Path) -> None:
    project = two_models(tmp_path, CHURN_LOG).log("churn.parquet", churn_log(400))
    assert "note:" not in project.run("--checks-gate").text
