"""Two files, the one in force and the one proposed: what is told of the second, and what is not."""

from dataclasses import dataclass

import pytest
from support.factories import FLIGHTS, settings
from support.file_in_force import AGREED

from model_checks.plan.loosening import loosened_bounds
from model_checks.settings import Defaults, Deployed, Gap, Model, Segmentation, Settings, Threshold
from model_checks.settings.field_types import Table


@dataclass(frozen=True)
class Change:
    """A change of the file, what is told of it, and what is told of the change back.

    Attributes
    ----------
    key
        That it changes, on whatever level.
    """

    key: str
    agreed: str
    proposed: str
    told: tuple[str, ...] = ()
    back: tuple[str, ...] = ()


def of_others(key: str, agreed: str, proposed: str, *texts: str, model: str = "churn") -> Change:
    """A change of what is judged, told there and back alike: the value, the other one, of what."""
    one, other, others = texts
    there, back = (
        (f"{model}: {key} is {new}, in force {old}: the bounds are of {others}",)
        for old, new in ((one, other), (other, one))
    )
    return Change(key, agreed, proposed, there, back)


LISTED = "churn: recall by town, age of 'Oslo, 1', 'Bergen, 2', 'Oslo, 2': "
CHANGES = [
    # The bounds.
    Change(
        "min",
        "accuracy = 0.8",
        "accuracy = 0.01",
        ("churn: accuracy: min is 0.01, in force 0.8",),
    ),
    Change("max", "mae = 2", "mae = 2.5", ("prices: mae: max is 2.5, in force 2",)),
    Change(
        "max",
        "mean_error = 3",
        "mean_error = 4",
        ("prices: mean_error: min is -4, in force -3; max is 4, in force 3",),
    ),
    Change(
        "max",
        "mean_error = 3",
        "mean_error = { max = 3 }",
        ("prices: mean_error: min is none, in force -3",),
    ),
    Change(
        "min",
        "min = 3, max = 9",
        "min = 3",
        ("churn: profit: max is none, in force 9",),
    ),
    Change(
        "max_degradation",
        "max_degradation = 0.02",
        "max_degradation = 0.03",
        ("churn: recall-degradation: max_degradation is 0.03, in force 0.02",),
    ),
    Change(
        "max_degradation",
        ', max_degradation = "5%"',
        "",
        ("churn: precision-degradation: max_degradation is none, in force 5 %",),
    ),
    Change(
        "max_degradation",
        '"5%"',
        '"7.5 %"',
        ("churn: precision-degradation: max_degradation is 7.5 %, in force 5 %",),
    ),
    Change(
        "max_degradation",
        "0.02",
        '"1%"',
        ("churn: recall-degradation: max_degradation is 1 %, in force 0.02",),
        ("churn: recall-degradation: max_degradation is 0.02, in force 1 %",),
    ),
    Change(
        "max",
        "max = 0.1",
        "max = 0.11",
        ("churn: recall-gap by plan: max_gap is 0.11, in force 0.1",),
    ),
    Change(
        "max_gap",
        'max_gap = { recall = { max = 0.1, rule = "estimate" } }\n',
        "",
        ("churn: recall-gap by plan: max_gap is none, in force 0.1",),
    ),
    Change(
        "thresholds",
        "accuracy = 0.8\n",
        "",
        ("churn: accuracy: min is none, in force 0.8",),
    ),
    Change(
        "thresholds",
        "f1 = 0.3",
        "precision = 0.3",
        ("churn: f1 by plan: min is none, in force 0.3",),
        ("churn: precision by plan: min is none, in force 0.3",),
    ),
    Change("warn", ", warn = 0.7", ""),
    # How they are held.
    Change(
        "rule",
        'min = 0.6, warn = 0.7, max_degradation = 0.02, rule = "tolerant"',
        'min = 0.6, max_degradation = 0.02, rule = "estimate"',
        (),
        (
            "churn: recall: rule is 'tolerant', in force 'estimate'",
            "churn: recall-degradation: rule is 'tolerant', in force 'estimate'",
        ),
    ),
    Change(
        "rule",
        'max = 0.2, rule = "confident"',
        'max = 0.2, rule = "tolerant"',
        ("churn: recall-gap by town, age: rule is 'tolerant', in force 'confident'",),
    ),
    Change(
        "rule",
        'rule = "estimate"\nthresholds',
        'rule = "tolerant"\nthresholds',
        (f"{LISTED}rule is 'tolerant', in force 'estimate'",),
    ),
    Change(
        "rule",
        "accuracy = 0.8",
        'accuracy = { min = 0.8, rule = "estimate" }',
        ("churn: accuracy: under --checks-gate rule is 'estimate', in force 'confident'",),
    ),
    Change(
        "rule",
        "[defaults]\n",
        '[defaults]\nrule = "tolerant"\n',
        (
            "churn: accuracy: rule is 'tolerant', in force 'estimate'",
            "churn: profit: rule is 'tolerant', in force 'estimate'",
            "churn: f1 by plan: rule is 'tolerant', in force 'estimate'",
            "prices: mae: rule is 'tolerant', in force 'estimate'",
            "prices: mean_error: rule is 'tolerant', in force 'estimate'",
        ),
    ),
    Change(
        "rule",
        '\ntarget = "paid"',
        '\ntarget = "paid"\nrule = "confident"',
        (),
        (
            "prices: mae: rule is 'estimate', in force 'confident'",
            "prices: mean_error: rule is 'estimate', in force 'confident'",
        ),
    ),
    Change(
        "confidence",
        'max_degradation = "5%"',
        'max_degradation = "5%", confidence = 0.8',
        (
            "churn: precision: confidence is 0.8, in force 0.9",
            "churn: precision-degradation: confidence is 0.8, in force 0.9",
        ),
    ),
    Change(
        "confidence",
        "max_degradation = 0.02",
        "max_degradation = 0.02, confidence = 0.95",
        (
            "churn: recall: confidence is 0.95, in force 0.9",
            "churn: recall-degradation: confidence is 0.95, in force 0.9",
        ),
    ),
    Change("confidence", "beta = 2", "beta = 2, confidence = 0.5"),
    Change(
        "rule",
        '0.02, rule = "tolerant"',
        '0.02, rule = "confident", confidence = 0.99',
        (),
        (
            "churn: recall: rule is 'tolerant', in force 'confident'",
            "churn: recall-degradation: rule is 'tolerant', in force 'confident'",
        ),
    ),
    Change("confidence", "max = 0.1", "max = 0.1, confidence = 0.5"),
    Change(
        "confidence",
        "max = 0.2",
        "max = 0.2, confidence = 0.5",
        ("churn: recall-gap by town, age: confidence is 0.5, in force 0.9",),
    ),
    Change(
        "confidence",
        "confidence = 0.95",
        "confidence = 0.99",
        ("pets: f1 by home: confidence is 0.99, in force 0.95",),
        ("pets: recall by home: confidence is 0.95, in force 0.99",),
    ),
    Change(
        "confidence",
        '\ntarget = "paid"',
        '\ntarget = "paid"\nconfidence = 0.89',
        (
            "prices: mae: under --checks-gate confidence is 0.89, in force 0.9",
            "prices: mean_error: under --checks-gate confidence is 0.89, in force 0.9",
        ),
    ),
    Change(
        "confidence",
        '"binary"\n',
        '"binary"\nconfidence = 0.9\n',
    ),
    Change(
        "correction",
        '"benjamini-hochberg"',
        '"holm"',
        ("pets: f1 by home: correction is 'holm', in force 'benjamini-hochberg'",),
        ("pets: recall by home: correction is 'benjamini-hochberg', in force 'holm'",),
    ),
    Change(
        "correction",
        "[defaults]",
        '[defaults]\ncorrection = "none"',
        (
            ("churn: f1 by plan: under --checks-gate correction is 'none', in force 'holm'"),
            f"{LISTED}under --checks-gate correction is 'none', in force 'holm'",
        ),
        ("churn: recall by plan: correction is 'holm', in force 'none'",),
    ),
    Change(
        "min_rows",
        "beta = 2",
        "beta = 2, min_rows = 49",
        ("churn: fbeta: min_rows is 49, in force 50",),
    ),
    Change(
        "min_rows",
        'by = "plan"',
        'by = "plan"\nmin_rows = 51',
        (
            "churn: recall by plan: min_rows is 51, in force 50",
            "churn: f1 by plan: min_rows is 51, in force 50",
            "churn: recall-gap by plan: min_rows is 51, in force 50",
        ),
    ),
    Change(
        "min_rows",
        "min_rows = 60",
        "min_rows = 59",
        ("churn: recall-gap by town, age: min_rows is 59, in force 60",),
    ),
    Change(
        "min_rows",
        '\ntarget = "paid"',
        '\ntarget = "paid"\nmin_rows = 1',
        (
            "prices: mae: min_rows is 1, in force 50",
            "prices: mean_error: min_rows is 1, in force 50",
        ),
    ),
    Change("min_rows", '"multiclass"\n', '"multiclass"\nmin_rows = 50\n'),
    # Which metric.
    Change(
        "average",
        'f1 = { min = 0.5, rule = "estimate"',
        'f1 = { min = 0.5, rule = "estimate", average = "micro"',
        ("pets: f1: average is 'micro', in force 'macro' (another metric)",),
        ("pets: f1: average is 'macro', in force 'micro' (another metric)",),
    ),
    Change(
        "average",
        'f1 = { min = 0.5, rule = "estimate"',
        'f1 = { min = 0.5, rule = "estimate", average = "macro"',
    ),
    Change(
        "beta",
        "beta = 2",
        "beta = 0.5",
        ("churn: fbeta: beta is 0.5, in force 2 (another metric)",),
        ("churn: fbeta: beta is 2, in force 0.5 (another metric)",),
    ),
    Change(
        "function",
        "scoring:profit",
        "scoring:gain",
        ("churn: profit: metric is 'scoring:gain', in force 'scoring:profit' (another metric)",),
        ("churn: profit: metric is 'scoring:profit', in force 'scoring:gain' (another metric)",),
    ),
    Change(
        "seed",
        "seed = 7",
        "seed = 8",
        ("churn: profit: seed is 8, in force 7 (another metric)",),
        ("churn: profit: seed is 7, in force 8 (another metric)",),
    ),
    Change(
        "metric",
        "profit = {",
        "gain = {",
        ("churn: profit: min is none, in force 3; max is none, in force 9",),
        ("churn: gain: min is none, in force 3; max is none, in force 9",),
    ),
    Change("max_rows", "max_rows = 1000", "max_rows = 10"),
    # Which values.
    Change(
        "by",
        'by = "home"',
        'by = "garden"',
        (
            "pets: recall by home: min is none, in force 0.5",
            "pets: f1 by home: min is none, in force 0.5",
        ),
        (
            "pets: recall by garden: min is none, in force 0.5",
            "pets: f1 by garden: min is none, in force 0.5",
        ),
    ),
    Change(
        "values",
        ', ["Oslo", 2]]',
        "]",
        (
            "churn: recall by town, age of 'Oslo, 2': min is none, in force 0.4",
            (
                "churn: recall-gap by town, age: values are 'Oslo, 1', 'Bergen, 2', "
                "in force 'Oslo, 1', 'Bergen, 2', 'Oslo, 2'"
            ),
        ),
    ),
    Change(
        "values",
        'by = "home"',
        'by = "home"\nvalues = ["flat"]',
        (
            "pets: recall by home: values are 'flat', in force all that are found",
            "pets: f1 by home: values are 'flat', in force all that are found",
        ),
        (
            (
                "pets: recall by home of 'flat': values are those that are found, "
                "in force those that are listed"
            ),
            (
                "pets: f1 by home of 'flat': values are those that are found, "
                "in force those that are listed"
            ),
        ),
    ),
    Change("max_segments", "max_segments = 100", "max_segments = 9"),
    # What is judged.
    of_others("data", "churn.parquet", "a.csv", "'churn.parquet'", "'a.csv'", "other rows"),
    of_others("data", '"prices"', '"paid"', "'prices'", "'paid'", "other rows", model="prices"),
    of_others("target", '"left"', '"gone"', "'left'", "'gone'", "other labels"),
    of_others(
        "prediction",
        '"predicted"',
        '"p"',
        "'predicted'",
        "'p'",
        "other predictions",
        model="prices",
    ),
    of_others(
        "score",
        'cat = "p"',
        'cat = "r"',
        "'cat = p', 'dog = q'",
        "'cat = r', 'dog = q'",
        "other predictions",
        model="pets",
    ),
    of_others("positive_label", "_label = 1", "_label = 0", "'1'", "'0'", "another label"),
    of_others("decision_threshold", "ld = 0.5", "ld = 0.4", "0.5", "0.4", "other predictions"),
    of_others("weight", 'weight = "w"\n', "", "'w'", "none", "other weights"),
    of_others("time_column", '"seen"', '"called"', "'seen'", "'called'", "other rows"),
    of_others("window", 'w = "30d"', 'w = "36h"', "30d", "36h", "other rows"),
    of_others(
        "as_of", "[defaults]", "[defaults]\nas_of = 2013-05-01", "none", "2013-05-01", "other rows"
    ),
    of_others(
        "baseline",
        'data = "old.parquet"',
        'data = "older.parquet"',
        "'old.parquet', 90d, 2012-06-01",
        "'older.parquet', 90d, 2012-06-01",
        "another comparison",
    ),
    of_others(
        "baseline",
        'data = "old.parquet"\nwindow = "90d"\nas_of = 2012-06-01',
        'model = "old.skops"',
        "'old.parquet', 90d, 2012-06-01",
        "'old.skops'",
        "another comparison",
    ),
    Change(
        "segments",
        AGREED[AGREED.index("[[models.pets") :],
        "",
        (
            "pets: recall by home: min is none, in force 0.5",
            "pets: f1 by home: min is none, in force 0.5",
        ),
    ),
    Change(
        "models",
        AGREED[AGREED.index("[models.pets]") :],
        "",
        ("pets: the model is not judged, in force it is",),
    ),
    # What may change.
    Change("model", '"churn.skops"', '{ python = "a.b:churn" }'),
    Change("features", '["calls"]', '["calls", "months"]'),
    Change("engine", "[defaults]", "[engine]\nthreads = 2\n[defaults]"),
    # What is only written otherwise.
    Change("min", "accuracy = 0.8", "accuracy = { min = 0.80 }"),
    Change("max", "mean_error = 3", "mean_error = { min = -3, max = 3.0 }"),
    Change("max_degradation", '"5%"', '"5.0 %"'),
    Change("window", '"90d"', '"2160h"'),
    Change("as_of", "2012-06-01", "2012-06-01T02:00:00+02:00"),
    Change("positive_label", "_label = 1", "_label = true"),
    Change(
        "by",
        '["town", "age"]\nvalues = [["Oslo", 1], ["Bergen", 2], ["Oslo", 2]]',
        '["age", "town"]\nvalues = [[2.0, "Oslo"], [1, "Oslo"], [2, "Bergen"]]',
    ),
    Change("score", 'cat = "p", dog = "q"', 'dog = "q", cat = "p"'),
    Change("data", '"pets.csv"', '{ files = "pets.csv" }'),
]
TABLES: tuple[type[Table], ...] = (Settings, Defaults, Model, Segmentation, Threshold, Gap)


