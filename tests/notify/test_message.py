import math
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.factories import estimate, result_of
from support.project import text_in
from support.sample_runs import (
    FINISHED,
    PNG,
    chart,
    email,
    failing_run,
    green_run,
    mixed_run,
    planned,
    run_of,
    share,
)

from model_checks.judging.results import Run, error_of
from model_checks.metrics import Undefined
from model_checks.notify.email.message import PLACEHOLDER, compose, lighter_forms
from model_checks.report.page import summary_html
from model_checks.report.summary import summary_of

REPORT = "reports/report.html"
HOSTILE = "a\u2028b\x85c\x0bd\x1ce\ud800f\r\nBcc: x@example.com\x00\u202eg\x1b[31m"
LISTING = """
[models.flight_delay]
task = "binary"
data = "flights.parquet"
target = "late"
score = "p_late"
thresholds.recall = { min = 0.4, rule = "RULE" }
"""


def read_again(message: EmailMessage) -> EmailMessage:
    """What a mail client makes of the bytes on the wire."""
    parsed = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def text_of(run: Run) -> str:
    return body(read_again(compose(run, [], email(), REPORT)), "plain")


def html_of(run: Run) -> str:
    return body(read_again(compose(run, [], email(), REPORT)), "html")


class Seen(HTMLParser):
    """The text that a reader sees, and the tags it is in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


# What it says


def test_the_text_is_complete() -> None:
    run = mixed_run()
    told = " ".join(text_of(run).split())
    for result in run.results:
        if result.failed or result.warned or result.skipped:
            assert result.message.removeprefix(f"{result.check.label}: ") in told
            assert result.check.id in told
    assert told.startswith("4 of 8 checks failed, 1 could not be measured 2 of 8 checks passed")
    assert "Judged as of 2013-05-01 UTC. Report: reports/report.html" in told
    assert "rows from 2013-04-01 to before 2013-05-01 UTC; 8,265 rows, 8,140 labelled" in told
    assert "125 rows without a label left out" in told
    assert "4 of 12 planned checks were not run" in told
    assert run.left_out[0] in told
    assert "(carrier = <b>UA</b>)" in told


def test_what_is_worth_knowing_is_told() -> None:
    run = mixed_run()
    facts = {"churn": replace(next(iter(run.models.values())), notes=("the <b>same</b> file",))}
    told = replace(run, models=facts, notes=["no result could meet it"])
    assert "Worth knowing\n-------------\n" in text_of(told)
    for text in (text_of(told), text_in(html_of(told))):
        assert "the <b>same</b> file" in text
        assert "no result could meet it" in text
    assert "Worth knowing" not in text_of(run)


def test_errors_stand_apart_from_failures() -> None:
    text = text_of(mixed_run())
    failures, errors = text.split("Could not be measured\n---")
    assert "arrival_delay-mae" in failures
    assert "arrival_delay-rmse" not in failures
    assert "arrival_delay-rmse" in errors.split("Passed with a warning")[0]


def test_the_page_has_the_figures_of_every_failing_check() -> None:
    seen = Seen(summary_html(mixed_run(), [], REPORT)).text
    assert (
        "recall all rows 0.350 0.050 too low 0.331 to 0.370 at least 0.400 2,300 positives "
        "flight_delay-recall · 95 % interval, Wilson"
    ) in seen
    assert "mae all rows 30.200 5.200 too high 29.294 to 31.106 at most 25.000 8,140 rows" in seen
    assert "recall carrier = <b>UA</b> 0.100 0.150 too low" in seen


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.sampled_from([0.4, 0.35, 0.4125, 0.123456789, 1e-7, 1.0]),
    st.floats(1e-9, 0.3) | st.just(math.nan),
)
def test_figures_are_those_of_the_message(limit: float, below: float) -> None:
    toml = LISTING.replace("RULE", "estimate").replace("min = 0.4", f"min = {limit}")
    (check,) = planned(toml)
    one = estimate(limit - below, limit - 2 * below, math.inf, n=1234, unit="rows")
    run = run_of([result_of(check, one, 2000)])
    [model] = summary_of(run, [], REPORT, 1).failing.items
    [row] = model.rows.items
    assert f": {row.value} (95 % interval {row.interval}, Wilson, {row.n} rows)" in row.message
    assert row.message.endswith(f" agreed {row.agreed.removeprefix('at least ')}")
    assert row.miss.endswith("no value" if math.isnan(below) else " too low")


def test_page_and_mail_say_the_same() -> None:
    run = mixed_run()
    page, mail = Seen(summary_html(run, [], REPORT)), Seen(html_of(run))
    assert page.text == mail.text


def test_models_come_in_the_order_of_the_file() -> None:
    run = mixed_run()
    turned = replace(run, results=list(reversed(run.results)))
    for told in (text_of(turned), html_of(turned)):
        assert told.index("flight_delay-recall") < told.index("arrival_delay-mae")


@pytest.mark.parametrize(
    ("rule", "miss"), [("confident", "not proven"), ("estimate", None), ("tolerant", None)]
)
def test_what_is_only_not_proven_is_not_called_too_low(rule: str, miss: str | None) -> None:
    (check,) = planned(LISTING.replace("RULE", rule))
    run = run_of([result_of(check, share(0.41, 200), 200)])
    seen = Seen(summary_html(run, [], REPORT)).text
    assert "too low" not in seen
    if miss:
        assert f"0.410 {miss}" in seen
        assert "rule confident" in seen


def test_a_check_without_data_says_why() -> None:
    (check,) = planned(LISTING.replace("RULE", "estimate"))
    run = run_of([result_of(check, Undefined("undefined, no row with label 1"), 200)])
    seen = Seen(summary_html(run, [], REPORT)).text
    assert "– no data – at least 0.400 0 rows flight_delay-recall · undefined, no row" in seen


def test_errors_with_one_reason_are_told_once() -> None:
    run = failing_run(40)
    run = run_of(error_of(result.check, "the file is gone") for result in run.results)
    text = text_of(run)
    assert text.count("the file is gone") == 1
    assert "and 37 more" in text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exit_status": 143}, "stopped by SIGTERM"),
        ({"exit_status": 3}, "an internal error"),
        ({"exit_status": 2, "cut_short": "stopped after 1 failure"}, "stopped after 1 failure"),
        ({"exit_status": 7, "cut_short": "pytest.exit"}, "pytest.exit"),
    ],
)
def test_a_run_that_was_cut_short_says_so_and_before_how_much(
    changes: dict[str, Any], reason: str
) -> None:
    run = replace(mixed_run(), selected=11, **changes)
    message = compose(run, [], email(), REPORT)
    told = "4 of 8 checks failed, 1 could not be measured, the run was cut short before 3 more"
    assert str(message["Subject"]).startswith(f"model-checks: {told}")
    wrong = f"the run was cut short ({reason}): 3 of 11 selected checks were not reached"
    text = text_of(run)
    assert "What went wrong\n---------------\n" in text
    assert wrong in " ".join(text.split())
    seen = Seen(html_of(run)).text
    assert told in seen
    assert wrong in seen


def test_a_run_that_was_cut_short_is_not_good_though_nothing_failed() -> None:
    run = replace(green_run(), exit_status=143, planned=50)
    told = "no check failed, 6 of 50 passed, the run was cut short before 44 more"
    assert compose(run, [], email(), REPORT)["Subject"] == f"model-checks: {told}"
    assert "#1a7f4b" not in html_of(run)
    assert "What went wrong" not in text_of(green_run())
    assert "#1a7f4b" in html_of(green_run())


def test_what_could_not_be_written_is_told_at_once() -> None:
    lost = ["results.json could not be written: No space left on device"]
    message = read_again(compose(mixed_run(), [], email(), REPORT, unwritten=lost))
    for told in (body(message, "plain"), text_in(body(message, "html"))):
        assert told.index(lost[0]) < told.index("flight_delay-recall")


def test_nothing_is_said_of_now_when_the_run_was_judged_as_of_its_start() -> None:
    assert "Judged as of 2013-05-01 04:30 UTC." in text_of(replace(green_run(), as_of=None))


# Subject and headers


def only_errors() -> Run:
    return run_of(error_of(result.check, "gone") for result in green_run().results)


@pytest.mark.parametrize(
    ("run", "subject"),
    [
        (
            mixed_run(),
            "4 of 8 checks failed, 1 could not be measured (flight_delay, arrival_delay)",
        ),
        (failing_run(14), "14 of 17 checks failed (flight_delay)"),
        (only_errors(), "6 of 6 checks could not be measured (flight_delay, arrival_delay)"),
        (green_run(), "all 6 checks passed"),
        (replace(green_run(), planned=8), "no check failed, 6 of 8 passed"),
        (run_of([]), "no check was made"),
        (run_of(green_run().results[:1]), "the only check passed"),
    ],
)
def test_the_subject_says_how_the_run_ended(run: Run, subject: str) -> None:
    message = read_again(compose(run, [], email(), REPORT))
    assert message["Subject"] == f"model-checks: {subject}"


def test_the_subject_names_three_models_and_counts_the_others() -> None:
    (result,) = failing_run(1).results[3:]
    results = [
        replace(result, check=replace(result.check, model=f"model_{i}", id=f"model_{i}-recall"))
        for i in range(5)
    ]
    subject = compose(run_of(results), [], email(), REPORT)["Subject"]
    assert subject == ("model-checks: 5 of 5 checks failed (model_0, model_1, model_2 and 2 more)")


def test_headers_say_that_nobody_wrote_it() -> None:
    message = read_again(compose(mixed_run(), [], email(), REPORT))
    assert message["From"] == "Model Checks <checks@example.com>"
    assert message["To"] == "ann@example.com, bob@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Id"] == "<model-checks.example.com>"
    assert parsedate_to_datetime(message["Date"]) == FINISHED
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    assert re.fullmatch(r"<[^@>]+@example\.com>", message["Message-ID"])


def test_ids_are_never_encoded() -> None:
    long = f"{'x' * 60}.{'y' * 60}.com"
    for sender in (f"checks@{long}", "checks@exämple.com", "checks@" + "ü" * 40 + ".com"):
        raw = compose(mixed_run(), [], email(sender_email=sender), REPORT).as_bytes()
        head = raw.partition(b"\r\n\r\n")[0].decode()
        for name in ("List-Id", "Message-ID"):
            assert re.search(rf"^{name}:\s+<[!-~]+>\r?$", head, re.MULTILINE), head


def test_without_settings_the_mail_is_addressed_to_nobody_in_particular() -> None:
    message = read_again(compose(green_run(), [], None, REPORT))
    assert message["From"] == message["To"] == PLACEHOLDER


# The report


def test_the_link_of_the_settings_wins() -> None:
    url = "https://ci.example.com/reports/latest?a=1&b=2"
    message = read_again(compose(green_run(), [], email(report_url=url), REPORT))
    assert f"Report: {url}" in body(message, "plain")
    assert ("a", url) in [
        (tag, attributes.get("href")) for tag, attributes in Seen(body(message, "html")).tags
    ]
    assert REPORT not in body(message, "html")


@pytest.mark.parametrize("report", [REPORT, "javascript:alert(1)", "data:text/html,x"])
def test_what_is_no_web_address_is_no_link(report: str) -> None:
    seen = Seen(summary_html(green_run(), [], report))
    assert report in seen.text
    assert "a" not in [tag for tag, _ in seen.tags]


# Shape


def test_the_mail_is_text_or_html_with_its_charts() -> None:
    charts = [chart(), chart("arrival_delay", alt='mae "30.2", agreed <= 25')]
    message = read_again(compose(mixed_run(), charts, email(), REPORT))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
    ]
    images = [part for part in message.walk() if part.get_content_type() == "image/png"]
    shown = [a for tag, a in Seen(body(message, "html")).tags if tag == "img"]
    assert [f"<{image['src'].removeprefix('cid:')}>" for image in shown if image["src"]] == [
        image["Content-ID"] for image in images
    ]
    assert [image["alt"] for image in shown] == [one.alt for one in charts]
    assert {image.get_content_disposition() for image in images} == {"inline"}
    assert {image.get_content() for image in images} == {PNG}


def test_the_page_needs_nothing_beside_itself() -> None:
    seen = Seen(summary_html(mixed_run(), [chart(), chart("arrival_delay")], REPORT))
    sources = [a["src"] for tag, a in seen.tags if tag == "img"]
    assert len(sources) == 2
    assert all(source and source.startswith("data:image/png;base64,") for source in sources)
    assert not {"script", "link", "style", "iframe"} & {tag for tag, _ in seen.tags}


def test_charts_of_failing_models_are_kept_when_there_are_too_many() -> None:
    charts = [chart("good", alt=f"good {i}") for i in range(12)] + [chart(alt="the bad one")]
    message = read_again(compose(mixed_run(), charts, email(), REPORT))
    assert "And 1 more chart: see" in Seen(body(message, "html")).text
    alts = [a["alt"] for tag, a in Seen(body(message, "html")).tags if tag == "img"]
    assert alts == ["the bad one", *(f"good {i}" for i in range(11))]


def test_lighter_forms_say_the_same_with_less() -> None:
    message = compose(mixed_run(), [chart(alt='recall "0.35" < 0.4')], email(), REPORT)
    (plain_page, what), (text, what_else) = lighter_forms(message)
    assert (what, what_else) == ("charts", "charts and HTML")
    kinds = [part.get_content_type() for part in plain_page.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    seen = Seen(body(read_again(plain_page), "html"))
    assert "img" not in [tag for tag, _ in seen.tags]
    assert 'recall "0.35" < 0.4' in seen.text
    assert text.get_content_type() == "text/plain"
    assert body(read_again(text), "plain") == body(read_again(message), "plain")
    for form in (plain_page, text):
        for name in ("Subject", "From", "To", "Date", "Message-ID", "List-Id"):
            assert read_again(form)[name] == read_again(message)[name]
    assert message.get_content_type() == "multipart/alternative"


def test_a_mail_without_charts_has_one_lighter_form() -> None:
    assert [what for _, what in lighter_forms(compose(mixed_run(), [], email(), REPORT))] == [
        "charts and HTML"
    ]


# What a mail client does to HTML


def test_colours_are_hex_and_styles_are_inline() -> None:
    html = html_of(mixed_run())
    styles = [attributes.get("style") or "" for _, attributes in Seen(html).tags]
    colours = re.findall(r"(?:^|[;-])color:([^;]+)", ";".join(styles))
    assert len(colours) > 30
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)
    assert "max-width:600px" in html
    assert "url(" not in html
    assert "position:" not in html


def test_a_thousand_failing_checks_stay_readable() -> None:
    run = failing_run(1000)
    message = read_again(compose(run, [], email(), REPORT))
    html = body(message, "html")
    assert 20_000 < len(html.encode()) < 80_000
    shown = html.count("too low")
    assert 40 <= shown <= 60
    assert f"And {1000 - shown} more failing checks of this model: see the report." in html
    text = body(message, "plain")
    assert all(result.check.id in text for result in run.results if result.failed)
    assert Seen(summary_html(run, [], REPORT)).text.count("too low") == 1000


def test_a_thousand_hostile_checks_stay_under_the_limit() -> None:
    run = failing_run(1000, value="{}" + '<"&' * 200)
    charts = [chart(alt='"' * 5000) for _ in range(40)]
    html = body(read_again(compose(run, charts, email(), REPORT)), "html")
    assert len(html.encode()) < 80_000
    assert "more failing checks of this model" in html


def test_a_bad_model_does_not_push_out_another() -> None:
    bad, other = failing_run(500), mixed_run().of_model("arrival_delay")
    html = html_of(run_of([*bad.results, *other]))
    assert "arrival_delay-mae" in html


def test_many_failing_models_are_counted() -> None:
    (result,) = failing_run(1).results[3:]
    results = [
        replace(result, check=replace(result.check, model=f"model_{i}", id=f"model_{i}-recall"))
        for i in range(300)
    ]
    seen = Seen(html_of(run_of(results))).text
    shown = len(re.findall(r"model_\d+ 1 of 1 check failed", seen))
    assert shown > 20
    assert f"And {300 - shown} more models with failing checks: see the report." in seen


# Whatever is in the data


def hostile_run(text: str) -> Run:
    """A run with this text wherever text comes from outside."""
    run = mixed_run()
    results = []
    for result in run.results:
        segment = tuple((column, text) for column, _ in result.check.segment)
        check = replace(result.check, segment=segment)
        results.append(replace(result, check=check, message=f"{check.id}: {text}"))
    facts = {name: replace(known, source=text) for name, known in run.models.items()}
    versions = {"python": text}
    return replace(run, results=results, models=facts, left_out=[text], versions=versions)


def test_hostile_text_is_cleaned_everywhere() -> None:
    run = hostile_run(HOSTILE)
    run = replace(run, models={**run.models, HOSTILE: run.models["flight_delay"]})
    bad = error_of(replace(run.results[0].check, model=HOSTILE), HOSTILE)
    run = replace(run, results=[*run.results, bad])
    hostile_chart = replace(chart(), title=HOSTILE, alt=HOSTILE)
    message = read_again(compose(run, [hostile_chart], email(), HOSTILE))
    cleaned = "a b c d e�f Bcc: x@example.com��g�[31m"
    assert cleaned in message["Subject"]
    assert "Bcc" not in message
    assert cleaned in body(message, "plain")
    assert cleaned in body(message, "html")
    page = summary_html(run, [hostile_chart], HOSTILE)
    page.encode("utf-8")
    for told in (page, body(message, "plain"), body(message, "html")):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ud800-\udfff]", told)


def test_markup_in_the_data_is_only_text() -> None:
    attack = """</td><script>alert('"1"')</script><img src=x onerror="alert(1)">{{ 7 * 7 }}"""
    seen = Seen(summary_html(hostile_run(attack), [replace(chart(), alt=attack)], attack))
    assert "script" not in [tag for tag, _ in seen.tags]
    assert [a["alt"] for tag, a in seen.tags if tag == "img"] == [attack]
    assert not any("onerror" in attributes for _, attributes in seen.tags)
    assert " ".join(attack.split()) in seen.text


def test_an_encoded_word_can_not_smuggle_a_header() -> None:
    name = "=?utf-8?q?x=0D=0ABcc:_spy=40example.com?="
    (check, *_) = planned(LISTING.replace("RULE", "estimate"))
    run = run_of([error_of(replace(check, model=name), "gone")])
    message = compose(run, [], email(sender_email=f'"{name}" <checks@example.com>'), REPORT)
    assert "Bcc" not in read_again(message)
    assert b"\nBcc" not in message.as_bytes()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(), max_size=30))
def test_no_text_can_keep_a_mail_from_going_out(text: str) -> None:
    run = hostile_run(text)
    bad = error_of(replace(run.results[0].check, model=text), text)
    run = replace(run, results=[*run.results, bad])
    message = compose(run, [replace(chart(), title=text, alt=text)], email(), text)
    assert message.as_bytes().isascii()
    again = read_again(message)
    assert again["Auto-Submitted"] == "auto-generated"
    assert again.get_content_type() == "multipart/alternative"
    assert str(again["Subject"]).startswith("model-checks: 4 of 9 checks failed")
    assert not again.defects
    summary_html(run, [], text).encode("utf-8")


def test_nothing_is_fetched_from_elsewhere() -> None:
    for _, attributes in Seen(html_of(mixed_run())).tags:
        for name in ("src", "background", "href"):
            assert not urlsplit(attributes.get(name) or "").scheme
