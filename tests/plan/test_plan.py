import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.factories import CHURN, RECALL, settings

from model_checks.errors import SettingsError
from model_checks.metrics.statistics import CustomFunction
from model_checks.plan.build import NOTHING_TO_COMPARE, plan_checks
from model_checks.plan.checks import Bound, Check, Plan, Segment, check_id
from model_checks.settings import Deployed, load_settings

# What pytest's ids, file names, marker expressions and a page may all hold.
PLAIN_ID = re.compile(r"[A-Za-z0-9._+~*=,-]+")

BY_PLAN = """
[[models.churn.segments]]
by = "plan"
thresholds = { recall = 0.25 }
"""


def plan(toml: str, values: Mapping[str | None, int] | None = None, *, gate: bool = False) -> Plan:
    """The plan of a file, where column ``plan`` has these values with so many rows each."""
    found: dict[Segment, int] = {(("plan", value),): n for value, n in (values or {}).items()}
    return plan_checks(settings(toml), {("churn", ("plan",)): found}, gate=gate)


def ids(checks: Plan) -> list[str]:
    return [check.id for check in checks.checks]


def only(checks: Plan) -> Check:
    (check,) = checks.checks
    return check


def of_value(value: str | None) -> str:
    return check_id("churn", "recall", (("plan", value),))


# What is planned.


def test_a_threshold_is_one_check_of_the_whole() -> None:
    check = only(plan(CHURN + "thresholds = { f1 = { min = 0.42, warn = 0.5 } }\n"))
    assert check.id == "churn-f1"
    assert (check.model, check.task, check.metric) == ("churn", "binary", "f1")
    assert (check.segment, check.average) == ((), "binary")
    assert (check.bound.min, check.bound.max, check.bound.warn) == (0.42, None, 0.5)
    assert (check.bound.rule, check.confidence, check.min_rows) == ("estimate", 0.95, 30)
    assert check.explicit
    assert check.no_data_reason is None


def test_beta_is_asked_of_fbeta_alone() -> None:
    both = plan(f"{CHURN}thresholds = {{ fbeta = {{ min = 0.4, beta = 2 }}, f1 = 0.4 }}\n").checks
    assert [(check.beta, check.asked.beta) for check in both] == [(2.0, 2.0), (None, 1.0)]


def test_a_bias_may_be_as_far_below_0_as_above() -> None:
    toml = CHURN.replace("binary", "regression") + "thresholds = { mean_error = 1.5 }\n"
    check = only(plan(toml))
    assert (check.bound.min, check.bound.max) == (-1.5, 1.5)


def test_checks_stand_in_the_order_of_the_file() -> None:
    second = (CHURN + RECALL).replace("models.churn", "models.a")
    toml = f"{CHURN}thresholds = {{ recall = 0.5, accuracy = 0.5 }}\n{BY_PLAN}{second}"
    assert ids(plan(toml, {"b": 90, "a": 90})) == [
        "churn-recall",
        "churn-accuracy",
        "churn-recall-plan=a",
        "churn-recall-plan=b",
        "a-recall",
    ]


def test_the_order_of_the_values_in_the_data_does_not_matter() -> None:
    one = plan(CHURN + BY_PLAN, {"a": 40, "b": 90, None: 50, "": 60})
    other = plan(CHURN + BY_PLAN, {None: 50, "": 60, "b": 90, "a": 40})
    assert one == other
    assert [check.segment[0][1] for check in one.checks] == ["", "a", "b", None]


@pytest.mark.parametrize(
    ("task", "metric", "average"),
    [
        ("binary", "recall", "binary"),
        ("binary", "accuracy", None),
        ("multiclass", "recall", "macro"),
        ("multiclass", "accuracy", None),
    ],
)
def test_an_average_that_is_not_written_is_the_first_of_the_task(
    task: str, metric: str, average: str | None
) -> None:
    toml = CHURN.replace("binary", task) + f"thresholds = {{ {metric} = 0.5 }}\n"
    assert only(plan(toml)).average == average


def test_an_average_that_is_written_holds() -> None:
    toml = CHURN.replace("binary", "multiclass")
    toml += "thresholds = { recall = { min = 0.5, average = 'weighted' } }\n"
    assert only(plan(toml)).average == "weighted"


