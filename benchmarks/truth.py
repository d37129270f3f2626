"""Finds by whole numbers what the metrics of a log must come to: no engine, no metric of ours.

    python benchmarks/truth.py log.parquet truth.json

It writes five metrics of all rows and of each value of ``segment_1``, and the interval of the ROC
AUC. It holds all rows in memory, four bytes for each score with its label.
"""

import argparse
import json
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from prediction_log import FINENESS

CONFIDENCE = 0.95
_Found = dict[str, dict[str, float]]


def main(log: Path, truth: Path) -> None:
    """Write each metric under its name, followed by the segment value."""
    packed, segments, names = _read(log)
    found: _Found = {}
    for number, name in enumerate(names):
        found |= _metrics(packed[segments == number], f" {name}")
    found |= _metrics(packed, "")
    truth.write_text(json.dumps(found))


def _read(log: Path) -> tuple[NDArray[np.uint32], NDArray[np.uint8], list[str]]:
    """Return of each row 2 * its score in units of the fineness + its label, and its segment."""
    file = pq.ParquetFile(log, read_dictionary=["segment_1"])
    rows = file.metadata.num_rows
    packed, segments = np.empty(rows, np.uint32), np.empty(rows, np.uint8)
    names: list[str] = []
    start = 0
    for batch in file.iter_batches(1_000_000, columns=["label", "score", "segment_1"]):
        label, score, segment = (column for column in batch.columns)
        end = start + len(batch)
        units = score.to_numpy() * FINENESS
        packed[start:end] = 2 * units.astype(np.uint32) + label.to_numpy()
        values = segment.dictionary.to_pylist()
        names += [value for value in values if value not in names]
        places = np.array([names.index(value) for value in values], np.uint8)
        segments[start:end] = places[segment.indices.to_numpy()]
        start = end
    return packed, segments, names


def _metrics(packed: NDArray[np.uint32], segment: str) -> _Found:
    """Return the five metrics of rows, which are sorted in place."""
    positive, predicted = (packed & 1).astype(bool), packed >= FINENESS  # a score of 0.5 on
    tp = int(np.count_nonzero(positive & predicted))
    positives, predictions = int(np.count_nonzero(positive)), int(np.count_nonzero(predicted))
    hits = len(packed) - positives - predictions + 2 * tp
    return {
        f"accuracy{segment}": {"value": hits / len(packed), "n": len(packed)},
        f"precision{segment}": {"value": tp / predictions, "n": predictions},
        f"recall{segment}": {"value": tp / positives, "n": positives},
        f"f1{segment}": {"value": 2 * tp / (positives + predictions)},
        f"roc_auc{segment}": _auc(packed),
    }


def _auc(packed: NDArray[np.uint32]) -> dict[str, float]:
    """Return the area by counting, and DeLong's interval on the logit scale.

    The rows are sorted once with the negatives first among equal scores, once with the positives
    first: a row's place tells how many of the other class are below it, with ties and without.
    """
    packed.sort()
    of_negatives, of_positives = _others_below(packed & 1 == 1)
    packed ^= 1
    packed.sort()
    without_ties = _others_below(packed & 1 == 0)
    packed ^= 1
    of_negatives += without_ties[0]
    of_positives += without_ties[1]
    negatives, positives = len(of_negatives), len(of_positives)
    value = int(of_positives.sum()) / (2 * positives * negatives)
    variance = np.var(of_positives / (2 * negatives), ddof=1) / positives
    variance += np.var(of_negatives / (2 * positives), ddof=1) / negatives
    spread = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * math.sqrt(variance)
    odds = math.exp(spread / (value * (1 - value)))
    low = value / (value + (1 - value) * odds)
    high = value / (value + (1 - value) / odds)
    return {"value": value, "low": low, "high": high, "n": len(packed)}


def _others_below(positive: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return for negatives and for positives how many of the other class come before each."""
    places = [np.flatnonzero(positive == label) for label in (False, True)]
    for place in places:
        np.subtract(place, np.arange(len(place)), out=place)
    return places


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Find the metrics of a log by whole numbers.")
    parser.add_argument("log", type=Path)
    parser.add_argument("truth", type=Path)
    given = parser.parse_args()
    main(given.log, given.truth)
