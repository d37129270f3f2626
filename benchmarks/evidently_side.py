"""Evidently's side of ``against_evidently.py``; runs in the environment that has evidently.

python evidently_side.py log.parquet report.html values.json
"""

import json
import sys

import pandas as pd
from evidently import (  # type: ignore[import-not-found]  # in an environment of its own
    BinaryClassification,
    DataDefinition,
    Dataset,
    Report,
)
from evidently.metrics import (  # type: ignore[import-not-found]  # as above
    Accuracy,
    F1Score,
    Precision,
    Recall,
    RocAuc,
)
from evidently.tests import gte  # type: ignore[import-not-found]  # as above

BOUND = 0.65
METRICS = {
    "accuracy": Accuracy,
    "precision": Precision,
    "recall": Recall,
    "f1": F1Score,
    "roc_auc": RocAuc,
}


def main(log: str, report: str, values: str) -> None:
    """Judge five metrics, each with a test, and save the page and the five values."""
    frame = pd.read_parquet(log, columns=["label", "prediction", "score"])
    task = BinaryClassification(
        target="label", prediction_labels="prediction", prediction_probas="score", pos_label=1
    )
    data = Dataset.from_pandas(frame, data_definition=DataDefinition(classification=[task]))
    judged = Report([metric(tests=[gte(BOUND)]) for metric in METRICS.values()]).run(data)
    judged.save_html(report)
    found = [{"value": metric["value"]} for metric in judged.dict()["metrics"]]
    passed = [test.status.value == "SUCCESS" for test in judged.tests_results]
    assert passed == [True] * len(METRICS), f"evidently's tests: {passed}"
    with open(values, "w") as file:  # noqa: PTH123 (as short as can be: its time counts)
        json.dump(dict(zip(METRICS, found, strict=True)), file)


if __name__ == "__main__":
    main(*sys.argv[1:])
