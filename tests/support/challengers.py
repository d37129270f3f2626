"""A project with a deployed model, and candidates that are better, as good, and worse."""

from pathlib import Path

import numpy as np
import pandas as pd
import skops.io
from sklearn.linear_model import LogisticRegression

from support.project import Project

ROWS = 3000

TOML = """
[models.churn]
task   = "binary"
model  = "models/churn.skops"
data   = "churn.parquet"
target = "left"

[models.churn.thresholds]
recall  = { min = 0.60, max_degradation = 0.01 }
roc_auc = { min = 0.70, max_degradation = "2%" }

[[models.churn.segments]]
by         = "plan"
thresholds = { accuracy = { min = 0.60, max_degradation = 0.05 } }
max_gap    = { accuracy = 0.15 }
"""

CHECKS = [
    "churn-recall",
    "churn-recall-degradation",
    "churn-roc_auc",
    "churn-roc_auc-degradation",
    "churn-accuracy-plan=basic",
    "churn-accuracy-plan=family",
    "churn-accuracy-degradation-plan=basic",
    "churn-accuracy-degradation-plan=family",
    "churn-accuracy-gap-plan",
]


def rows(count: int = ROWS) -> pd.DataFrame:
    """Customers, of whom some left: what is known of them, and half of the reasons."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.normal(size=(count, 3)), columns=["calls", "months", "noise"])
    reasons = frame["calls"] - frame["months"] + rng.normal(size=count)
    frame["left"] = (reasons > 0).astype(int)
    frame["plan"] = np.where(rng.random(count) < 0.5, "basic", "family")
    return frame


def save(frame: pd.DataFrame, features: list[str], path: Path) -> None:
    """A model that knows some features."""
    path.parent.mkdir(parents=True, exist_ok=True)
    skops.io.dump(LogisticRegression().fit(frame[features], frame["left"]), path)


def challenged(folder: Path, toml: str = TOML) -> Project:
    """A project in which ``better``, ``same`` and ``worse`` may take the place of what is deployed.

    The better one knows both features that matter, the deployed one both as well, but from a few
    rows; the worse one knows a single of them, and ``same`` is a copy of what is deployed.
    """
    frame = rows()
    frame.to_parquet(folder / "churn.parquet")
    models = folder / "models"
    save(frame.head(40), ["calls", "months", "noise"], models / "churn.skops")
    (models / "same.skops").write_bytes((models / "churn.skops").read_bytes())
    save(frame, ["calls", "months"], models / "better.skops")
    save(frame, ["calls", "noise"], models / "worse.skops")
    return Project(folder).write("thresholds.toml", toml)
