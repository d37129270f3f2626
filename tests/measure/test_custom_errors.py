"""What a function of the user's own may do wrong, on the rows or on resamples of them."""

from pathlib import Path

import pytest
from support.own_functions import complaint, estimate, function, log
from support.sample_data import python_module, results_of

from model_checks.judging.verdict import Verdict

# What a function may do wrong: an ERROR of its own checks.


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (["raise ValueError('no luck')"], "raised ValueError: no luck"),
        (["raise SystemExit(3)"], "raised SystemExit: 3"),
        (["float('nan')"], "answered with nan, which can be held against no bound"),
        (["-np.inf"], "answered with -inf, which can be held against no bound"),
        (["None"], "answered with a NoneType, which is no number"),
        (["'0.5'"], "answered with a str, which is no number"),
        (["True"], "answered with a bool, which is no number"),
        (["1j"], "answered with a complex, which is no number"),
        (["y_true"], "answered with a ndarray, which is no number"),
        (["np.array([0.5])"], "answered with a ndarray, which is no number"),
        (["np.array('a')"], "answered with a str, which is no number"),
        (["10**400"], "answered with a number that is too large"),
        (["import no_such_module", "return 1"], "raised ModuleNotFoundError: No module named "),
    ],
)
def test_what_is_wrong_with_a_function_is_told_in_a_sentence(
    tmp_path: Path, body: list[str], told: str
) -> None:
    assert complaint(tmp_path, function(tmp_path, *body)).startswith(told)


@pytest.mark.parametrize(
    ("takes", "told"),
    [
        (
            "actual, predicted",
            "takes actual, predicted, but is given only y_true, y_pred, y_score, weight",
        ),
        ("y_true, y_prob", "takes y_prob, but the model has no scores"),
        ("y_true, y_proba=None", "takes y_proba, but the model has no scores"),
        ("y_true, y_score", "takes y_score, but the model has no scores"),
        ("", "takes none of y_true, y_pred, y_score, weight"),
        ("rate=1", "takes none of y_true, y_pred, y_score, weight"),
        ("y_true, /", "raised TypeError: own() got some positional-only arguments passed as "),
    ],
)
def test_arguments_that_there_are_not_are_told(tmp_path: Path, takes: str, told: str) -> None:
    assert complaint(tmp_path, function(tmp_path, "1.0", takes=takes)).startswith(told)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("", "module MODULE has no 'own'"),
        ("own = 3", "is no function but a int"),
        ("def own(", "can't be imported, it raised SyntaxError: "),
        ("raise SystemExit", "can't be imported, it raised SystemExit"),
        ("import no_such_module", "can't be imported, it raised ModuleNotFoundError: "),
        ("own = max", "does not tell which arguments it takes"),
    ],
)
def test_what_cannot_be_imported_or_called_is_told(tmp_path: Path, source: str, told: str) -> None:
    reference = python_module(tmp_path, source, "own")["python"]
    told = told.replace("MODULE", reference.split(":")[0])
    assert complaint(tmp_path, reference).startswith(told)


def test_other_checks_of_the_model_are_judged(tmp_path: Path) -> None:
    broken, honest = function(tmp_path, "raise ValueError"), function(tmp_path, "1.0")
    thresholds = {
        "accuracy": 0.5,
        "broken": {"metric": broken, "min": 0},
        "gone": {"metric": "no_such_module:own", "min": 0},
        "few": {"metric": honest, "min": 0, "max_rows": 1},
        "honest": {"metric": honest, "min": 0},
    }
    found = results_of(tmp_path, log(), thresholds=thresholds)
    assert {one.check.metric: one.verdict for one in found} == {
        "accuracy": Verdict.PASS,
        "broken": Verdict.ERROR,
        "gone": Verdict.ERROR,
        "few": Verdict.ERROR,
        "honest": Verdict.PASS,
    }


def test_a_module_beside_the_thresholds_is_at_hand_when_the_function_is_called(
    tmp_path: Path,
) -> None:
    helper = python_module(tmp_path, "RATE = 0.25")["python"].split(":")[0]
    reference = function(tmp_path, f"from {helper} import RATE", "return RATE")
    assert estimate(tmp_path, reference).value == 0.25


def test_a_callable_object_is_as_good_as_a_function(tmp_path: Path) -> None:
    source = "class Rate:\n    def __call__(self, y_true):\n        return 0.5\nown = Rate()"
    assert estimate(tmp_path, python_module(tmp_path, source, "own")["python"]).value == 0.5


# On resamples.


def test_a_few_resamples_without_a_value_are_left_out_and_counted(tmp_path: Path) -> None:
    columns = {"y": [1] * 4 + [0] * 46, "p": [1, 1, 0, 0] + [0] * 46}
    reference = function(
        tmp_path, "if not y_true.any(): raise ValueError", "return y_pred[y_true == 1].mean()"
    )
    found = estimate(tmp_path, reference, columns)
    assert found.method == "bootstrap, 983 of 1,000 resamples, seed 0"
    assert found.value == 0.5


@pytest.mark.parametrize("bad", ["float('nan')", "1 / 0"])
def test_many_resamples_without_a_value_are_an_error(tmp_path: Path, bad: str) -> None:
    columns = {"y": [1] * 2 + [0] * 48, "p": [0] * 50}
    reference = function(tmp_path, f"if not y_true.any(): return {bad}", "return 1.0")
    told = complaint(tmp_path, reference, columns)
    assert "nan" in told or "ZeroDivisionError" in told
    assert told.endswith(
        " resamples of the rows, though not on the rows themselves; where so many have no value "
        "there is no interval)"
    )
    assert "(on 51 of the first " in told


def test_what_it_says_a_thousand_times_is_heard_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = function(
        tmp_path, "print('heard')", "warnings.warn('beware', stacklevel=1)", "return 1.0"
    )
    with pytest.warns(UserWarning, match="beware") as caught:
        estimate(tmp_path, reference)
    assert len(caught) == 1
    assert capsys.readouterr().out == "heard\n"


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    reference = function(tmp_path, "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        estimate(tmp_path, reference)
