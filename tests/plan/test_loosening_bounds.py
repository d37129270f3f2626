"""Bounds that are looser than those in force, held against the results that they let pass."""

import itertools
import operator
import random
import re
from functools import cache

from support.factories import estimate, settings
from support.file_in_force import AGREED

from model_checks.judging.verdict import fails, verdict_on
from model_checks.metrics.intervals import wilson_interval
from model_checks.plan.build import plan_checks
from model_checks.plan.loosening import loosened_bounds
from model_checks.settings import Settings


def test_values_that_no_list_can_hold_stand_for_those_that_are_found() -> None:
    starred = AGREED.replace('by = "home"', 'by = "home"\nvalues = ["*", "null", ""]')
    assert len(loosened_bounds(settings(AGREED), settings(starred))) == 2


def test_more_rows_than_any_data_has_judge_nothing() -> None:
    endless = AGREED.replace('by = "plan"', f'by = "plan"\nmin_rows = {10**30}')
    assert len(loosened_bounds(settings(AGREED), settings(endless))) == 3


# Exactly what is looser.

N = 200
RULES = ("", ', rule = "estimate"', ', rule = "confident"', ', rule = "tolerant"')
THRESHOLDS = [
    (low, confidence, rule)
    for low in (0.3, 0.5, 0.7)
    for confidence in (0.5, 0.8, 0.95)
    for rule in RULES
]
Agreed = tuple[float, float, str]


@cache
def file_with(agreed: Agreed) -> Settings:
    low, confidence, rule = agreed
    [start] = re.findall(r"^\[models.prices\]\n.*?(?=\[)", AGREED, re.DOTALL | re.MULTILINE)
    threshold = f"accuracy = {{ min = {low}, confidence = {confidence}{rule} }}"
    binary = start.replace("regression", "binary").replace("prices", "m", 1)
    return settings(f"{binary}[models.m.thresholds]\n{threshold}\n")


@cache
def passing(agreed: Agreed, *, gate: bool) -> frozenset[int]:
    """Of how many right answers in 200 the check is passed."""
    [check] = plan_checks(file_with(agreed), {}, gate=gate).checks
    found = set()
    for right in range(N + 1):
        interval = wilson_interval(right / N, N, check.confidence)
        held = verdict_on(estimate(right / N, interval.low, interval.high), check.bound)
        if not fails(held, check.bound.rule, explicit=True):
            found.add(right)
    return frozenset(found)


def lets_pass_more(one: Agreed, other: Agreed) -> bool:
    return any(passing(other, gate=gate) - passing(one, gate=gate) for gate in (False, True))


PAIRS = list(itertools.product(THRESHOLDS, THRESHOLDS))


def test_whatever_lets_pass_more_than_the_file_in_force_is_told() -> None:
    for one, other in random.Random(5).sample(PAIRS, 300):
        told = loosened_bounds(file_with(one), file_with(other))
        assert told or not lets_pass_more(one, other)


def test_of_what_changes_in_one_key_just_that_is_told() -> None:
    """Where a rule is less strict and a limit nearer, it depends on the rows which is looser."""
    alike = [pair for pair in PAIRS if sum(map(operator.ne, *pair)) <= 1]
    for one, other in random.Random(5).sample(alike, 150):
        told = loosened_bounds(file_with(one), file_with(other))
        assert bool(told) is lets_pass_more(one, other), (one, other, told)
