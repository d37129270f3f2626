"""The HTML report: safe with any value, without secrets, and never in the way of a verdict."""

import json
from pathlib import Path

import pytest
from support.project import (
    CHURN,
    Finished,
    Project,
    called_model,
    churn_log,
    churn_project,
    handlers_in,
    tags_in,
    text_in,
)

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "\"'",
    "two\nlines",
    "\U0001f600",
    "x" * 500,
    "a<b",
    "a>b",
    "*",
    "",
    None,
    "null",
    "]",
    "::",
    "{{ 7 * 7 }}",
    "../../etc/passwd",
    "back\\slash\\u0041",
]
BY_PLAN = """
[[models.churn.segments]]
by = "plan"
thresholds = { recall = 0.7 }
"""
SECRETS = {
    "BUILD_URL": "https://user:secret@ci.example.com/job/1/",
    "GIT_URL": "https://robot:tok@en@git.example.com/models.git",
    "JENKINS_URL": "https://ci.example.com/",
}
BROKEN = """
import model_checks.report.charts, model_checks.notify.email.message
def broken(*_):
    raise RuntimeError("no ink\\nleft")
model_checks.report.charts.detail_chart = broken
model_checks.report.charts.overview_chart = broken
model_checks.report.page.summary_html = broken
"""


def by_plan(folder: Path, plans: list[str | None], toml: str = CHURN + BY_PLAN) -> Project:
    """A log in which each plan has 40 rows, and the first one is always predicted wrongly."""
    rows = [(plan, k % 2) for plan in plans for k in range(40)]
    predicted = [1 - left if plan == plans[0] else left for plan, left in rows]
    columns: dict[str, list[object]] = {
        "left": [left for _, left in rows],
        "predicted": [*predicted],
        "p": [0.25 + 0.5 * one for one in predicted],
        "plan": [plan for plan, _ in rows],
    }
    return Project(folder).write("thresholds.toml", toml).log("churn.parquet", columns)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Charts for all, and the environment of a CI with passwords in it, with two workers."""
    project = by_plan(tmp_path_factory.mktemp("hostile"), HOSTILE)
    arguments = [
        "-n2",
        "-v",
        "-rA",
        "--checks-charts=all",
        "--junitxml=junit.xml",
        "--checks-email-dry-run",
    ]
    return project.run(*arguments, **SECRETS)


def test_every_hostile_value_is_judged(hostile: Finished) -> None:
    judged = [check["segment"]["plan"] for check in hostile.checks.values() if check["segment"]]
    assert sorted(judged, key=str) == sorted(HOSTILE, key=str)
    assert hostile.results["run"]["left_out"] == []
    assert hostile.exit_code == 1


def test_each_hostile_value_has_its_own_verdict(hostile: Finished) -> None:
    failed = [check for check in hostile.checks.values() if check["failed"]]
    assert [check["segment"] for check in failed] == [{"plan": HOSTILE[0]}]


def test_ids_are_plain_and_of_one_line(hostile: Finished) -> None:
    plain = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-=~")
    assert [name for name in hostile.checks if not set(name) <= plain or len(name) > 100] == []
    assert len(hostile.report_rows()) == len(hostile.checks) == len(HOSTILE) + 2


def test_no_value_becomes_markup_of_the_page(hostile: Finished) -> None:
    page = hostile.report()
    assert handlers_in(page) == ["onclick"]  # pytest-html's own
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_no_value_becomes_markup_once_the_rows_are_drawn(hostile: Finished) -> None:
    for row in hostile.report_rows():
        drawn = "".join([*row["resultsTableRow"], row["log"]])
        assert set(tags_in(drawn)) == {"td"}
        assert handlers_in(drawn) == []
        assert text_in(drawn).count("churn-") >= 2


def test_no_value_becomes_markup_of_a_picture_and_its_name(hostile: Finished) -> None:
    names = [extra["name"] for row in hostile.report_rows() for extra in row["extras"]]
    assert len(names) == len(HOSTILE) + 2
    assert [name for name in names if tags_in(name)] == []


@pytest.mark.parametrize("file", ["reports/report.html", "reports/summary.html"])
def test_pages_have_no_element_that_we_did_not_make(hostile: Finished, file: str) -> None:
    known = "html head meta title style link body footer h1 h2 h3 p a div span br hr b strong pre"
    known += " table thead tbody tfoot tr th td ul li img template button input label script"
    known += " video source"
    assert set(tags_in(hostile.report(file))) <= set(known.split())


@pytest.mark.parametrize("secret", ["secret", "tok@en", "user:", "robot:"])
def test_no_password_of_the_environment_is_in_the_report(hostile: Finished, secret: str) -> None:
    assert secret not in hostile.text
    assert secret not in hostile.report()
    assert secret not in hostile.report("reports/summary.html")
    assert secret not in hostile.report("reports/results.json")


def test_the_environment_is_shown_without_its_passwords(hostile: Finished) -> None:
    environment = hostile.report_data()["environment"]
    assert environment["BUILD_URL"] == "https://ci.example.com/job/1/"
    assert environment["GIT_URL"] == "https://git.example.com/models.git"
    assert environment["JENKINS_URL"] == "https://ci.example.com/"


def test_nothing_in_the_page_is_no_number(hostile: Finished) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(json.dumps(hostile.report_data()), parse_constant=refuse)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A report of the user's own, with files beside it, and two ids that differ in a sign."""
    project = by_plan(tmp_path_factory.mktemp("own"), [])
    project.log(
        "churn.parquet", {**churn_log(wrong=200), "plan": ["a+b", "a+b", "a-b", "a-b"] * 50}
    )
    return project.run("--html=own.html", "--checks-charts=failed", **SECRETS)


