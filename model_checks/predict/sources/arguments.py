"""The arguments that a custom function names, and the values that it is to be given for them."""

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
"""Names of scikit-learn, so that its functions can be used without one around them."""

_MEANINGS = {**{name: name for name in GIVEN}, **OTHER_NAMES, POSITIVE: POSITIVE}
_PROBABILITIES = ("y_proba", "y_prob")
_LOSSES_OF_PROBABILITIES = ("log_loss", "d2_log_loss_score")
"""Losses of scikit-learn that take probabilities; before 1.9 they call these ``y_pred``."""

_MANY = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class UnfitArgumentsError(ValueError):
    """The error of a function that wants what it can't be given; its text follows the name."""


class Named:
    """The arguments of one function.

    Raises
    ------
    UnfitArgumentsError
        If the function takes an unknown argument that is no option, or no known one.
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
        """Return the arguments that the function is called with.

        Parameters
        ----------
        given
            Values by the names of ``GIVEN``, and the positive label of a binary model.

        Raises
        ------
        UnfitArgumentsError
            If the rows lack what the function takes, or it would take this for something else.
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
            # An optional y_score may be None, and so may a required one that has labels beside it.
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
    """Return the function that is called in the end, and the arguments that are set already."""
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
    """Return whether an argument is an older name of another, as scikit-learn marks it."""
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
    """Return whether an argument that has a default seems to be of rows, and no option."""
    return one.name.startswith("y_") or (one.default is None and one.kind in _BY_POSITION)


def _also() -> str:
    return f", by these or other names ({', '.join(_others())})"


def _others() -> Iterator[str]:
    yield from OTHER_NAMES
    yield POSITIVE
