"""Charts of results and curves as PNG: the only package that knows matplotlib.

``canvas`` draws, and alone imports it; the rest decides what is drawn, in numbers and words.
"""

from model_checks.report.charts.classification import roc_and_confusion_chart
from model_checks.report.charts.detail import detail_chart
from model_checks.report.charts.multilabel import outcomes_chart
from model_checks.report.charts.overview import overview_chart
from model_checks.report.charts.regression import regression_chart

__all__ = [
    "detail_chart",
    "outcomes_chart",
    "overview_chart",
    "regression_chart",
    "roc_and_confusion_chart",
]
