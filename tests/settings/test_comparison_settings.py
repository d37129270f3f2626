"""What a model is compared with, and gaps between segments: settings that say what they should."""

from pathlib import Path

import pytest
from support.factories import CHURN, RECALL, settings

from model_checks.errors import SettingsError
from model_checks.settings import Degradation, Deployed, parse_settings

COMPARED = """
[models.churn.thresholds]
recall  = { min = 0.5, max_degradation = 0.02 }
roc_auc = { max_degradation = "5%" }
"""
LOGGED = CHURN.replace('model = "churn.skops"', 'prediction = "p"\nscore = "s"')
TAGS = """
[models.tags]
task = "multilabel"
data = "tags.parquet"
target = ["a", "b"]
prediction = ["pa", "pb"]
thresholds = { f1 = { max_degradation = 0.01 } }
"""
SEGMENTS = '[[models.churn.segments]]\nby = "plan"\n'
AMOUNT = 'must be a number of at least 0, or a share of the baseline such as "5%"'


def mistakes_in(toml: str) -> list[str]:
    """The mistakes of a file, each without the file's name."""
    with pytest.raises(SettingsError, match=r"^thresholds\.toml: ") as caught:
        parse_settings(toml.encode(), Path("thresholds.toml"))
    return [line.removeprefix("thresholds.toml: ") for line in caught.value.mistakes]


def compared_with(baseline: str, toml: str = CHURN) -> list[str]:
    return mistakes_in(f"{toml}baseline = {baseline}\n{COMPARED}")


# max_degradation.


@pytest.mark.parametrize(
    ("written", "amount", "relative"),
    [
        ("0.02", 0.02, False),
        ("0", 0.0, False),
        ("1", 1.0, False),
        ('"5%"', 0.05, True),
        ('"0.5 %"', 0.005, True),
        ('"0%"', 0.0, True),
        ('"99.5%"', 0.995, True),
    ],
)
def test_a_degradation_is_an_amount_or_a_share(written: str, amount: float, relative: bool) -> None:
    toml = f"{CHURN}thresholds.recall = {{ max_degradation = {written} }}\n"
    threshold = settings(toml).models["churn"].thresholds["recall"]
    assert threshold.max_degradation == Degradation(amount, relative)
    assert (threshold.min, threshold.max) == (None, None)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("-0.01", "-0.01"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("true", "true"),
        ('"5"', "'5'"),
        ('"-5%"', "'-5%'"),
        ('"5 percent"', "'5 percent'"),
        ('"٥%"', "'٥%'"),
        ('"%"', "'%'"),
        ("[0.1]", "[0.1]"),
        ("{ max = 0.1 }", "{...}"),
    ],
)
def test_what_is_no_degradation_is_told(written: str, shown: str) -> None:
    toml = f"{CHURN}thresholds.recall = {{ min = 0.5, max_degradation = {written} }}\n"
    assert mistakes_in(toml) == [
        f"[models.churn.thresholds.recall] max_degradation = {shown}: {AMOUNT}"
    ]


@pytest.mark.parametrize(
    ("metric", "written", "told"),
    [
        ("recall", "5", 'recall is from 0 to 1, so it can\'t become worse by so much; {} "5%"'),
        ("mcc", "2.5", 'mcc is from -1 to 1, so it can\'t become worse by so much; {} "2.5%"'),
    ],
)
def test_a_degradation_that_can_not_be_is_told(metric: str, written: str, told: str) -> None:
    toml = f"{CHURN}thresholds.{metric} = {{ max_degradation = {written} }}\n"
    told = told.format("a share of the baseline is written")
    assert mistakes_in(toml) == [
        f"[models.churn.thresholds.{metric}] max_degradation = {written}: {told}"
    ]


@pytest.mark.parametrize("written", ["100%", "250%"])
def test_a_score_does_not_fall_by_more_than_it_is(written: str) -> None:
    toml = f'{CHURN}thresholds.recall = {{ max_degradation = "{written}" }}\n'
    told = "nothing is worse by all of its baseline; write less than 100 %"
    where = "[models.churn.thresholds.recall] max_degradation"
    assert mistakes_in(toml) == [f"{where} = '{written}': {told}"]
    errors = toml.replace("binary", "regression").replace("recall", "mae")
    amount = settings(errors).models["churn"].thresholds["mae"].max_degradation
    assert amount == (float(written[:-1]) / 100, True)


