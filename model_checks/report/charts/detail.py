"""The chart of one check, whose kind follows from the curves that there are."""

from typing import TYPE_CHECKING

from model_checks.plan.checks import Segment, segment_in_words
from model_checks.report.charts.classification import roc_and_confusion_chart
from model_checks.report.charts.multilabel import outcomes_chart
from model_checks.report.charts.regression import regression_chart
from model_checks.report.picture import Chart

if TYPE_CHECKING:  # whoever calls has imported them
    from model_checks.measure.curves import Curves


def detail_chart(model: str, segment: Segment, curves: "Curves") -> Chart:
    """Return the chart of a model's predictions on all rows, or on a segment.

    Parameters
    ----------
    model
        The name of the model.
    segment
        Columns with their values; empty for all rows.
    curves
        The curves, as ``model_checks.measure.curves.curves_of`` returns them.
    """
    from model_checks.measure.curves import Confusion, PredictedAgainstActual

    title = ", ".join([model, *([segment_in_words(segment)] if segment else [])])
    if len(curves) == 1:
        return outcomes_chart(model, title, *curves)
    first, second = curves
    if isinstance(second, Confusion):
        assert not isinstance(first, PredictedAgainstActual)
        return roc_and_confusion_chart(model, title, first, second)
    assert isinstance(first, PredictedAgainstActual)
    return regression_chart(model, title, first, second)
