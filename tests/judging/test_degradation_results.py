"""Results on degradations: whichever way a metric points, and as they are told."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.factories import bound, check
from support.judged_checks import (
    DEPLOYED,
    OWN,
    costing,
    deviating,
    measured,
    recalled,
    ruled,
    told,
    worse,
)
from support.sample_data import valued

from model_checks.judging.verdict import Verdict
from model_checks.metrics.statistics import JointCounts, Statistics
from model_checks.plan.checks import Bound, Check
from model_checks.settings import Rule

# As they are told.


SAME = f"of {DEPLOYED} on the same 10,000 rows"


@pytest.mark.parametrize(
    ("one", "current", "verdict", "expected"),
    [
        (
            worse(0.01),
            0.412,
            Verdict.INCONCLUSIVE,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: not proven; "
                f"0.412 against 0.418 {SAME}; "
                "about 1,200,000 more labelled rows would decide at this value"
            ),
        ),
        (
            worse(0.05),
            0.412,
            Verdict.PASS,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.050 was agreed: proven; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01),
            0.33,
            Verdict.FAIL,
            (
                "recall is 0.088 worse (95 % interval 0.046 to 0.130, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01),
            0.5,
            Verdict.PASS,
            (
                "recall is 0.082 better (95 % interval of the loss "
                "-0.125 to -0.038, MOVER, paired), "
                "at most 0.010 worse was agreed: proven; "
                f"0.500 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "tolerant"),
            0.412,
            Verdict.INCONCLUSIVE,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: neither proven nor missed, so it is tolerated; "
                f"0.412 against 0.418 {SAME}; "
                "about 1,200,000 more labelled rows would decide at this value"
            ),
        ),
        (
            worse(0.01, "tolerant"),
            0.33,
            Verdict.FAIL,
            (
                "recall is 0.088 worse (95 % interval 0.046 to 0.130, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.398,
            Verdict.FAIL,
            (
                "recall is 0.020 worse (95 % interval -0.023 to 0.063, MOVER, paired), "
                "0.010 was agreed: missed; "
                f"0.398 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.412,
            Verdict.PASS,
            (
                "recall is 0.006 worse (95 % interval -0.037 to 0.049, MOVER, paired), "
                "0.010 was agreed: met; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.01, "estimate"),
            0.45,
            Verdict.PASS,
            (
                "recall is 0.032 better (95 % interval of the loss "
                "-0.075 to 0.011, MOVER, paired), "
                "at most 0.010 worse was agreed: met; "
                f"0.450 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0, "estimate"),
            0.418,
            Verdict.PASS,
            (
                "recall is not worse (95 % interval -0.043 to 0.043, MOVER, paired), "
                "0.000 was agreed: met; "
                f"0.418 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.05, relative=True),
            0.33,
            Verdict.FAIL,
            (
                "recall is 21.1 % worse (95 % interval 11.5 % to 29.6 %, MOVER, paired), "
                "5 % was agreed: missed; "
                f"0.330 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.05, relative=True),
            0.45,
            Verdict.PASS,
            (
                "recall is 7.7 % better (95 % interval of the loss "
                "-19.0 % to 2.6 %, MOVER, paired), "
                "at most 5 % worse was agreed: proven; "
                f"0.450 against 0.418 {SAME}"
            ),
        ),
        (
            worse(0.075, "estimate", relative=True),
            0.412,
            Verdict.PASS,
            (
                "recall is 1.4 % worse (95 % interval -9.4 % to 11.2 %, MOVER, paired), "
                "7.5 % was agreed: met; "
                f"0.412 against 0.418 {SAME}"
            ),
        ),
    ],
)
def test_a_degradation_is_told_in_plain_words(
    one: Check, current: float, verdict: Verdict, expected: str
) -> None:
    measurement = measured(recalled(current), recalled(0.418))
    assert told(one, measurement) == expected
    assert ruled(one, measurement).verdict is verdict


def test_a_pair_that_agrees_on_most_rows_proves_what_unrelated_models_would_not() -> None:
    both, own, other, neither = 380, 20, 30, 570  # positives that each found of a thousand
    true = np.array([0, 1, 1, 1, 1])
    first, second = np.array([0, 1, 1, 0, 0]), np.array([0, 1, 0, 1, 0])
    rows = np.array([9000.0, both, own, other, neither])
    pair = Statistics.holding(10_000, JointCounts(2, true, first, second, rows, rows))
    current, baseline = recalled((both + own) / 1000), recalled((both + other) / 1000)
    apart = measured(current, baseline)
    assert apart.baseline is not None
    paired = replace(apart, baseline=replace(apart.baseline, pairs={(): pair}))
    one = worse(0.03)
    assert ruled(one, apart).verdict is Verdict.INCONCLUSIVE
    assert ruled(one, paired).verdict is Verdict.PASS


def test_other_rows_are_told_with_their_number() -> None:
    measurement = measured(
        recalled(0.41), recalled(0.4, 4000, 15000), source="holdout.parquet", paired=False
    )
    assert told(worse(0.05), measurement) == (
        "recall is 0.010 better (95 % interval of the loss -0.044 to 0.024, MOVER), "
        "at most 0.050 worse was agreed: proven; "
        "0.410 on 10,000 rows against 0.400 on 19,000 rows of holdout.parquet"
    )


def test_the_digits_tell_the_limit_from_what_was_agreed() -> None:
    measurement = measured(recalled(0.5), recalled(0.5))
    found = valued(ruled(worse(0.01), measurement).judged)
    agreed = round(found.high, 4)
    message = told(worse(agreed), measurement)
    [limit] = re.findall(r" to (\S+), MOVER", message)
    assert (float(limit) > agreed) == (found.high > agreed)
    assert f"{agreed}" in message


@pytest.mark.parametrize("rule", ["estimate", "tolerant", "confident"])
def test_of_what_is_not_told_from_0_there_is_no_share(rule: Rule) -> None:
    measurement = measured(deviating(0.0, 9.9), deviating(0.0, 9.95))
    one = worse(0.05, rule, metric="r2", relative=True)
    assert ruled(one, measurement).failed
    assert told(one, measurement) == (
        "the baseline is not told from 0 by its interval, of which a percentage means nothing; "
        "an absolute max_degradation would do"
    )


@pytest.mark.parametrize(
    ("amount", "relative", "current"), [(0.1, False, 0.7), (0.05, True, 0.76), (0.3, False, 0.5)]
)
def test_what_is_worse_by_just_what_was_agreed_is_met(
    amount: float, relative: bool, current: float
) -> None:
    one = worse(amount, "estimate", relative=relative)
    found = ruled(one, measured(recalled(current), recalled(0.8)))
    assert found.verdict is Verdict.PASS
    assert valued(found.judged).value == amount


# Whichever way the metric points.


@pytest.mark.parametrize(
    ("metric", "current", "baseline", "expected"),
    [
        ("mean_error", (-3.0, 1.0), (2.0, 1.0), 1.0),
        ("mean_error", (2.0, 1.0), (-3.0, 1.0), -1.0),
        ("r2", (0.0, 13.0), (0.0, 12.0), (169 - 144) / 100),  # both below zero
        ("r2", (0.0, 12.0), (0.0, 13.0), -(169 - 144) / 100),
    ],
)
@pytest.mark.parametrize("relative", [False, True])
def test_a_degradation_has_the_sign_of_what_became_worse(
    metric: str,
    current: tuple[float, float],
    baseline: tuple[float, float],
    expected: float,
    relative: bool,
) -> None:
    measurement = measured(deviating(*current), deviating(*baseline))
    found = ruled(worse(0.0, "estimate", metric=metric, relative=relative), measurement)
    size = {"mean_error": abs(baseline[0]), "r2": abs(1 - baseline[1] ** 2 / 100)}[metric]
    assert valued(found.judged).value == pytest.approx(expected / (size if relative else 1))
    assert found.failed == (expected > 0)


@pytest.mark.parametrize(
    ("level", "verdict"), [(bound(max=9.0), Verdict.FAIL), (bound(min=1.0), Verdict.PASS)]
)
def test_which_way_a_function_of_ones_own_points_is_told_by_its_bound(
    level: Bound, verdict: Verdict
) -> None:
    own: dict[str, Any] = {"metric": "cost", "function": OWN, "average": None}
    beside = check(level, id="churn-cost", **own)
    one = worse(0.5, id="churn-cost-degradation", **own)
    found = ruled(one, measured(costing(7.0), costing(5.0)), beside)
    assert found.verdict is verdict
