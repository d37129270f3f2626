"""What a function is given for the arguments that it names: scikit-learn's, and anybody's."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics
from support.sample_data import python_module, results_of

from model_checks.errors import FunctionError
from model_checks.judging.verdict import Verdict
from model_checks.predict.sources.arguments import Named, UnfitArgumentsError
from model_checks.predict.sources.function import LoadedFunction

Given = Mapping[str, Any]

ROWS = 60
RNG = np.random.default_rng(11)


def binary() -> dict[str, Any]:
    true = RNG.integers(0, 2, ROWS)
    scores = np.clip(true * 0.4 + RNG.random(ROWS) * 0.6, 0.01, 0.99)
    labels = {"y_true": true, "y_pred": (scores > 0.4).astype(int), "pos_label": 1}
    return {**labels, "y_score": scores, "weight": RNG.random(ROWS) + 0.5}


def multiclass() -> dict[str, Any]:
    names = np.array(["bus", "car", "rail"])
    true = RNG.integers(0, 3, ROWS)
    scores = RNG.dirichlet([1, 1, 1], ROWS) * 0.5 + np.eye(3)[true] * 0.5
    labels = {"y_true": names[true], "y_pred": names[RNG.permuted(true)]}
    return {**labels, "y_score": scores, "weight": RNG.random(ROWS) + 0.5}


def regression() -> dict[str, Any]:
    true = RNG.lognormal(1, 1, ROWS)
    numbers = {"y_true": true, "y_pred": true * RNG.lognormal(0, 0.2, ROWS)}
    return {**numbers, "y_score": None, "weight": None}


GIVEN = {"binary": binary(), "multiclass": multiclass(), "regression": regression()}

STANDS_FOR = {
    **dict.fromkeys(["y_true", "y1", "labels_true"], "y_true"),
    **dict.fromkeys(["y_pred", "y2", "labels_pred"], "y_pred"),
    **dict.fromkeys(["y_score", "y_proba", "y_prob"], "y_score"),
    "sample_weight": "weight",
    "pos_label": "pos_label",
}


def scikit_learns() -> Iterator[tuple[str, Callable[..., Any]]]:
    """All functions of scikit-learn's metrics whose arguments are rows and options."""
    for name in sorted(sklearn_metrics.__all__):
        function = getattr(sklearn_metrics, name)
        if inspect.isfunction(function) and set(inspect.signature(function).parameters) & {
            "y_true",
            "labels_true",
            "y1",
        }:
            yield name, function


def called_directly(function: Callable[..., Any], given: Given) -> float | None:
    """The number that it answers with; None where it raises, or answers with anything else."""
    arguments = {}
    for one in inspect.signature(function).parameters.values():
        if one.default == "deprecated":
            continue
        if one.default is one.empty and one.name not in STANDS_FOR:
            return None
        if one.name in STANDS_FOR and STANDS_FOR[one.name] in given:
            arguments[one.name] = given[STANDS_FOR[one.name]]
    try:
        answer = function(**arguments)
    except (ValueError, TypeError):
        return None
    is_number = isinstance(answer, float | np.floating | np.integer) and np.isfinite(answer)
    return float(answer) if is_number else None


def called_here(name: str, folder: Path, given: Given) -> float | None:
    """The same as it is called as a metric; None for an error."""
    try:
        return LoadedFunction(f"sklearn.metrics:{name}", folder)(given)
    except FunctionError:
        return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("task", GIVEN)
def test_every_function_of_scikit_learn_is_given_what_it_would_be_called_with(
    tmp_path: Path, task: str
) -> None:
    compared = set[str]()
    for name, function in scikit_learns():
        expected = called_directly(function, GIVEN[task])
        answer = called_here(name, tmp_path, GIVEN[task])
        assert answer == (None if expected is None else pytest.approx(expected, abs=1e-12)), name
        compared |= set() if answer is None else {name}
    wanted = {
        "binary": {"log_loss", "brier_score_loss", "d2_log_loss_score", "cohen_kappa_score"},
        "multiclass": {"log_loss", "brier_score_loss", "top_k_accuracy_score", "rand_score"},
        "regression": {"r2_score", "max_error", "mean_gamma_deviance"},
    }
    assert wanted[task] <= compared
    assert len(compared) >= (15 if task == "regression" else 20)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hinge_loss", "takes pred_decision, but is given only y_true, y_pred"),
        ("metric_at_thresholds", "takes metric_func, but is given only"),
        ("auc", "takes x, y, but is given only"),
        ("silhouette_score", "takes X, labels, but is given only"),
        ("euclidean_distances", "takes X, but is given only"),
        ("check_scoring", "takes none of y_true, y_pred, y_score, weight"),
        ("get_scorer_names", "takes none of y_true, y_pred, y_score, weight"),
    ],
)
def test_functions_of_other_things_are_told_by_their_arguments(
    tmp_path: Path, name: str, told: str
) -> None:
    with pytest.raises(FunctionError, match=f"^metric 'sklearn.metrics:{name}': {told}"):
        LoadedFunction(f"sklearn.metrics:{name}", tmp_path)


