"""scikit-learn's side of ``against_sklearn.py``: 105 values of rows that are in memory.

    python benchmarks/sklearn_side.py log.parquet values.json seconds.txt

The seconds of the computing alone are added to the last file as a line.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score

SCORES = {
    "accuracy": accuracy_score,
    "precision": precision_score,
    "recall": recall_score,
    "f1": f1_score,
}


def main(log: str, values: Path, seconds: Path) -> None:
    """Read, compute, and write the values and the seconds that the computing took."""
    table = pq.read_table(log, columns=["label", "prediction", "score", "segment_1"])
    label, prediction, score = (column.to_numpy() for column in table.columns[:3])
    segments = table["segment_1"].combine_chunks().dictionary_encode()
    codes, names = segments.indices.to_numpy(), segments.dictionary.to_pylist()
    started = time.perf_counter()
    found = _metrics("", label, prediction, score)
    for code, name in enumerate(names):
        rows = codes == code
        found |= _metrics(f" {name}", label[rows], prediction[rows], score[rows])
    with seconds.open("a") as file:
        print(time.perf_counter() - started, file=file)
    values.write_text(json.dumps({name: {"value": float(one)} for name, one in found.items()}))


def _metrics(
    segment: str, label: NDArray[Any], prediction: NDArray[Any], score: NDArray[Any]
) -> dict[str, Any]:
    found = {f"{name}{segment}": metric(label, prediction) for name, metric in SCORES.items()}
    return found | {f"roc_auc{segment}": roc_auc_score(label, score)}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
