"""What a chart of one model is drawn from decides which one it is."""

from support.charts import AGAINST, CONFUSION, ERRORS, OUTCOMES, ROC

from model_checks.report.charts import detail_chart


def test_the_numbers_decide_which_chart_is_drawn() -> None:
    segment = (("carrier", "AA"), ("origin", None))
    chart = detail_chart("flights", segment, (ROC, CONFUSION))
    assert chart.title == "flights, carrier = AA, origin is null"
    assert "ROC curve" in chart.alt
    assert detail_chart("arrival", (), (AGAINST, ERRORS)).alt.startswith("arrival: 8 rows")
    assert detail_chart("tags", (), (OUTCOMES,)).alt.startswith("tags: 1,200 rows, 3 labels")
