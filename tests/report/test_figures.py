"""One way of writing a figure: the same strings in every place where a check is told."""

import email
import email.policy
import math
import re
from html import unescape
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import factories
from support.project import Finished, Project, text_in

from model_checks import judge, load_settings
from model_checks.judging.results import Run
from model_checks.report.charts.overview import overview_drawing
from model_checks.report.table_row import row_of
from model_checks.text.figures import decimals, figure

TOML = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
baseline = { prediction = "before" }

[models.churn.thresholds]
accuracy = { min = 0.8, max_degradation = 0.01 }
recall = { max_degradation = "1.5%" }

[[models.churn.segments]]
by = "plan"
max_gap = { accuracy = 0.001 }

[models.plans]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"

[[models.plans.segments]]
by = "plan"
thresholds = { accuracy = 0.9 }

[models.kinds]
task = "multiclass"
data = "kinds.parquet"
target = "kind"
prediction = "predicted"

[models.kinds.thresholds]
fbeta = { min = 0.9, beta = 0.5, average = "macro" }
f1 = { min = 0.9, average = "weighted" }
"""
ERRORS = {
    "tiny": (0.00012, 0.0001),
    "least": (1.2345e-12, 1e-12),
    "huge": (1.1e6, 1e6),
    "vast": (1.1e15, 1e15),
}
"""Mean absolute errors, and the most that was agreed."""

ERRORS_TOML = """
[models.{name}]
task = "regression"
data = "{name}.parquet"
target = "paid"
prediction = "predicted"
thresholds = {{ mae = {most}, r2 = 0.1 }}
"""
SEGMENT = (("plan", "AA"),)
PLANS = ["AA", None, "", "null", " x ", "<b>"]


def churn() -> dict[str, list[object]]:
    """2,500 rows of which 1,999 are right; the model before was right in 100 more."""
    labels = [k % 2 for k in range(2500)]
    right = [k % 5 > 0 and k != 1 for k in range(2500)]
    before = [is_right or k % 50 in (5, 10) for k, is_right in enumerate(right)]
    return {
        "left": [*labels],
        "predicted": [y if is_right else 1 - y for y, is_right in zip(labels, right, strict=True)],
        "before": [y if is_right else 1 - y for y, is_right in zip(labels, before, strict=True)],
        "plan": [PLANS[k // 7 % 6] for k in range(2500)],
    }


def kinds() -> dict[str, list[object]]:
    true = [k % 3 for k in range(300)]
    return {"kind": [*true], "predicted": [0 if k % 4 == 0 else y for k, y in enumerate(true)]}


def amounts(error: float) -> dict[str, list[object]]:
    """Targets that are nearly the same, and predictions off by about as much as is told."""
    off = [error * (0.8, 1.2, -0.9, -1.1)[k % 4] for k in range(400)]
    target = [error * (k % 4) / 4 for k in range(400)]
    return {"paid": [*target], "predicted": [y + e for y, e in zip(target, off, strict=True)]}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    toml = TOML + "".join(ERRORS_TOML.format(name=n, most=m) for n, (_, m) in ERRORS.items())
    made = Project(tmp_path_factory.mktemp("figures")).write("thresholds.toml", toml)
    for name, (error, _) in ERRORS.items():
        made.log(f"{name}.parquet", amounts(error))
    return made.log("churn.parquet", churn()).log("kinds.parquet", kinds())


@pytest.fixture(scope="module")
def finished(project: Project) -> Finished:
    return project.run("--checks-email-dry-run", "--checks-charts=all")


@pytest.fixture(scope="module")
def run(project: Project) -> Run:
    return judge(load_settings(project.folder / "thresholds.toml"))


class Told(NamedTuple):
    """What is told of a check, and how; ``drawn`` is what of it a chart has room for."""

    metric: str
    where: str
    value: str
    interval: str
    agreed: str

    @property
    def drawn(self) -> set[str]:
        """A chart's own headings say that it is worse, and than what."""
        value, agreed = self.value.removesuffix(" worse"), self.agreed.partition(" worse")[0]
        return {value, agreed} if self.where.startswith("plan") else {value, self.interval, agreed}

    @property
    def limit(self) -> str:
        return re.sub("at (most|least) | worse.*", "", self.agreed)