def test_errors_without_an_upper_end_may_become_worse_by_any_amount() -> None:
    toml = CHURN.replace("binary", "regression") + "thresholds.rmse.max_degradation = 50\n"
    assert settings(toml).models["churn"].thresholds["rmse"].max_degradation == (50, False)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("", "max_degradation needs min or max, which says what is worse"),
        (
            ", min = 1, max = 3",
            "max_degradation needs min or max, not both, which says what is worse",
        ),
    ],
)
def test_a_function_must_say_what_is_worse(keys: str, told: str) -> None:
    toml = f"{CHURN}thresholds.profit = {{ metric = 'a:b', max_degradation = 1{keys} }}\n"
    assert mistakes_in(toml) == [f"[models.churn.thresholds.profit] {told}"]


@pytest.mark.parametrize("bound", ["min", "max"])
def test_a_function_with_one_bound_says_what_is_worse(bound: str) -> None:
    toml = f"{CHURN}thresholds.profit = {{ metric = 'a:b', max_degradation = '5%', {bound} = 1 }}\n"
    assert settings(toml).models["churn"].thresholds["profit"].max_degradation


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            "warn = 0.6",
            "warn goes with min or max; beside max_degradation alone it would never warn",
        ),
        ("max = 0.6", "min is missing; without it nothing is too low"),
        ("min = 0.6, warn = 0.5", "warn = 0.5 is not above min = 0.6, so it could never warn"),
    ],
)
def test_a_degradation_leaves_the_bounds_to_their_rules(keys: str, told: str) -> None:
    toml = f"{CHURN}thresholds.recall = {{ max_degradation = 0.1, {keys} }}\n"
    assert mistakes_in(toml) == [f"[models.churn.thresholds.recall] {told}"]


# [models.NAME.baseline].


@pytest.mark.parametrize(
    "written",
    [
        '{ data = "holdout.parquet" }',
        '{ data = { url_env = "DB", table = "holdout" } }',
        '{ data = { spark = "sc://cluster", files = "s3a://x" }, window = "90d" }',
        '{ data = "churn.parquet", window = "90d", as_of = 2013-01-01 }',
        '{ data = "churn.parquet", as_of = 2013-01-01 }',
        '{ model = "champion.skops" }',
        '{ model = { python = "a.b:c" } }',
        '{ prediction = "champion", score = "champion_p" }',
        '{ score = "champion_p" }',
    ],
)
def test_a_baseline_is_of_other_rows_or_another_model(written: str) -> None:
    toml = f'{CHURN}time_column = "at"\nbaseline = {written}\n{COMPARED}'
    baseline = settings(toml).models["churn"].baseline
    assert baseline
    assert baseline.paired == ("data" not in written)


ONE_OF = "must name one of data, model, or logged prediction and score"
OTHER_ROWS = "is of other rows; another model is judged on the model's own"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{}", ONE_OF),
        ("{ window = '30d' }", ONE_OF),
        ("{ data = 'a.csv', model = 'a.skops' }", f"{ONE_OF}, not several"),
        ("{ model = 'a.skops', prediction = 'q' }", f"{ONE_OF}, not several"),
        ("{ data = 'a.csv', score = 'q' }", f"{ONE_OF}, not several"),
        ("{ model = 'a.skops', window = '30d' }", f"window {OTHER_ROWS}"),
        ("{ score = 'q', as_of = 2013-01-01 }", f"as_of {OTHER_ROWS}"),
        ("{ data = 'a.csv', window = '30d' }", "window needs the model's time_column"),
        ("{ data = 'a.csv', as_of = 2013-01-01 }", "as_of needs the model's time_column"),
        (
            "{ data = 'churn.parquet' }",
            "data has the rows that are judged among its own; name a window or as_of before them",
        ),
        (
            "{ prediction = 'q' }",
            "max_degradation of roc_auc needs score, a column of probabilities",
        ),
        ("{ score = { a = 'q', b = 'r' } }", "score must be one column for task 'binary'"),
        ("{ prediction = ['q'], score = 's' }", "prediction must be one column for task 'binary'"),
        ("{ score = 'left' }", "target and score are the same column, 'left'"),
        (
            "{ prediction = 'q', score = 'q' }",
            "prediction and score are the same column, 'q'",
        ),
    ],
)
def test_a_mistake_in_a_baseline_is_told(written: str, told: str) -> None:
    assert compared_with(written) == [f"[models.churn.baseline] {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("3", "[models.churn] baseline = 3: must be a table"),
        ("'champion.skops'", "[models.churn] baseline = 'champion.skops': must be a table"),
        (
            "{ modle = 'a.skops' }",
            (
                "[models.churn.baseline] unknown key 'modle'; did you mean 'model'? "
                "known: as_of, data, model, prediction, score, window"
            ),
        ),
        (
            "{ model = { skops = 'a', python = 'a:b' } }",
            "[models.churn.baseline.model] must name one of skops, joblib, python, not several",
        ),
        (
            "{ data = 'a.txt' }",
            (
                "[models.churn.baseline] data = 'a.txt': must end in one of .parquet, .pq, .csv, "
                ".csv.gz; another CSV is named by csv = ..."
            ),
        ),
    ],
)
def test_a_mistake_in_a_key_of_a_baseline_is_told(written: str, told: str) -> None:
    assert told in compared_with(written)