def function(takes: str, answer: str = "1.0") -> Callable[..., Any]:
    """A function with some arguments."""
    found: dict[str, Any] = {}
    exec(f"def own({takes}): return {answer}", found)
    own: Callable[..., Any] = found["own"]
    return own


@pytest.mark.parametrize(
    ("takes", "unknown"),
    [
        ("actual, predicted", "actual, predicted"),
        ("y_true, y_hat", "y_hat"),
        ("y_true, predictions=None", "predictions"),
        ("y_true, predictions=()", "predictions"),
        ("y_true, *, predictions=0", "predictions"),
        ("y_pred, *, target=None", "target"),
        ("y_true, y_pred, costs=None", "costs"),
        ("y_true, y_pred, weights=None", "weights"),
        ("y_true, y_pred, *, y_train=None", "y_train"),
        ("y_true, y_pred, *, costs", "costs"),
        ("y_true, y_pred, y_scores=0.5", "y_scores"),
        ("pos_label, y_pred, target=1", "target"),
        ("y_true, costs=None, **rest", "costs"),
    ],
)
def test_an_argument_that_is_not_known_is_never_left_to_its_default(
    takes: str, unknown: str
) -> None:
    with pytest.raises(UnfitArgumentsError, match=f"^takes {unknown}, but is given only y_true, "):
        Named(function(takes))


@pytest.mark.parametrize(
    ("takes", "names"),
    [
        ("y_true, y_pred, beta=2", {"y_true", "y_pred"}),
        ("y_true, y_pred, *, normalize=True, labels=None", {"y_true", "y_pred"}),
        ("y_true, y_prob='deprecated', y_proba=None", {"y_true", "y_proba"}),
        ("y1, y2, *, weights=None", {"y1", "y2"}),
        ("labels_true, labels_pred", {"labels_true", "labels_pred"}),
        ("y_true", {"y_true"}),
        ("*args, **given", {"y_true", "y_pred", "y_score", "weight"}),
        ("y1, sample_weight, **given", {"y1", "sample_weight", "y_pred", "y_score"}),
        ("y_true, y_pred, pos_label=0", {"y_true", "y_pred", "pos_label"}),
    ],
)
def test_known_arguments_are_given_and_options_are_left_alone(takes: str, names: set[str]) -> None:
    assert Named(function(takes)).of(GIVEN["binary"]).keys() == names


def test_what_is_set_already_is_not_given_again() -> None:
    own = partial(function("y_true, y_pred, *, pos_label=1, y_train=None"), pos_label=0)
    with pytest.raises(UnfitArgumentsError, match=r"^takes y_train, "):
        Named(own)
    assert Named(partial(own, y_train=[1])).of(GIVEN["binary"]).keys() == {"y_true", "y_pred"}


def test_scores_are_the_same_under_every_name() -> None:
    for task in ("binary", "multiclass"):
        named = Named(function("y_score, y_proba, y_prob")).of(GIVEN[task])
        assert all(one is GIVEN[task]["y_score"] for one in named.values())


@pytest.mark.parametrize("name", ["y_proba", "y_prob"])
@pytest.mark.parametrize("bad", [-0.1, 1.5])
def test_scores_that_are_no_probabilities_are_not_given_as_such(name: str, bad: float) -> None:
    given = {**GIVEN["binary"], "y_score": np.array([0.5, bad])}
    with pytest.raises(UnfitArgumentsError, match=f"^takes {name}, but scores are not from 0 to 1"):
        Named(function(f"y_true, {name}")).of(given)
    assert Named(function("y_true, y_score")).of(given)["y_score"] is given["y_score"]


def test_what_is_given_of_binary_models_alone_is_told() -> None:
    own = Named(function("y_true, y_pred, pos_label"))
    with pytest.raises(
        UnfitArgumentsError, match=r"^takes pos_label, which is given of binary mod"
    ):
        own.of(GIVEN["multiclass"])
    optional = Named(function("y_true, y_pred, pos_label=1"))
    assert optional.of(GIVEN["multiclass"]).keys() == {"y_true", "y_pred"}