R2 = ("-12.120", "-13.399 to -10.954", "at least 0.100")
TOLD = {
    "churn-accuracy": ("accuracy", "all rows", "0.7996", "0.7835 to 0.8148", "at least 0.8000"),
    "churn-accuracy-degradation": (
        *("accuracy, degradation", "all rows", "0.040 worse"),
        *("0.032 to 0.048", "at most 0.010 worse than 0.840"),
    ),
    "churn-recall-degradation": (
        *("recall, degradation", "all rows", "4.8 % worse"),
        *("3.5 % to 6.1 %", "at most 1.5 % worse than 0.839"),
    ),
    "churn-accuracy-gap-plan": (
        *("accuracy", "gap by plan", "0.00431", "0.00000 to 0.05860", "at most 0.00100"),
    ),
    "plans-accuracy-plan=AA": (
        *("accuracy", "plan = AA", "0.798", "0.757 to 0.833", "at least 0.900"),
    ),
    "plans-accuracy-plan=~null": (
        *("accuracy", "plan is null", "0.800", "0.759 to 0.835", "at least 0.900"),
    ),
    "plans-accuracy-plan=null": (
        *("accuracy", "plan = 'null'", "0.802", "0.761 to 0.837", "at least 0.900"),
    ),
    "plans-accuracy-plan=~e3b0c44298fc": (
        *("accuracy", "plan = ''", "0.800", "0.759 to 0.835", "at least 0.900"),
    ),
    "plans-accuracy-plan=x~fc191eafd9c5": (
        *("accuracy", "plan = ' x '", "0.799", "0.758 to 0.835", "at least 0.900"),
    ),
    "plans-accuracy-plan=b~507ca5a2742e": (
        *("accuracy", "plan = <b>", "0.799", "0.758 to 0.835", "at least 0.900"),
    ),
    "kinds-fbeta": (
        *("fbeta (beta 0.5, macro)", "all rows", "0.863", "0.826 to 0.893", "at least 0.900"),
    ),
    "kinds-f1": ("f1 (weighted)", "all rows", "0.838", "0.794 to 0.874", "at least 0.900"),
    "tiny-mae": ("mae", "all rows", "0.000120", "0.000118 to 0.000122", "at most 0.000100"),
    "least-mae": ("mae", "all rows", "1.23e-12", "1.22e-12 to 1.25e-12", "at most 1e-12"),
    "huge-mae": ("mae", "all rows", "1,100,000", "1,082,882 to 1,117,118", "at most 1,000,000"),
    "vast-mae": ("mae", "all rows", "1.1e+15", "1.08e+15 to 1.12e+15", "at most 1e+15"),
    **{f"{name}-r2": ("r2", "all rows", *R2) for name in ERRORS},
}


@pytest.fixture(params=TOLD)
def check(request: pytest.FixtureRequest) -> str:
    """Each check of the file, all of which fail."""
    name: str = request.param
    return name


def test_none_is_left_out(finished: Finished) -> None:
    assert finished.verdicts == dict.fromkeys(TOLD, "FAIL")


def test_a_message_and_the_mail_as_text_have_the_figures(finished: Finished, check: str) -> None:
    told, message = Told(*TOLD[check]), finished.checks[check]["message"]
    assert re.search(rf"(?<![\d.,-]){re.escape(told.value)}[ ,]", message)
    assert f" {told.interval}, " in message
    assert re.search(rf"agreed {re.escape(told.limit)}$|, {told.limit} was agreed:", message)
    assert message.startswith(f"{label(check)}: ")
    assert message in finished.text
    assert message in " ".join(mail(finished, "plain").split())


@pytest.mark.parametrize("place", ["summary.html", "the mail"])
def test_a_page_has_the_figures(finished: Finished, check: str, place: str) -> None:
    told = Told(*TOLD[check])
    page = finished.report_dir / "summary.html"
    text = text_in(page.read_text("utf-8") if place == "summary.html" else mail(finished, "html"))
    assert f"{told.metric}{told.where}{told.value}" in text
    assert f"{told.interval}{told.agreed}" in text


def test_a_row_of_the_report_has_the_figures(finished: Finished, check: str) -> None:
    told = Told(*TOLD[check])
    cells = [[text_in(one) for one in row["resultsTableRow"]] for row in finished.report_rows()]
    [row] = [one for one in cells if one[1] == label(check)]
    assert row[2:5] == [told.value, told.interval, told.agreed]