def test_a_function_is_planned_under_its_free_name(tmp_path: Path) -> None:
    given = "metric = 'my_package.scoring:profit', min = 3.2, seed = 7, max_rows = 500_000"
    toml = f"{CHURN}thresholds = {{ profit = {{ {given} }}, cost = {{ metric = 'a:b', max = 1 }} }}"
    profit, cost = plan(f"{toml}\n").checks
    assert (profit.id, profit.metric, profit.average) == ("churn-profit", "profit", None)
    folder = settings(toml).folder
    assert profit.function == CustomFunction("my_package.scoring:profit", folder, 7, 500_000)
    assert cost.function == CustomFunction("a:b", folder, 0, 1_000_000)
    assert profit.asked.function == profit.function
    path = tmp_path / "thresholds.toml"
    path.write_text(toml)
    [found, _] = plan_checks(load_settings(path), {}).checks
    assert found.function is not None
    assert found.function.folder == tmp_path.resolve()


def test_a_function_is_planned_for_each_segment_value() -> None:
    by_plan = BY_PLAN.replace("recall = 0.25", "profit = { metric = 'a:b', min = 3 }")
    planned = plan(CHURN + by_plan, {"basic": 30, "gold": 900})
    assert ids(planned) == ["churn-profit-plan=basic", "churn-profit-plan=gold"]
    assert {check.function and check.function.reference for check in planned.checks} == {"a:b"}
    assert only(plan(CHURN + by_plan)).id == "churn-profit-plan=*"


def test_a_metric_of_the_table_has_no_function() -> None:
    assert only(plan(CHURN + RECALL)).function is None


def test_listed_values_are_declared_and_not_looked_up() -> None:
    listed = BY_PLAN + 'values = ["basic", true, 2.0]\n'
    planned = plan(CHURN + listed, {"gold": 900})
    assert ids(planned) == [f"churn-recall-plan={value}" for value in ("basic", "true", "2")]
    assert all(check.explicit and check.no_data_reason is None for check in planned.checks)
    assert planned.left_out == ()


def test_found_values_are_not_declared() -> None:
    planned = plan(CHURN + BY_PLAN, {"basic": 30, "gold": 900})
    assert ids(planned) == ["churn-recall-plan=basic", "churn-recall-plan=gold"]
    assert not any(check.explicit for check in planned.checks)


def test_values_with_too_few_rows_are_told_with_their_rows() -> None:
    planned = plan(CHURN + BY_PLAN, {"basic": 29, "gold": 1900, "old": 1, "new": 0})
    assert ids(planned) == ["churn-recall-plan=gold"]
    assert planned.left_out == (
        "churn by plan: 3 values with fewer than 30 labelled rows not judged (30 in all)",
    )


def test_one_value_with_too_few_rows_is_told_in_the_singular() -> None:
    planned = plan(CHURN + BY_PLAN + "min_rows = 2000\n", {"basic": 1999, "gold": 2000})
    assert planned.left_out == (
        "churn by plan: 1 value with fewer than 2,000 labelled rows not judged (1,999 in all)",
    )


def test_nothing_is_left_out_where_every_value_has_enough_rows() -> None:
    assert plan(CHURN + BY_PLAN, {"basic": 30}).left_out == ()


@pytest.mark.parametrize(
    ("values", "min_rows", "reason"),
    [
        ({}, 30, "no value of plan has 30 labelled rows"),
        ({"basic": 29}, 30, "no value of plan has 30 labelled rows"),
        ({}, 1, "no value of plan has 1 labelled row"),
    ],
)
def test_a_segmentation_without_a_value_is_a_vacant_check_that_was_declared(
    values: dict[str | None, int], min_rows: int, reason: str
) -> None:
    check = only(plan(f"{CHURN}{BY_PLAN}min_rows = {min_rows}\n", values))
    assert check.id == "churn-recall-plan=*"
    assert check.segment == (("plan", "*"),)
    assert check.explicit
    assert check.no_data_reason == reason


def test_values_that_could_not_be_read_leave_the_checks_that_were_written() -> None:
    check = only(plan_checks(settings(CHURN + BY_PLAN), {}))
    assert check.id == "churn-recall-plan=*"
    assert check.explicit
    assert check.no_data_reason == "the values of plan could not be read"


