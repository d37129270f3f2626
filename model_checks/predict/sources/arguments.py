"""The arguments that a function of somebody's own names, and what it is to be given for them."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from inspect import Parameter
from typing import Any

import numpy as np

GIVEN = ("y_true", "y_pred", "y_score", "weight")
POSITIVE = "pos_label"
OTHER_NAMES = {
    "y1": "y_true",
    "labels_true": "y_true",
    "y2": "y_pred",
    "labels_pred": "y_pred",
    "y_proba": "y_score",
    "y_prob": "y_score",
    "sample_weight": "weight",
}
"""Those of scikit-learn, so that its own functions can be named without one around them."""

_MEANINGS = {**{name: name for name in GIVEN}, **OTHER_NAMES, POSITIVE: POSITIVE}
_PROBABILITIES = ("y_proba", "y_prob")
_LOSSES_OF_PROBABILITIES = ("log_loss", "d2_log_loss_score")
"""Of scikit-learn: before 1.9 they call ``y_pred`` what are probabilities."""

_MANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class UnfitArgumentsError(ValueError):
    """A function wants what it can't be given; the text goes on from the function's name."""


class Named:
    """The arguments of one function.

    Raises
    ------
    UnfitArgumentsError
        If it takes one that is not known, and is no option, or none that is.
    """

    def __init__(self, call: Callable[..., Any]) -> None:
        function, preset = _beneath(call)
        self._of_scikit_learn = _is_scikit_learns(function)
        parameters = [
            one
            for one in inspect.signature(call).parameters.values()
            if one.name not in preset and not _is_deprecated(one)
        ]
        _refuse_unknown(parameters)
        self._meanings = {one.name: _MEANINGS[one.name] for one in parameters if _is_known(one)}
        self._required = {one.name for one in parameters if one.default is one.empty}
        if _takes_probabilities_as_labels(function, self._meanings):
            self._meanings["y_pred"] = "y_score"
        if any(one.kind is one.VAR_KEYWORD for one in parameters):
            rest = [name for name in GIVEN if name not in self._meanings.values()]
            self._meanings |= {name: name for name in rest}

    def of(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """What it is called with.

        Parameters
        ----------
        given
            Values of ``GIVEN``, and the positive label of a binary model.

        Raises
        ------
        UnfitArgumentsError
            If the rows don't have what it takes, or it would take it for something else.
        """
        for name, meaning in self._meanings.items():
            if meaning == "y_score":
                self._refuse_scores(name, given)
            elif meaning == POSITIVE and name in self._required and POSITIVE not in given:
                raise UnfitArgumentsError(f"takes {name}, which is given of binary models alone")
        return {name: given[one] for name, one in self._meanings.items() if one in given}

    def _refuse_scores(self, name: str, given: Mapping[str, Any]) -> None:
        scores = given["y_score"]
        if scores is None:
            # One that is called y_score may be None; with labels beside it, it can do without.
            labels = "y_pred" in self._meanings.values()
            if name != "y_score" or (name in self._required and not labels):
                raise UnfitArgumentsError(f"takes {name}, but the model has no scores")
            return
        if name in _PROBABILITIES and not np.all((scores >= 0) & (scores <= 1)):
            raise UnfitArgumentsError(
                f"takes {name}, but scores are not from 0 to 1, as probabilities are"
            )
        if self._of_scikit_learn and POSITIVE in given and POSITIVE not in self._meanings:
            positive, true = given[POSITIVE], given["y_true"]
            if np.any(true > positive):
                raise UnfitArgumentsError(
                    f"takes {name} for the score of the label that is last in order, which "
                    f"positive_label {str(positive)!r} is not; write a function around it"
                )


def _beneath(call: Callable[..., Any]) -> tuple[Any, frozenset[str]]:
    """The function that is called in the end, and the arguments that are set already."""
    preset = frozenset[str]()
    function: Any = call
    while isinstance(function, partial):
        preset |= function.keywords.keys()
        function = function.func
    return inspect.unwrap(function), preset


def _is_scikit_learns(function: Any) -> bool:
    module = getattr(function, "__module__", None)
    return isinstance(module, str) and module.split(".")[0] == "sklearn"


def _takes_probabilities_as_labels(function: Any, meanings: Mapping[str, str]) -> bool:
    named = getattr(function, "__name__", None) in _LOSSES_OF_PROBABILITIES
    return named and _is_scikit_learns(function) and "y_score" not in meanings.values()


def _is_deprecated(one: Parameter) -> bool:
    """Whether it is left out: the older name of another, as scikit-learn marks it."""
    return isinstance(one.default, str) and one.default == "deprecated"


def _is_known(one: Parameter) -> bool:
    return one.name in _MEANINGS and one.kind not in _MANY


def _refuse_unknown(parameters: Sequence[Parameter]) -> None:
    others = [one for one in parameters if not _is_known(one) and one.kind not in _MANY]
    known = {_MEANINGS[one.name] for one in parameters if _is_known(one)} - {POSITIVE}
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        known.update(GIVEN)
    needed = [one.name for one in others if one.default is one.empty]
    if not known and not needed:
        raise UnfitArgumentsError(f"takes none of {', '.join(GIVEN)}{_also()}")
    unknown = needed or [one.name for one in others if _is_data(one)]
    if not unknown and not {"y_true"} < known:  # what is true, or what is answered, has a default
        unknown = [one.name for one in others]
    if unknown:
        raise UnfitArgumentsError(
            f"takes {', '.join(unknown)}, but is given only {', '.join(GIVEN)}{_also()}"
        )


def _is_data(one: Parameter) -> bool:
    """Whether an argument that has a default seems to be of rows, rather than an option."""
    return one.name.startswith("y_") or (one.default is None and one.kind in _BY_POSITION)


def _also() -> str:
    return f", by these or other names ({', '.join(_others())})"


def _others() -> Iterator[str]:
    yield from OTHER_NAMES
    yield POSITIVE