def test_a_report_of_ones_own_takes_the_place_of_ours(own: Finished) -> None:
    assert own.report_data("own.html")["title"] == "own.html"
    written = sorted(path.name for path in own.report_dir.iterdir())
    assert written == ["results.json", "summary.html"]


def test_a_report_of_ones_own_has_each_check_with_its_message(own: Finished) -> None:
    rows = {row["testId"].split("[")[1][:-1]: row for row in own.report_rows("own.html")}
    assert rows.keys() == own.checks.keys()
    assert all(rows[name]["log"] == check["message"] for name, check in own.checks.items())


def test_no_two_checks_share_a_picture_in_a_report_of_ones_own(own: Finished) -> None:
    pictures = [row["extras"][0]["content"] for row in own.report_rows("own.html")]
    assert len(set(pictures)) == 3  # of all rows, which two checks are about, and of each plan
    assert sorted(path.name for path in (own.folder / "assets").iterdir()) == ["style.css"]


def test_a_report_of_ones_own_has_no_passwords_either(own: Finished) -> None:
    page = own.report("own.html")
    assert [secret for secret in ("secret", "tok@en", "user:", "robot:") if secret in page] == []


def test_what_can_not_be_drawn_or_written_changes_no_verdict(tmp_path: Path) -> None:
    project = churn_project(tmp_path, CHURN.replace("recall = 0.7", "recall = 0.9"))
    finished = project.write("broken.py", BROKEN).run(
        "-p", "broken", "--checks-charts=failed", "-n2"
    )
    assert finished.verdicts == {"churn-accuracy": "PASS", "churn-recall": "FAIL"}
    assert finished.exit_code == finished.results["run"]["exit_status"] == 1
    first = "churn-recall: RuntimeError: no ink left"
    assert f"left out: 2 charts could not be drawn; the first: {first}" in finished.section
    assert "summary.html could not be written: RuntimeError: no ink left" in finished.section
    assert len(finished.report_rows()) == 2


def test_what_a_model_says_when_it_fails_is_no_markup(tmp_path: Path) -> None:
    project = called_model(tmp_path, "raise ValueError('<img src=x onerror=alert(1)>')")
    finished = project.run("-m", "called and accuracy")
    assert "ValueError: <img src=x onerror=alert(1)>" in finished.text
    for row in finished.report_rows():
        assert "<img" not in row["log"]
        assert "&lt;img src=x onerror=alert(1)&gt;" in row["log"]


def test_what_is_printed_at_teardown_is_in_the_row(tmp_path: Path) -> None:
    project = churn_project(tmp_path)
    project.write(
        "conftest.py",
        """
import pytest
@pytest.fixture(autouse=True)
def around(request):
    yield
    print("after", request.node.name)
def pytest_html_results_table_row(report, cells):
    cells.pop()
""",
    )
    finished = project.run("-p", "conftest")
    rows = {text_in(row["resultsTableRow"][1]): row["log"] for row in finished.report_rows()}
    assert set(rows) == {"churn-accuracy", "churn-recall"}
    for check, log in rows.items():
        assert f"after test_threshold[{check}]" in log
