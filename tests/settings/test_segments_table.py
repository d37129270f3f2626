"""``[[models.NAME.segments]]``: values that are listed, and what is agreed for them but once."""

import pytest
from support.factories import CHURN, RECALL, settings
from support.settings_files import Mistakes, by

from model_checks.settings import segment_text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("by = 'plan'", "key 'thresholds' is missing, or max_gap"),
        ("thresholds = { recall = 0.5 }", "key 'by' is missing"),
        ("by = 'plan'\nthresholds = {}", "thresholds = {}: must not be empty"),
        ("by = 'plan'\nthresholds = 3", "thresholds = 3: must be a table"),
        *(
            (f"{written}\nthresholds = {{ recall = 0.5 }}", told)
            for written, told in [
                ("by = ''", "by = '': must not be empty"),
                ("by = []", "by = []: must not be empty"),
                ("by = 3", "by = 3: must be a string or a list of strings"),
                ("by = ['a', 'a']", "by = ['a', 'a']: names 'a' more than once"),
                ("by = 'a'\nvalues = []", "values = []: must not be empty"),
                ("by = 'a'\nvalues = 'x'", "values = 'x': must be a list"),
                (
                    "by = 'a'\nvalues = [nan]",
                    "values = [nan]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [2013-05-01]",
                    "values = [2013-05-01]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [{ x = 1 }]",
                    "values = [{...}]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [[['x']]]",
                    "values = [[['x']]]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [['x', 'y']]",
                    (
                        "values = [['x', 'y']]: each value must have one part, one for each column "
                        "of by"
                    ),
                ),
                (
                    "by = ['a', 'b']\nvalues = ['x']",
                    "values = ['x']: each value must have 2 parts, one for each column of by",
                ),
                (
                    "by = 'a'\nvalues = ['x', 'y', 'x']",
                    "values = ['x', 'y', 'x']: lists 'x' more than once",
                ),
                ("by = 'a'\nvalues = [1, 1.0]", "values = [1, 1.0]: lists '1' more than once"),
                (
                    "by = 'a'\nvalues = [true, 'true']",
                    "values = [true, 'true']: lists 'true' more than once",
                ),
                (
                    "by = 'a'\nvalue = ['x']",
                    (
                        "unknown key 'value'; did you mean 'values'? "
                        "known: by, confidence, max_gap, max_segments, min_rows, rule, thresholds, "
                        "values"
                    ),
                ),
                (
                    "by = 'a'\nas_of = 2013-05-01",
                    (
                        "as_of = 2013-05-01: belongs in [defaults] or the model's table: its rows "
                        "are judged as of one time"
                    ),
                ),
            ]
        ),
    ],
)
def test_a_mistake_in_a_segmentation_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    toml = f"{CHURN}\n[[models.churn.segments]]\n{written}\n"
    assert mistakes_in(toml) == [f"[models.churn.segments #1] {told}"]


def test_a_mistake_in_a_segments_threshold_is_told_with_its_place(mistakes_in: Mistakes) -> None:
    toml = f"{CHURN}{RECALL}[[models.churn.segments]]\nby = 'plan'\nthresholds = {{ f1 = 2 }}\n"
    assert mistakes_in(toml) == ["[models.churn.segments #1.thresholds] f1 = 2: f1 is from 0 to 1"]


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (by("'a'", "recall = 0.5"), by("'a'", "recall = 0.6"), "by a"),
        (by("'a'", "recall = 0.5"), by("'a'", "recall = 0.6", "['x']"), "by a"),
        (by("'a'", "recall = 0.5", "['x']"), by("'a'", "recall = 0.6"), "by a"),
        (
            by("'a'", "recall = 0.5", "['x', 1]"),
            by("'a'", "recall = 0.6, f1 = 0.5", "['y', 1.0]"),
            "by a of 1",
        ),
        (
            by("['a', 'b']", "recall = 0.5", "[['x', 'y']]"),
            by("['b', 'a']", "recall = 0.6", "[['y', 'x']]"),
            "by a, b of x+y",
        ),
    ],
)
def test_what_is_agreed_twice_is_a_mistake_before_any_data_is_read(
    mistakes_in: Mistakes, first: str, second: str, told: str
) -> None:
    assert mistakes_in(CHURN + first + second) == [
        f"[models.churn] segments #1 and #2 both agree recall {told}; keep one"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (by("'a'", "recall = 0.5"), by("'a'", "f1 = 0.6")),
        (by("'a'", "recall = 0.5"), by("'b'", "recall = 0.6")),
        (by("'a'", "recall = 0.5"), by("['a', 'b']", "recall = 0.6")),
        (by("'a'", "recall = 0.5", "['x']"), by("'a'", "recall = 0.6", "['y', 'X']")),
        (
            by("['a', 'b']", "recall = 0.5", "[['x', 'y']]"),
            by("['b', 'a']", "recall = 0.6", "[['x', 'y']]"),
        ),
    ],
)
def test_segmentations_that_share_no_check_may_stand_together(first: str, second: str) -> None:
    assert len(settings(CHURN + first + second).models["churn"].segments) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("AA", "AA"),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        ("", ""),
    ],
)
def test_a_listed_value_becomes_the_text_of_the_data(value: object, text: str) -> None:
    assert segment_text(value) == text