def test_several_columns_are_taken_together() -> None:
    both = BY_PLAN.replace('"plan"', '["plan", "land"]')
    found: dict[Segment, int] = {
        (("plan", "basic"), ("land", None)): 90,
        (("plan", "a,land=b"), ("land", "c")): 90,
        (("plan", "a"), ("land", "b,land=c")): 90,
    }
    planned = plan_checks(settings(CHURN + both), {("churn", ("plan", "land")): found})
    assert len(set(ids(planned))) == 3
    assert ids(planned)[2] == "churn-recall-plan=basic,land=~null"
    no_data_reason = plan_checks(settings(CHURN + both), {("churn", ("plan", "land")): {}})
    assert ids(no_data_reason) == ["churn-recall-plan=*,land=*"]
    assert only(no_data_reason).no_data_reason == "no value of plan, land has 30 labelled rows"


def test_listed_values_of_several_columns_are_lists() -> None:
    both = BY_PLAN.replace('"plan"', '["plan", "land"]') + 'values = [["basic", 1], ["gold", 2]]\n'
    assert ids(plan(CHURN + both)) == [
        "churn-recall-plan=basic,land=1",
        "churn-recall-plan=gold,land=2",
    ]


# Degradations.


def compared(threshold: str, toml: str = CHURN) -> str:
    """A file with one threshold on recall, and a champion to compare with."""
    return f"{toml}baseline.model = 'champion.skops'\nthresholds.recall = {threshold}\n"


def test_a_degradation_beside_a_bound_is_a_check_of_its_own() -> None:
    toml = compared("{ min = 0.5, warn = 0.6, max_degradation = 0.02, rule = 'tolerant' }")
    level, degradation = plan(toml).checks
    assert (level.id, level.kind) == ("churn-recall", "level")
    assert (degradation.id, degradation.kind) == ("churn-recall-degradation", "degradation")
    assert degradation.bound == Bound(None, 0.02, None, "tolerant")
    assert (degradation.relative, degradation.explicit, degradation.no_data_reason) == (
        False,
        True,
        None,
    )
    assert replace(degradation, id=level.id, kind="level", bound=level.bound) == level


def test_a_degradation_may_stand_alone_and_be_a_share() -> None:
    check = only(plan(compared("{ max_degradation = '5%' }")))
    assert (check.id, check.bound.max, check.relative) == ("churn-recall-degradation", 0.05, True)


def test_a_degradation_is_planned_for_each_segment_value() -> None:
    by_plan = BY_PLAN.replace("0.25", "{ min = 0.25, max_degradation = 0.05 }")
    planned = plan(f"{CHURN}baseline.model = 'champion.skops'\n{by_plan}", {"a b": 30, "c": 90})
    assert ids(planned) == [
        "churn-recall-plan=ab~c8687a08aa5d",
        "churn-recall-plan=c",
        "churn-recall-degradation-plan=ab~c8687a08aa5d",
        "churn-recall-degradation-plan=c",
    ]
    assert {check.segment for check in planned.checks} == {(("plan", "a b"),), (("plan", "c"),)}
    no_data_reason = plan(f"{CHURN}baseline.model = 'champion.skops'\n{by_plan}")
    assert ids(no_data_reason) == ["churn-recall-plan=*", "churn-recall-degradation-plan=*"]
    assert {check.no_data_reason for check in no_data_reason.checks} == {
        "no value of plan has 30 labelled rows"
    }
    assert all(check.explicit for check in no_data_reason.checks)


def test_a_degradation_with_nothing_to_compare_with_is_planned_and_told() -> None:
    by_plan = BY_PLAN.replace("0.25", "{ max_degradation = 0.05 }")
    toml = f"{CHURN}thresholds.recall = {{ max_degradation = 0.02 }}\n{by_plan}"
    planned = plan(toml, {"basic": 30})
    assert ids(planned) == ["churn-recall-degradation", "churn-recall-degradation-plan=basic"]
    assert {check.no_data_reason for check in planned.checks} == {NOTHING_TO_COMPARE}
    assert not any(check.explicit for check in planned.checks)
    assert ids(plan(toml))[1] == "churn-recall-degradation-plan=*"


def test_a_candidate_is_something_to_compare_with() -> None:
    agreed = settings(f"{CHURN}thresholds.recall = {{ max_degradation = 0.02 }}\n")
    challenged = agreed.with_candidates({"churn": Deployed(skops="new.skops")})
    assert only(plan_checks(challenged, {})).no_data_reason is None
    assert only(plan_checks(agreed, {})).no_data_reason == NOTHING_TO_COMPARE


# Gaps.