def test_losses_whose_probabilities_had_another_name_are_given_probabilities() -> None:
    older = function("y_true, y_pred, *, normalize=True, sample_weight=None, labels=None")
    assert Named(older).of(GIVEN["binary"])["y_pred"] is GIVEN["binary"]["y_pred"]
    older.__module__, older.__name__ = "sklearn.metrics._classification", "log_loss"
    assert Named(older).of(GIVEN["binary"])["y_pred"] is GIVEN["binary"]["y_score"]
    with pytest.raises(UnfitArgumentsError, match=r"^takes y_pred, but the model has no scores"):
        Named(older).of(GIVEN["regression"])


# By the road that a run takes.


def own_result(folder: Path, reference: str, columns: Given, **keys: Any) -> tuple[Verdict, str]:
    thresholds = {"own": {"metric": reference, "max": 1e9}}
    [found] = results_of(folder, columns, thresholds=thresholds, **keys)
    return found.verdict, found.message.removeprefix(f"m-own: metric {reference!r}: ")


def labelled(labels: tuple[Any, Any]) -> dict[str, Any]:
    """The binary rows with other labels, the positive one last."""
    given = GIVEN["binary"]
    columns = {"y": given["y_true"], "p": given["y_pred"]}
    named = {name: [labels[k] for k in positions] for name, positions in columns.items()}
    return {**named, "s": given["y_score"]}


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        pytest.param("log_loss", (0, 1), marks=pytest.mark.slow),
        ("log_loss", ("no", "yes")),
        ("brier_score_loss", ("yes", "no")),
        pytest.param("f1_score", (1, 0), marks=pytest.mark.slow),
    ],
)
def test_a_loss_of_probabilities_is_that_of_scikit_learn(
    tmp_path: Path, name: str, labels: tuple[Any, Any]
) -> None:
    columns = labelled(labels)
    metric, true = getattr(sklearn_metrics, name), np.array(columns["y"])
    options = {} if name == "log_loss" else {"pos_label": labels[1]}
    answers = np.array(columns["p" if name == "f1_score" else "s"])
    expected = metric(true, answers, **options)
    keys = {"prediction": "p", "score": "s", "positive_label": labels[1]}
    verdict, told = own_result(tmp_path, f"sklearn.metrics:{name}", columns, **keys)
    assert verdict is Verdict.PASS
    assert told.startswith(f"m-own: {expected:.3f} (95 %")


@pytest.mark.parametrize("name", ["log_loss", "roc_auc_score"])
@pytest.mark.parametrize("labels", [(1, 0), ("b", "a")])
def test_a_score_of_another_label_than_the_last_is_not_taken_for_that_of_the_last(
    tmp_path: Path, name: str, labels: tuple[Any, Any]
) -> None:
    keys = {"prediction": "p", "score": "s", "positive_label": labels[1]}
    verdict, told = own_result(tmp_path, f"sklearn.metrics:{name}", labelled(labels), **keys)
    assert verdict is Verdict.ERROR
    assert f"last in order, which positive_label '{labels[1]}' is not" in told


def test_a_segment_without_one_of_the_classes_is_an_error_of_its_checks(tmp_path: Path) -> None:
    given = GIVEN["multiclass"]
    columns = {"y": given["y_true"], "g": np.where(given["y_true"] == "bus", "a", "b")}
    columns |= {f"s{k}": scores for k, scores in enumerate(given["y_score"].T)}
    scores = {"bus": "s0", "car": "s1", "rail": "s2"}
    thresholds = {"own": {"metric": "sklearn.metrics:log_loss", "max": 1e9}}
    segments = [{"by": "g", "thresholds": thresholds}]
    keys = {"task": "multiclass", "score": scores, "segments": segments}
    _, *parts = results_of(tmp_path, columns, **keys)
    assert [one.verdict for one in parts] == [Verdict.ERROR, Verdict.ERROR]


def test_a_function_that_is_told_nothing_of_rows_is_refused(tmp_path: Path) -> None:
    reference = python_module(tmp_path, function_text("y_true, predictions=None"), "own")["python"]
    verdict, told = own_result(tmp_path, reference, {"y": [0, 1], "p": [0, 1]})
    assert verdict is Verdict.ERROR
    assert told == (
        "takes predictions, but is given only y_true, y_pred, y_score, weight, by these or other "
        "names (y1, labels_true, y2, labels_pred, y_proba, y_prob, sample_weight, pos_label)"
    )


def function_text(takes: str) -> str:
    return f"def own({takes}):\n    return 1.0\n"