def test_all_that_a_baseline_gets_wrong_is_told_at_once() -> None:
    assert compared_with("{ data = 'churn.parquet', window = '3d', as_of = 2013-01-01 }") == [
        "[models.churn.baseline] window needs the model's time_column",
        "[models.churn.baseline] as_of needs the model's time_column",
    ]


def test_a_baseline_that_nothing_is_compared_with_is_a_mistake() -> None:
    toml = f"{CHURN}baseline = {{ model = 'champion.skops' }}\n{RECALL}"
    assert mistakes_in(toml) == [
        "[models.churn.baseline] is compared with nothing; add max_degradation to a threshold"
    ]


def test_a_degradation_of_a_segment_is_enough_to_compare() -> None:
    toml = f"{CHURN}baseline = {{ model = 'champion.skops' }}\n{SEGMENTS}"
    toml += "thresholds.recall.max_degradation = 0.1\n"
    assert list(settings(toml).models["churn"].compared()) == ["recall"]


def test_a_log_is_not_compared_with_itself() -> None:
    assert compared_with("{ prediction = 'p', score = 'other' }", LOGGED) == [
        "[models.churn.baseline] prediction is the model's own, which is never worse than itself"
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "prediction = 'q'",
            ("prediction must be a list of columns, one for each label, for task 'multilabel'"),
        ),
        (
            "prediction = ['q']",
            (
                "prediction has 1 column for the 2 of target; each label needs one, "
                "in the same order"
            ),
        ),
        (
            "prediction = ['q', 'r']\nscore = ['s', 't']",
            "prediction and score are both given; for task 'multilabel' keep one",
        ),
    ],
)
def test_a_baseline_of_several_labels_has_a_column_for_each(written: str, told: str) -> None:
    toml = f"{TAGS}[models.tags.baseline]\n{written}\n"
    assert mistakes_in(toml) == [f"[models.tags.baseline] {told}"]
    assert settings(f"{TAGS}[models.tags.baseline]\nprediction = ['q', 'r']\n")


def test_scores_of_a_regression_are_no_baseline() -> None:
    toml = CHURN.replace("binary", "regression") + "baseline = { score = 's' }\n"
    assert mistakes_in(f"{toml}thresholds.rmse.max_degradation = 1\n") == [
        "[models.churn.baseline] score is for classification; a regression is logged in prediction"
    ]


# correction.


@pytest.mark.parametrize("written", ["holm", "benjamini-hochberg", "none"])
def test_a_correction_is_of_the_defaults_or_of_a_model(written: str) -> None:
    toml = f"[defaults]\ncorrection = '{written}'\n{CHURN}correction = '{written}'\n{RECALL}"
    loaded = settings(toml)
    assert loaded.defaults.correction == loaded.models["churn"].correction == written


@pytest.mark.parametrize("level", ["defaults", "models.churn"])
def test_an_unknown_correction_is_told(level: str) -> None:
    toml = f"{CHURN}{RECALL}[defaults]\n".replace(
        f"[{level}]", f"[{level}]\ncorrection = 'bonferoni'", 1
    )
    assert mistakes_in(toml) == [
        f"[{level}] correction = 'bonferoni': known: benjamini-hochberg, holm, none"
    ]