def test_a_gap_is_one_check_among_the_values_that_have_the_rows() -> None:
    toml = CHURN + BY_PLAN + "max_gap = 0.1\nconfidence = 0.9\n"
    planned = plan(toml, {"b": 30, "a": 90, "small": 29, None: 40})
    level, gap = planned.checks[0], planned.checks[-1]
    assert gap.id == "churn-recall-gap-plan"
    assert (gap.kind, gap.segment, gap.bound) == ("gap", (), Bound(None, 0.1, None, "estimate"))
    assert gap.among == ((("plan", "a"),), (("plan", "b"),), (("plan", None),))
    assert (gap.explicit, gap.no_data_reason, gap.confidence) == (True, None, 0.9)
    assert gap.asked == replace(level.asked, any_confidence=True)
    assert not gap.listed
    assert planned.left_out == (
        "churn by plan: 1 value with fewer than 30 labelled rows not judged (29 in all)",
    )


def test_a_gap_among_listed_values_is_among_all_of_them() -> None:
    gap = plan(f"{CHURN}{BY_PLAN}max_gap = 0.1\nvalues = ['basic', 2.0]\n").checks[-1]
    assert gap.among == ((("plan", "basic"),), (("plan", "2"),))
    assert gap.listed


def test_a_gap_may_be_of_a_metric_that_has_no_threshold_and_other_rows() -> None:
    by_plan = BY_PLAN.replace(
        "thresholds = { recall = 0.25 }", "max_gap.f1.max = 0.1\nmin_rows = 9"
    )
    planned = plan(CHURN + by_plan, {"basic": 10, "gold": 9, "old": 8})
    assert ids(planned) == ["churn-f1-gap-plan"]
    assert only(planned).average == "binary"
    assert len(only(planned).among) == 2
    different = BY_PLAN + "max_gap.recall.max = 0.1\nmax_gap.recall.min_rows = 10\n"
    assert plan(CHURN + different, {"basic": 20, "gold": 10, "old": 8}).left_out == (
        "churn-recall by plan: 3 values with fewer than 30 labelled rows not judged (38 in all)",
        "churn-recall-gap by plan: 1 value with fewer than 10 labelled rows not judged (8 in all)",
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "no value of plan has 30 labelled rows"),
        ({"basic": 29, "gold": 1}, "no value of plan has 30 labelled rows"),
        ({"basic": 30, "gold": 29}, "only one value of plan has 30 labelled rows"),
    ],
)
def test_a_gap_between_fewer_than_two_values_is_vacant(
    values: dict[str | None, int], reason: str
) -> None:
    gap = plan(f"{CHURN}{BY_PLAN}max_gap = 0.1\n", values).checks[-1]
    assert (gap.id, gap.no_data_reason, gap.explicit) == ("churn-recall-gap-plan", reason, True)


def test_a_gap_between_values_that_could_not_be_read_is_vacant() -> None:
    gap = plan_checks(settings(f"{CHURN}{BY_PLAN}max_gap = 0.1\n"), {}).checks[-1]
    assert (gap.no_data_reason, gap.among) == ("the values of plan could not be read", ())


def test_a_gap_by_several_columns_names_them_plainly() -> None:
    both = BY_PLAN.replace('"plan"', '["plan", "l a"]') + "max_gap = 0.1\n"
    found: dict[Segment, int] = {
        (("plan", "basic"), ("l a", "x")): 90,
        (("plan", "gold"), ("l a", "y")): 90,
    }
    planned = plan_checks(settings(CHURN + both), {("churn", ("plan", "l a")): found})
    assert re.fullmatch(r"churn-recall-gap-plan,la~[0-9a-f]{12}", ids(planned)[-1])


# Corrections.


@pytest.mark.parametrize(
    ("defaults", "model", "held"),
    [
        ("", "", "holm"),
        ("correction = 'none'", "", "none"),
        ("correction = 'none'", "correction = 'benjamini-hochberg'", "benjamini-hochberg"),
    ],
)
def test_the_correction_is_that_of_the_nearest_level(defaults: str, model: str, held: str) -> None:
    toml = f"[defaults]\n{defaults}\n{CHURN}{model}\n{RECALL}{BY_PLAN}"
    assert {check.correction for check in plan(toml, {"basic": 90}).checks} == {held}


# How a bound is held: the nearest level.


LEVELS = ["built in", "defaults", "model", "segment", "threshold"]


