"""What a person's browser makes of the report, the summary page and the mail: a real Chromium."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet
from support.september import Session, judged, run_checks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = [
    '<img src="missing.png" onerror="alert(1)">',
    "<script>alert(2)</script>",
    "\"'><svg onload=alert(3)>",
    "</td></tr></table><h1>taken over</h1>",
    "two\nlines",
    "smile \U0001f600",
    "x" * 500,
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@dataclass
class Opened:
    """A page, and all that it said or asked for that it should not have."""

    page: "Page"
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser: "Browser") -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    one = Opened(page)
    page.on("console", lambda message: one.complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: one.complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: one.complaints.append(f"dialog: {dialog.message}"))
    page.on("requestfailed", lambda request: one.complaints.append(f"failed: {request.url[:80]}"))
    page.on("request", lambda request: _must_be_local(one, request.url))
    yield one
    page.close()


def _must_be_local(opened: Opened, url: str) -> None:
    if not url.startswith(("file:", "data:")):
        opened.complaints.append(f"asked for {url[:80]}")


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return judged(tmp_path_factory.mktemp("browser"), "--checks-as-of=2013-10-01")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("hostile")
    rows = [(value, k % 2, k % 2 if k % 5 else 1 - k % 2) for value in HOSTILE for k in range(40)]
    segment, label, prediction = zip(*rows, strict=True)
    score = [0.2 + 0.6 * one for one in prediction]
    columns = {"who": segment, "label": label, "prediction": prediction, "score": score}
    parquet.write_table(pa.table({k: list(v) for k, v in columns.items()}), folder / "log.parquet")
    thresholds = folder / "thresholds.toml"
    thresholds.write_text(
        """
        [models.hostile]
        task       = "binary"
        data       = "log.parquet"
        target     = "label"
        prediction = "prediction"
        score      = "score"
        thresholds = { accuracy = 0.5 }
        segments   = [{ by = "who", thresholds = { accuracy = 0.9, roc_auc = 0.9 } }]
        """,
        "utf-8",
    )
    return run_checks(thresholds, "--checks-email-dry-run")


def pictures_loaded(page: "Page") -> list[bool]:
    """Whether each picture came; pytest-html keeps an empty one in every row without a chart."""
    pictures = "[...document.images].filter(image => image.getAttribute('src'))"
    page.wait_for_function(f"{pictures}.every(image => image.complete)")
    loaded: list[bool] = page.evaluate(f"{pictures}.map(image => image.naturalWidth > 0)")
    return loaded


def test_the_report_shows_every_check(opened: Opened, september: Session) -> None:
    opened.page.goto((september.folder / "report.html").as_uri())
    shown = opened.page.locator("td.col-check").all_inner_texts()
    assert sorted(shown) == sorted(check["id"] for check in september.results["checks"])
    assert len(shown) == 43


def test_the_report_shows_every_chart(opened: Opened, september: Session) -> None:
    opened.page.goto((september.folder / "report.html").as_uri())
    loaded = pictures_loaded(opened.page)
    overviews = len(september.results["models"])
    assert len(loaded) == overviews + len(september.failed)
    assert all(loaded)
    assert opened.complaints == []


def test_the_report_says_what_each_failure_says(opened: Opened, september: Session) -> None:
    opened.page.goto((september.folder / "report.html").as_uri())
    text = " ".join(opened.page.locator("body").inner_text().split())
    assert [message for message in september.failed.values() if message not in text] == []


@pytest.mark.parametrize("name", ["report.html", "summary.html"])
def test_a_segment_value_brings_no_element_into_a_page(
    opened: Opened, hostile: Session, name: str
) -> None:
    assert hostile.exit_code == 1
    opened.page.goto((hostile.folder / name).as_uri())
    assert all(pictures_loaded(opened.page))
    assert opened.complaints == []
    intruders = "[onerror], [onload], svg, h1:text-is('taken over'), img[src='missing.png']"
    assert opened.page.locator(intruders).count() == 0
    assert "alert(" not in "".join(opened.page.locator("script").all_inner_texts())


def test_every_hostile_segment_is_judged_and_told_apart(hostile: Session) -> None:
    checks = hostile.results["checks"]
    values = {check["segment"]["who"] for check in checks if check["segment"]}
    assert values == set(HOSTILE)
    assert len({check["id"] for check in checks}) == 1 + 2 * len(HOSTILE)
    assert all(check["id"].isascii() for check in checks)


@pytest.mark.parametrize("width", [380, 700])
def test_the_mail_is_read_without_script_on_any_screen(
    browser: "Browser", september: Session, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=False)
    page.goto((september.folder / "summary.html").as_uri())
    text = " ".join(page.locator("body").inner_text().split())
    page.close()
    for check in september.results["checks"]:
        if check["failed"]:
            assert check["id"] in text
            assert f"{check['low']:.3f} to {check['high']:.3f}" in text
