"""A custom metric: a function of a user's module, called with the arguments that it names."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from model_checks.errors import FunctionError, SourceError, guarded
from model_checks.predict.sources import importable, raised
from model_checks.predict.sources.arguments import POSITIVE, Named, UnfitArgumentsError
from model_checks.predict.sources.process_state import process_state_of
from model_checks.predict.sources.python import load_object
from model_checks.text import type_name


class LoadedFunction:
    """A function that answers with a number.

    Parameters
    ----------
    reference
        ``package.module:function``.
    folder
        The folder from which it may be imported, beside what is installed.

    Attributes
    ----------
    process_state
        The changes that its module has made to the process, to be entered where it is called.

    Raises
    ------
    FunctionError
        If it can't be imported or called, or wants arguments that there are not.
    """

    def __init__(self, reference: str, folder: Path) -> None:
        self._reference = reference
        self._folder = folder
        self.process_state = process_state_of(reference)
        self._call = self._imported()
        with guarded(lambda error: self._error(f"asked for its arguments, it {raised(error)}")):
            self._named = self._arguments()

    def __call__(self, given: Mapping[str, Any]) -> float:
        """Return the number that the function answers with.

        Parameters
        ----------
        given
            Values of ``arguments.GIVEN`` and, of a binary model, the positive label; the function
            gets the values that it names.

        Raises
        ------
        FunctionError
            If it raises, or answers with something that is no finite number; or if it takes scores
            that there are not.
        """
        try:
            arguments = self._named.of(given)
        except UnfitArgumentsError as error:
            raise self._error(str(error)) from None
        rows = (np.ravel(one) for name, one in arguments.items() if name != POSITIVE)
        with guarded(lambda error: self._error(raised(error, rows))):
            with importable(self._folder):
                answer = self._call(**arguments)
            return self._number(answer)  # what is no number of Python's own runs code as well

    def _imported(self) -> Callable[..., Any]:
        refused = guarded(lambda error: self._error(f"can't be imported, it {raised(error)}"))
        try:
            with refused, importable(self._folder), self.process_state.entered():
                found = load_object(self._reference, "metric")
        except SourceError as error:
            raise FunctionError(str(error)) from None
        if not callable(found):
            raise self._error(f"is no function but a {type_name(found)}")
        named: Callable[..., Any] = found
        return named

    def _arguments(self) -> Named:
        """Return the arguments that the function is called with."""
        try:
            return Named(self._call)
        except UnfitArgumentsError as error:
            raise self._error(str(error)) from None
        except (TypeError, ValueError):
            raise self._error("does not tell which arguments it takes") from None

    def _number(self, answer: Any) -> float:
        if isinstance(answer, np.generic | np.ndarray) and answer.ndim == 0:
            answer = answer.item()
        if not isinstance(answer, Real | Decimal) or isinstance(answer, bool):
            raise self._error(f"answered with a {type_name(answer)}, which is no number")
        try:
            number = float(answer)
        except OverflowError:
            raise self._error("answered with a number that is too large") from None
        if not isfinite(number):
            raise self._error(f"answered with {number}, which can be held against no bound")
        return number

    def _error(self, text: str) -> FunctionError:
        return FunctionError(f"metric {self._reference!r}: {text}")