def test_a_chart_has_the_figures(finished: Finished, run: Run, check: str) -> None:
    told, model = Told(*TOLD[check]), check.partition("-")[0]
    assert told.drawn <= {*overview_drawing(model, run.of_model(model)).labels()}
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', unescape(finished.report()))
    message = finished.checks[check]["message"]
    assert [message in unescape(alt) for alt in alts].count(True) == 1


def label(check: str) -> str:
    """An id, with the words for a segment where the id has but a hash."""
    hashed = re.search("~[0-9a-f]{12}", check)
    return f"{check} ({Told(*TOLD[check]).where})" if hashed else check


def mail(finished: Finished, kind: str) -> str:
    """A part of the mail as its reader has it."""
    written = (finished.report_dir / "email.eml").read_bytes()
    part = email.message_from_bytes(written, policy=email.policy.default).get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


# Figures and their bounds.


@pytest.mark.parametrize(
    ("agreed", "found", "told"),
    [
        ([0.8], [0.7996], ["0.8000", "0.7996"]),
        ([0.8], [0.79999999999], ["0.80000000000", "0.79999999999"]),
        ([0.8], [0.7999999999999], ["0.8", "0.7999999999999"]),
        ([0.0001], [0.00012], ["0.000100", "0.000120"]),
        ([1e-12], [1.2345e-12], ["1e-12", "1.23e-12"]),
        ([0.0], [5e-324], ["0.0", "5e-324"]),
        ([16.0], [14.23], ["16.000", "14.230"]),
        ([1e5], [123456.7], ["100,000", "123,457"]),
        ([1e5], [100000.3], ["100,000.0", "100,000.3"]),
        ([0.5], [1.1e6], ["0.500", "1,100,000.000"]),
        ([250000.25], [1.1e6], ["250,000.25", "1,100,000.00"]),
        ([1e15], [1e15 + 1], ["1000000000000000.0", "1000000000000001.0"]),
        ([1.7e308], [-1.7e308], ["1.7e+308", "-1.7e+308"]),
        ([-0.25], [-0.3, -0.0], ["-0.250", "-0.300", "0.000"]),
        ([2.0], [math.inf, -math.inf, math.nan], ["2.000", "infinity", "minus infinity", "nan"]),
    ],
)
def test_a_number_is_as_long_as_it_has_to_be(
    agreed: list[float], found: list[float], told: list[str]
) -> None:
    digits = decimals(agreed, found)
    assert [figure(number, digits) for number in (*agreed, *found)] == told


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(finite, min_size=1, max_size=2), st.lists(finite, max_size=3))
def test_no_number_is_written_as_one_that_was_agreed(
    agreed: list[float], found: list[float]
) -> None:
    digits = decimals(agreed, found)
    for limit in agreed:
        assert float(figure(limit, digits).replace(",", "")) == limit
        for number in found:
            assert (figure(number, digits) == figure(limit, digits)) == (number == limit)


def test_the_end_of_an_interval_that_decides_is_told_from_the_bound() -> None:
    held = factories.bound(min=0.8, rule="confident")
    one = factories.estimate(0.85, 0.79996, 0.9)
    message = factories.result_of(factories.check(held), one, 400).message
    assert "0.85000 (95 % interval 0.79996 to 0.90000, " in message
    assert "is not proven to be at least the agreed 0.80000" in message


@given(st.floats(-1e16, 1e16), st.floats(1e-13, 1e16), st.floats(0, 2))
def test_a_chart_has_a_figure_whole_or_not_at_all(value: float, most: float, half: float) -> None:
    reach = half * abs(value)
    one = factories.estimate(value, value - reach, value + reach, unit="rows")
    checks = [
        factories.check(factories.bound(max=most), metric=metric, segment=segment)
        for metric, segment in (("mae", ()), ("mae", SEGMENT), ("rmse", SEGMENT))
    ]
    found = [factories.result_of(check, one, 400) for check in checks]
    row = row_of(found[0])
    labels = overview_drawing("prices", found).labels()
    assert (labels.count(row.value), labels.count(row.agreed)) >= (3, 1)
    others = {text for text in labels if text[-1:].isdigit() and (" to " in text or "at " in text)}
    assert others <= {row.interval, row.agreed}
