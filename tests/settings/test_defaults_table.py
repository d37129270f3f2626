"""``[defaults]``, and the same keys wherever they may stand again."""

import pytest
from support.factories import CHURN, RECALL
from support.settings_files import MOMENT, Mistakes


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("confidence = 0", "confidence = 0: must be a number of at least 0.01"),
        ("confidence = 1.0", "confidence = 1.0: must be a number of at most 0.999999"),
        ("confidence = 95", "confidence = 95: must be a number of at most 0.999999"),
        ("confidence = nan", "confidence = nan: must be a finite number"),
        ("confidence = true", "confidence = true: must be a number"),
        ('confidence = "0.95"', "confidence = '0.95': must be a number"),
        ("min_rows = 0", "min_rows = 0: must be a number of at least 1"),
        ("min_rows = -5", "min_rows = -5: must be a number of at least 1"),
        ("min_rows = 30.0", "min_rows = 30.0: must be a whole number"),
        ("min_rows = inf", "min_rows = inf: must be a whole number"),
        ("min_rows = true", "min_rows = true: must be a whole number"),
        ('rule = "estimat"', "rule = 'estimat': did you mean 'estimate'? known: {rules}"),
        ('rule = "ESTIMATE"', "rule = 'ESTIMATE': did you mean 'estimate'? known: {rules}"),
        ("rule = 3", "rule = 3: known: {rules}"),
        ("rule = true", "rule = true: known: {rules}"),
    ],
)
@pytest.mark.parametrize("level", ["defaults", "model", "segment", "threshold"])
def test_how_a_bound_is_held_is_checked_on_every_level(
    mistakes_in: Mistakes, level: str, written: str, told: str
) -> None:
    toml, place = {
        "defaults": (f"[defaults]\n{written}\n{CHURN}{RECALL}", "[defaults]"),
        "model": (f"{CHURN}{written}\n{RECALL}", "[models.churn]"),
        "segment": (
            (
                f'{CHURN}[[models.churn.segments]]\nby = "plan"\n{written}\n'
                "thresholds = { recall = 0.5 }\n"
            ),
            "[models.churn.segments #1]",
        ),
        "threshold": (
            f"{CHURN}thresholds = {{ recall = {{ min = 0.5, {written} }} }}\n",
            "[models.churn.thresholds.recall]",
        ),
    }[level]
    assert mistakes_in(toml) == [f"{place} {told.format(rules='confident, estimate, tolerant')}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("as_of = 'soon'", f"as_of = 'soon': {MOMENT}"),
        ("as_of = 06:00:00", f"as_of = 06:00:00: {MOMENT}"),
        ("as_of = 20130501", f"as_of = 20130501: {MOMENT}"),
        ("as_of = 9999-12-31T23:59:59-10:00", f"as_of = 9999-12-31T23:59:59-10:00: {MOMENT}"),
        (
            'window = "30d"',
            "unknown key 'window'; known: as_of, confidence, correction, min_rows, rule",
        ),
        (
            "min_row = 3",
            (
                "unknown key 'min_row'; did you mean 'min_rows'? "
                "known: as_of, confidence, correction, min_rows, rule"
            ),
        ),
    ],
)
def test_a_mistake_in_the_defaults_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(f"[defaults]\n{written}\n{CHURN}{RECALL}") == [f"[defaults] {told}"]