@pytest.mark.parametrize(
    ("toml", "place"),
    [
        (f"{CHURN}thresholds.recall = {{ min = 0.5, CORRECTION }}\n", "thresholds.recall"),
        (f"{CHURN}{SEGMENTS}CORRECTION\nthresholds.recall = 0.5\n", "segments #1"),
        (
            f"{CHURN}{SEGMENTS}max_gap.recall = {{ max = 0.5, CORRECTION }}\n",
            "segments #1.max_gap.recall",
        ),
    ],
)
def test_elsewhere_a_correction_is_refused_with_its_reason(toml: str, place: str) -> None:
    assert mistakes_in(toml.replace("CORRECTION", "correction = 'none'")) == [
        (
            f"[models.churn.{place}] correction = 'none': belongs in [defaults] or the model's "
            "table: its segments are corrected for together"
        )
    ]


# max_gap.


def test_one_gap_is_for_every_metric_and_held_as_its_threshold() -> None:
    toml = f"""{CHURN.replace("binary", "multiclass")}{SEGMENTS}max_gap = 0.1
[models.churn.segments.thresholds]
accuracy = 0.5
f1 = {{ min = 0.4, average = "weighted", confidence = 0.9, rule = "tolerant", min_rows = 7 }}
fbeta = {{ min = 0.4, beta = 2 }}
"""
    [segments] = settings(toml).models["churn"].segments
    assert list(segments.max_gap) == ["accuracy", "f1", "fbeta"]
    accuracy, f1, fbeta = segments.max_gap.values()
    assert {gap.max for gap in segments.max_gap.values()} == {0.1}
    assert (accuracy.average, accuracy.confidence, accuracy.rule) == (None, None, None)
    assert (f1.average, f1.confidence, f1.rule, f1.min_rows) == ("weighted", 0.9, "tolerant", 7)
    assert fbeta.beta == 2


def test_a_gap_may_be_of_a_metric_without_a_threshold() -> None:
    toml = f"{CHURN}{SEGMENTS}max_gap = {{ recall = 0.1, f1 = {{ max = 0.2, min_rows = 50 }} }}\n"
    model = settings(toml).models["churn"]
    [segments] = model.segments
    assert segments.thresholds == {}
    assert [(gap.max, gap.min_rows) for gap in segments.max_gap.values()] == [
        (0.1, None),
        (0.2, 50),
    ]
    assert list(model.metrics()) == ["recall", "f1"]


def test_a_gap_says_itself_what_is_different_from_its_threshold() -> None:
    toml = f"""{CHURN}{SEGMENTS}
max_gap.profit = {{ max = 3, seed = 7 }}
thresholds.profit = {{ metric = "a:b", min = 1, seed = 5, max_rows = 9, rule = "tolerant" }}
"""
    [segments] = settings(toml).models["churn"].segments
    gap = segments.max_gap["profit"]
    assert (gap.function, gap.seed, gap.max_rows, gap.rule) == ("a:b", 7, 9, "tolerant")


def test_a_gap_of_a_function_may_be_a_number() -> None:
    toml = (
        f"{CHURN}{SEGMENTS}max_gap.profit = 3\nthresholds.profit = {{ metric = 'a:b', min = 1 }}\n"
    )
    [segments] = settings(toml).models["churn"].segments
    assert (segments.max_gap["profit"].max, segments.max_gap["profit"].function) == (3, "a:b")


NO_BETA = "beta is missing; with 2, say, recall weighs twice as much as precision"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "max_gap = 0.1",
            (
                "] max_gap = 0.1: is for the metrics of thresholds, and there is none; "
                "name one, as in { recall = 0.1 }"
            ),
        ),
        ("max_gap = true", "] max_gap = true: must be a number or a table of metrics"),
        ("max_gap = '0.1'", "] max_gap = '0.1': must be a number or a table of metrics"),
        ("max_gap = {}", "] max_gap = {}: must not be empty"),
        ("max_gap.recall = -0.1", ".max_gap] recall = -0.1: must be at least 0"),
        ("max_gap.recall = nan", ".max_gap] recall = nan: must be a finite number"),
        ("max_gap.recall = true", ".max_gap] recall = true: must be a number or a table"),
        (
            "max_gap.recall = 1.5",
            ".max_gap] recall = 1.5: recall is from 0 to 1, so no gap is so wide",
        ),
        ("max_gap.recall = {}", ".max_gap.recall] key 'max' is missing"),
        (
            "max_gap.recall = { max = 0.1, min = 0 }",
            (
                ".max_gap.recall] unknown key 'min'; known: average, beta, confidence, max, "
                "max_rows, metric, min_rows, rule, seed"
            ),
        ),
        (
            "max_gap.recall = { max = 0.1, average = 'macro' }",
            ".max_gap.recall] average = 'macro': known: binary",
        ),
        ("max_gap.rmse = 3", ".max_gap] task 'binary' has no metric 'rmse'; it has: accuracy, "),
        ("max_gap.recal = 0.1", ".max_gap] unknown metric 'recal'; did you mean 'recall'? known: "),
        ("max_gap.fbeta = 0.1", f".max_gap] fbeta: {NO_BETA}"),
        (
            "max_gap.recall = 0.1\nvalues = ['a']",
            "] max_gap is between values, and values lists only one",
        ),
    ],
)
def test_a_mistake_in_a_gap_is_told(written: str, told: str) -> None:
    [line] = mistakes_in(f"{CHURN}{SEGMENTS}{written}\n")
    assert line.startswith(f"[models.churn.segments #1{told}")


