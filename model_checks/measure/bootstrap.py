"""Rows in memory -> a function's values on them, and on resamples of them."""

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from model_checks.errors import FunctionError
from model_checks.metrics.statistics import Answers, Floats
from model_checks.predict.sources.arguments import POSITIVE
from model_checks.predict.sources.function import LoadedFunction
from model_checks.predict.table import Predictions
from model_checks.text import label_text

RESAMPLES = 1000
MOST_FAILED = 50
"""Resamples on which a function may have no value, as where all rows of one are of one class."""


def answers_of(
    function: LoadedFunction, seed: int, table: Floats, arguments: "Arguments"
) -> Answers:
    """Return a function's values on some rows, and on resamples of them.

    Parameters
    ----------
    seed
        Seed of the resamples.
    table
        Shape (n, 3 + K): a row of numbers for each row.
    arguments
        Maps such numbers to the function's arguments.
    """
    with function.process_state.entered():
        return _answers(function, seed, table, arguments)


def _answers(function: LoadedFunction, seed: int, table: Floats, arguments: "Arguments") -> Answers:
    try:
        value = function(arguments.of(table))
    except FunctionError as error:
        return Answers.none(str(error))
    resampled, failed = [], 0
    with _quiet():
        for resample in _resamples(table, seed):
            try:
                resampled.append(function(arguments.of(resample)))
            except FunctionError as error:
                failed += 1
                if failed > MOST_FAILED:
                    return Answers.none(_too_often(len(resampled) + failed, error))
    return Answers(value, np.array(resampled), failed)


def _too_often(tried: int, error: FunctionError) -> str:
    return (
        f"{error} (on {MOST_FAILED + 1:,} of the first {tried:,} resamples of the rows, though not "
        "on the rows themselves; where so many have no value there is no interval)"
    )


def _resamples(table: Floats, seed: int) -> Iterator[Floats]:
    """Yield resamples: as many rows, drawn with replacement.

    The draws are made of the bits, which numpy promises never to change, and not by its own
    ``integers``, which it does not. Each row is as likely as any other to 1 part in 2**32 / n.
    """
    bits, n = np.random.PCG64(seed), len(table)
    for _ in range(RESAMPLES):
        places = (bits.random_raw(n) >> 32) * n >> 32
        yield table.take(places.astype(np.intp), axis=0)  # five times as fast as table[places]


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence a function's output and warnings, which a thousand repeats make no clearer."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Arguments:
    """The arguments of a function: the rows as their owner knows them.

    Labels are numbers if all of them are written as numbers are, else texts.
    """

    def __init__(self, predictions: Predictions) -> None:
        labels, scored = _labels(predictions), predictions.scored
        values = _values([*labels, *scored])
        decoded = predictions.task in ("binary", "multiclass")
        self._labels = values[: len(labels)] if decoded else None
        self._binary = predictions.task == "binary"
        self._positive = {POSITIVE: values[1].item()} if self._binary else {}
        self._several = predictions.task == "multilabel"
        self._weighted = predictions.weighted
        half = len(predictions.values) // 2
        self._true, self._predicted = slice(half), slice(half, 2 * half)
        # Scores in the order of their labels, as scikit-learn has them, however they were written.
        order = np.argsort(values[len(labels) :], kind="stable") if decoded else range(len(scored))
        self._scores = [2 * half + int(k) for k in order]

    def of(self, table: Floats) -> Mapping[str, Any]:
        """Return the arguments by name; the function may write to all of them."""
        scores = np.ascontiguousarray(table[:, self._scores])
        return {
            "y_true": self._decoded(table[:, self._true]),
            "y_pred": self._decoded(table[:, self._predicted]),
            "y_score": (scores[:, 0] if self._binary else scores) if self._scores else None,
            "weight": table[:, -1].copy() if self._weighted else None,
            **self._positive,
        }

    def _decoded(self, columns: Floats) -> Any:
        if self._several:  # 1 where a label is true or predicted
            return columns.astype(int, order="C")
        [column] = columns.T
        return column.copy() if self._labels is None else self._labels[column.astype(int)]


def _labels(predictions: Predictions) -> list[str]:
    """Return the labels; a numeric positive label that occurs alone is paired with 0 or 1."""
    labels = list(predictions.labels)
    if (
        predictions.task == "binary"
        and labels[0] == f"not {labels[1]}"
        and _number(labels[1]) is not None
    ):
        labels[0] = "0" if labels[1] != "0" else "1"
    return labels


def _values(labels: Sequence[str]) -> Any:
    numbers = [_number(label) for label in labels]
    return np.array(labels if None in numbers else numbers)


def _number(label: str) -> int | float | None:
    """Return the number that a label is written as; None for another text, such as 007.

    >>> _number("7"), _number("0.5"), _number("007"), _number("nan")
    (7, 0.5, None, None)
    """
    for read in (int, float):
        try:
            number = read(label)
        except ValueError:
            continue
        if -(2**63) <= number < 2**63 and label_text(number) == label:
            return number
    return None