def changed(change: Change) -> Settings:
    assert AGREED.count(change.agreed) == 1
    return settings(AGREED.replace(change.agreed, change.proposed))


def name_of(change: Change) -> str:
    return f"{change.key}: {change.agreed} to {change.proposed}".replace("\n", " ")[:60]


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
def test_what_is_looser_is_told_and_nothing_else(change: Change) -> None:
    assert loosened_bounds(settings(AGREED), changed(change)) == change.told


@pytest.mark.parametrize("change", CHANGES, ids=name_of)
def test_of_the_change_back_only_what_is_looser_is_told(change: Change) -> None:
    assert loosened_bounds(changed(change), settings(AGREED)) == change.back


def test_every_key_is_among_the_changes() -> None:
    """A key that is new to the file has to be thought of."""
    internal = {"whole", "metric", "task", "email", "defaults"}
    keys = {key for table in TABLES for key in table.model_fields} - internal
    assert keys <= {change.key for change in CHANGES}


@pytest.mark.parametrize("toml", [AGREED, FLIGHTS], ids=["ours", "flights"])
def test_nothing_is_told_of_a_file_against_itself(toml: str) -> None:
    assert loosened_bounds(settings(toml), settings(toml)) == ()


def test_what_is_added_is_not_told() -> None:
    less = AGREED[: AGREED.index("[models.prices]")].replace("accuracy = 0.8\n", "")
    assert loosened_bounds(settings(less), settings(AGREED)) == ()


def test_candidates_are_no_change_of_the_file() -> None:
    agreed = settings(AGREED)
    candidate = agreed.with_candidates({"churn": Deployed(skops="new.skops")})
    assert candidate.models["churn"].baseline != agreed.models["churn"].baseline
    assert loosened_bounds(agreed, candidate) == ()
    assert loosened_bounds(candidate, agreed) == ()
