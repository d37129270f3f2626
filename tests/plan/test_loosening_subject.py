"""Bounds that are of other rows, labels or predictions than in force: told, whatever they are."""

from support.factories import settings
from support.file_in_force import AGREED

from model_checks.plan.loosening import loosened_bounds


def test_a_baseline_that_is_new_is_one_more_thing_to_be_held_against() -> None:
    start, end = AGREED.index("[models.churn.baseline]"), AGREED.index("[models.prices]")
    alone = settings(AGREED[:start] + AGREED[end:])
    assert loosened_bounds(alone, settings(AGREED)) == ()
    [told] = loosened_bounds(settings(AGREED), alone)
    assert told.startswith("churn: baseline is none, in force 'old.parquet', 90d, 2012-06-01: ")


def test_a_task_is_told_with_all_that_goes_with_it() -> None:
    other = AGREED.replace('"multiclass"', '"binary"').replace('{ cat = "p", dog = "q" }', '"p"')
    told = loosened_bounds(settings(AGREED), settings(other))
    assert told[0] == (
        "pets: task is 'binary', in force 'multiclass': the bounds are of another task"
    )
    assert "pets: f1: average is 'binary', in force 'macro' (another metric)" in told


def test_logged_predictions_in_place_of_a_model_are_others() -> None:
    other = AGREED.replace('model = "churn.skops"', 'score = "p"').replace(
        'features = ["calls"]', ""
    )
    assert loosened_bounds(settings(AGREED), settings(other)) == (
        "churn: score is 'p', in force none: the bounds are of other predictions",
    )


def test_scores_without_a_threshold_are_cut_at_a_half() -> None:
    logged = AGREED.replace('model = "churn.skops"', 'score = "p"').replace(
        'features = ["calls"]', ""
    )
    without = logged.replace("decision_threshold = 0.5", "")
    assert loosened_bounds(settings(logged), settings(without)) == ()
    [told] = loosened_bounds(
        settings(AGREED), settings(AGREED.replace("decision_threshold = 0.5", ""))
    )
    assert "decision_threshold is none, in force 0.5" in told


def test_a_moment_without_a_column_of_times_is_of_no_rows() -> None:
    prices = AGREED[AGREED.index("[models.prices]") : AGREED.index("[models.pets]")]
    dated = "[defaults]\nas_of = 2013-05-01\n"
    assert loosened_bounds(settings(prices), settings(dated + prices)) == ()


def test_of_an_address_nothing_is_told_that_may_be_secret() -> None:
    agreed = AGREED.replace('"pets.csv"', '"https://me:word@example.com/pets.csv?key=abc"')
    told = loosened_bounds(settings(agreed), settings(agreed.replace("abc", "xyz")))
    assert told == (
        (
            "pets: data is another than in force ('https://example.com/pets.csv?...'): "
            "the bounds are of other rows"
        ),
    )