def held_on(level: str, key: str, values: Mapping[str, str]) -> str:
    """A file with the key on every level from the defaults down to this one."""
    written = {
        name: f"{key} = {values[name]}\n" if LEVELS.index(name) <= LEVELS.index(level) else ""
        for name in LEVELS[1:]
    }
    threshold = f"recall = {{ min = 0.25, {written['threshold'].strip()} }}".replace(",  }", " }")
    return (
        f"[defaults]\n{written['defaults']}{CHURN}{written['model']}"
        f'[[models.churn.segments]]\nby = "plan"\nvalues = ["basic"]\n{written["segment"]}'
        f"thresholds = {{ {threshold} }}\n"
    )


@pytest.mark.parametrize("level", LEVELS)
def test_min_rows_are_those_of_the_nearest_level(level: str) -> None:
    values = {"built in": "30", "defaults": "1", "model": "20", "segment": "300", "threshold": "4"}
    assert only(plan(held_on(level, "min_rows", values))).min_rows == int(values[level])


@pytest.mark.parametrize("level", LEVELS)
def test_confidence_is_that_of_the_nearest_level(level: str) -> None:
    values = dict(zip(LEVELS, ["0.95", "0.5", "0.9", "0.99", "0.8"], strict=True))
    assert only(plan(held_on(level, "confidence", values))).confidence == float(values[level])


@pytest.mark.parametrize("level", LEVELS)
def test_the_rule_is_that_of_the_nearest_level(level: str) -> None:
    values = {
        "built in": "estimate",
        "defaults": "'tolerant'",
        "model": "'confident'",
        "segment": "'tolerant'",
        "threshold": "'estimate'",
    }
    held = only(plan(held_on(level, "rule", values))).bound.rule
    assert held == values[level].strip("'")


@pytest.mark.parametrize("level", LEVELS)
def test_a_gate_is_confident_unless_the_threshold_says_otherwise(level: str) -> None:
    toml = held_on(level, "rule", dict.fromkeys(LEVELS, "'tolerant'"))
    expected = "tolerant" if level == "threshold" else "confident"
    assert only(plan(toml, gate=True)).bound.rule == expected


@pytest.mark.parametrize(
    ("written", "rule"), [("", "confident"), (", rule = 'tolerant'", "tolerant")]
)
def test_a_gate_is_confident_of_degradations_and_gaps_as_well(written: str, rule: str) -> None:
    by_plan = BY_PLAN.replace("thresholds = { recall = 0.25 }", "rule = 'estimate'")
    toml = (
        compared(f"{{ max_degradation = 0.02{written} }}", f"[defaults]\nrule='estimate'\n{CHURN}")
        + f"{by_plan}max_gap.recall = {{ max = 0.1{written} }}\n"
    )
    planned = plan(toml, {"basic": 90, "gold": 90}, gate=True)
    assert [check.bound.rule for check in planned.checks] == [rule, rule]


def test_a_segments_levels_do_not_reach_the_whole() -> None:
    toml = f"{CHURN}{RECALL}{BY_PLAN}min_rows = 500\nrule = 'tolerant'\nconfidence = 0.5\n"
    whole, segment = plan(toml, {"basic": 500}).checks
    assert (whole.min_rows, whole.bound.rule, whole.confidence) == (30, "estimate", 0.95)
    assert (segment.min_rows, segment.bound.rule, segment.confidence) == (500, "tolerant", 0.5)


def test_each_threshold_is_judged_where_its_own_min_rows_are_met() -> None:
    toml = CHURN + BY_PLAN.replace(
        "recall = 0.25", "recall = 0.25, f1 = { min = 0.25, min_rows = 10 }, accuracy = 0.5"
    )
    planned = plan(toml, {"basic": 20, "gold": 40, "old": 5})
    assert ids(planned) == [
        "churn-recall-plan=gold",
        "churn-f1-plan=basic",
        "churn-f1-plan=gold",
        "churn-accuracy-plan=gold",
    ]
    assert planned.left_out == (
        (
            "churn-recall, accuracy by plan: 2 values with fewer than 30 labelled rows not judged "
            "(25 in all)"
        ),
        "churn-f1 by plan: 1 value with fewer than 10 labelled rows not judged (5 in all)",
    )


# Ids.