@pytest.mark.parametrize("gap", ["0.1", "{ f1 = 0.1 }"])
def test_a_mistake_in_a_threshold_is_not_told_again_of_its_gap(gap: str) -> None:
    toml = f"{CHURN}{SEGMENTS}max_gap = {gap}\nthresholds = {{ recal = 0.5, f1 = 7 }}\n"
    assert [line.split("; ")[0] for line in mistakes_in(toml)] == [
        "[models.churn.segments #1.thresholds] unknown metric 'recal'",
        "[models.churn.segments #1.thresholds] f1 = 7: f1 is from 0 to 1",
    ]


def test_a_gap_that_is_too_wide_for_every_metric_is_told_of_each() -> None:
    toml = f"{CHURN}{SEGMENTS}max_gap = 1.5\nthresholds = {{ recall = 0.5, mcc = 0.5 }}\n"
    assert mistakes_in(toml) == [
        ("[models.churn.segments #1] max_gap = 1.5: recall is from 0 to 1, so no gap is so wide")
    ]


def test_a_gap_that_is_agreed_twice_is_a_mistake() -> None:
    one = f"{SEGMENTS}values = ['a', 'b']\nmax_gap.recall = 0.1\n"
    other = one.replace("'a', 'b'", "'c', 'd'")
    assert mistakes_in(f"{CHURN}{one}{other}") == [
        "[models.churn] segments #1 and #2 both agree the gap of recall by plan; keep one"
    ]


def test_a_gap_in_scores_needs_logged_scores() -> None:
    labels_alone = LOGGED.replace('score = "s"', "")
    toml = f"{labels_alone}{SEGMENTS}max_gap.roc_auc = 0.1\n"
    assert mistakes_in(toml) == [
        "[models.churn] roc_auc needs score, the column of logged probabilities"
    ]


# Candidates.


def test_a_candidate_takes_the_place_of_what_is_deployed() -> None:
    toml = f"{CHURN}baseline = {{ data = 'holdout.parquet' }}\n{COMPARED}"
    agreed = settings(toml + (CHURN + RECALL).replace("models.churn", "models.other"))
    candidate = Deployed(skops="new.skops")
    changed = agreed.with_candidates({"churn": candidate})
    churn = changed.models["churn"]
    assert churn.model == candidate
    assert churn.baseline
    assert churn.baseline.model == agreed.models["churn"].model
    assert churn.baseline.paired
    assert changed.models["other"] == agreed.models["other"]
    assert changed.candidates == {"churn"}
    assert agreed.candidates == frozenset()
    assert changed.spilling_to(Path("elsewhere")).candidates == {"churn"}


def test_a_candidate_for_logged_predictions_is_compared_with_what_was_logged() -> None:
    changed = settings(LOGGED + COMPARED).with_candidates({"churn": Deployed(skops="new.skops")})
    churn = changed.models["churn"]
    assert (churn.prediction, churn.score) == (None, None)
    assert churn.baseline
    assert (churn.baseline.prediction, churn.baseline.score) == ("p", "s")
    assert churn.baseline.model is None


def test_a_candidate_of_no_model_is_told() -> None:
    with pytest.raises(SettingsError, match=r"thresholds\.toml has no model 'chrun'; did "):
        settings(CHURN + RECALL).with_candidates({"chrun": Deployed(skops="new.skops")})