@pytest.mark.parametrize(
    "value", ["AA", "basic_2", "1.5", "a+b", "-1", "2013-05-01", "a.b", "x" * 40]
)
def test_a_plain_value_stands_in_the_id_as_it_is(value: str) -> None:
    assert of_value(value) == f"churn-recall-plan={value}"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("", ""),
        ("a b", "ab"),
        ("<script>alert('x')</script>", "scriptalertxscript"),
        ('"quoted"', "quoted"),
        ("two\nlines", "twolines"),
        ("tab\tnull\0", "tabnull"),
        ("☂", ""),
        ("Zürich", "Zrich"),
        ("東京", ""),
        ("a/b\\c", "abc"),
        ("[0]", "0"),
        ("a::b", "ab"),
        ("a=b,c", "abc"),
        ("*", ""),
        ("~null", "null"),
        ("x" * 500, "x" * 40),
        ("\ud800", ""),
    ],
)
def test_a_value_that_is_not_plain_gets_a_hash_for_what_was_dropped(value: str, kept: str) -> None:
    assert re.fullmatch(rf"churn-recall-plan={re.escape(kept)}~[0-9a-f]{{12}}", of_value(value))


def test_the_hash_never_changes() -> None:
    assert of_value("a b") == "churn-recall-plan=ab~c8687a08aa5d"
    assert of_value("") == "churn-recall-plan=~e3b0c44298fc"


@pytest.mark.parametrize(
    "values",
    [
        ("null", None, "~null", "NULL", ""),
        ("*", "", "**"),
        ("ab", "a b", "a  b", "a\tb", "a\nb", " ab", "ab "),
        ("AA", "aa", "Aa"),
        ("A", "А", "Α", "Ａ"),  # Latin, Cyrillic, Greek, full width
        ("é", "e\u0301", "e"),
        ("x" * 499, "x" * 500, "x" * 40),
        ("1", "1.0", "01", "+1"),
        ("☂", "☃"),
        ("\ud800", "\udfff"),
    ],
)
def test_values_that_look_alike_have_ids_of_their_own(values: tuple[str | None, ...]) -> None:
    assert len({of_value(value) for value in values}) == len(values)


def test_a_value_can_not_be_taken_for_the_check_of_a_segmentation_without_values() -> None:
    no_data_reason = check_id("churn", "recall", (("plan", "*"),), no_data_reason=True)
    assert no_data_reason == "churn-recall-plan=*"
    assert of_value("*") == "churn-recall-plan=~684888c0ebb1"


def test_a_column_that_is_not_plain_gets_a_hash_as_well() -> None:
    made = {check_id("churn", "recall", ((column, "x"),)) for column in ("a b", "ab", "a=b", "é")}
    assert len(made) == 4
    assert all(PLAIN_ID.fullmatch(one) for one in made)


texts = st.one_of(st.text(), st.text(st.characters()), st.text("ab*~=,- \n", max_size=6))
segments = st.lists(st.tuples(texts, st.none() | texts), max_size=3).map(tuple)


@hypothesis_settings(derandomize=True, deadline=None, max_examples=300)
@given(st.lists(segments, min_size=2, max_size=8, unique=True))
@example([(("a", "*"),), (("a", None),), (("a", ""),)])
@example([(("a", "b"), ("c", "d")), (("a", "b,c=d"),)])
def test_distinct_segments_have_distinct_plain_ids(found: list[Segment]) -> None:
    made = [check_id("churn", "recall", segment) for segment in found]
    assert len(set(made)) == len(found)
    assert all(PLAIN_ID.fullmatch(one) for one in made)


def test_two_checks_that_would_have_the_same_id_are_told_all_at_once() -> None:
    toml = (
        CHURN
        + '[[models.churn.segments]]\nby = "f1-plan"\nvalues = ["a", "b"]\n'
        + "thresholds = { recall = 0.5 }\n"
        + CHURN.replace("models.churn", "models.churn-recall")
        + '[[models.churn-recall.segments]]\nby = "plan"\nvalues = ["a", "b"]\n'
        + "thresholds = { f1 = 0.5 }\n"
    )
    with pytest.raises(SettingsError, match="two checks would be called") as caught:
        plan(toml)
    assert caught.value.mistakes == (
        (
            "thresholds.toml: two checks would be called churn-recall-f1-plan=a; "
            "rename the model or the column"
        ),
        (
            "thresholds.toml: two checks would be called churn-recall-f1-plan=b; "
            "rename the model or the column"
        ),
    )
