"""Whatever text comes from outside, no pattern looks for something in it for ever."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import duckdb
import pytest

from model_checks.data.database.errors import _said, connection_complaint
from model_checks.data.duckdb.connection import told as told_of_duckdb
from model_checks.data.spark.errors import shown, told
from model_checks.data.times import _TIME
from model_checks.data.values import _NUMBER
from model_checks.notify.email import message
from model_checks.notify.email.redaction import Secrets
from model_checks.plan.checks import plain
from model_checks.predict.column_names import _COLUMN
from model_checks.predict.frames import _LARGE, _WHOLE
from model_checks.predict.validation import _NUMERAL
from model_checks.settings.field_types import OBJECT, _one_address, _parse_window
from model_checks.settings.metric_options import NAME
from model_checks.settings.model import model_name
from model_checks.settings.thresholds import _degradation
from model_checks.settings.toml_text import tables_in
from model_checks.settings.urls import path_of, scheme_of
from model_checks.text import clean
from model_checks.text.redaction import without_secrets

LENGTH = 100_000
SECONDS = 1.5  # a square of the length would take a hundred times as long

READERS: dict[str, Callable[[str], object]] = {
    "a login that a server repeats": Secrets("me", "p w   x").hidden,
    "a password that repeats itself": Secrets("me", "aaaa aaab").hidden,
    "a password of blanks": Secrets("me", "   ").hidden,
    "a page": lambda text: message._IMAGE.sub(r"\1", text),
    "a sentence": clean,
    "DuckDB's error": lambda text: told_of_duckdb(duckdb.Error(text)),
    "a database's error": lambda text: _said(Exception(text), "postgres", text),
    "a driver's error": lambda text: connection_complaint(Exception(text), "URL"),
    "Spark's error": lambda text: told(RuntimeError(text)),
    "Spark's address": shown,
    "a message with addresses": without_secrets,
    "an address": path_of,
    "a scheme": scheme_of,
    "a mailbox": _one_address,
    "a window": _parse_window,
    "an object": lambda text: re.fullmatch(OBJECT, text),
    "a metric's name": lambda text: re.fullmatch(NAME, text),
    "a model's name": model_name,
    "a degradation": _degradation,
    "a segment's value": plain,
    "a label": _NUMERAL.fullmatch,
    "a type": lambda text: [one.fullmatch(text) for one in (_NUMBER, _TIME, _WHOLE, _LARGE)],
    "a column of answers": _COLUMN.search,
    "TOML": tables_in,
}
PARTS = [
    *("a", "a@", '"', " ", "\n", "\n ", "a  ", "://", "s3://", "a.", "a:", "?=", "?", "#", "//"),
    *("<img ", '<img alt="x"', 'alt="', "[A", "[A] ", "(a.", "; a", '"a" ', "=", "1", "0.", "-"),
    *(
        "Caused by: ",
        "://a:b//",
        "curl -u ",
        "-----BEGIN A-----",
        "eyJ",
        "--token ",
        'details = "',
        "SQLSTATE:",
        "at ",
        "Lost task ",
        "'",
        "\t",
        "https://a@",
    ),
]
AROUND = [
    *(("", ""), ('"', "<"), ("https://", "?a"), ("s3://a?", "?"), ("<img ", ""), ("[", "x")),
    *(("a:", "b-"), ("\n", "x"), ('when sniffing file "', ""), ("1", "x")),
]


def texts() -> Iterator[str]:
    for part in PARTS:
        for before, after in AROUND:
            yield f"{before}{part * (LENGTH // len(part))}{after}"


@pytest.mark.parametrize("reader", READERS)
def test_a_long_text_is_read_at_once(reader: str) -> None:
    for text in [*texts()][::13]:
        began = time.thread_time()
        with suppress(ValueError):
            READERS[reader](text)
        assert time.thread_time() - began < SECONDS, f"{text[:40]!r}..."


def test_a_password_with_blanks_is_hidden_however_a_server_breaks_it() -> None:
    secrets = Secrets("me", "pass  word")
    assert secrets.hidden("no 'pass  word', no 'pass\n word'") == "no '[hidden]', no '[hidden]'"


def test_a_login_is_hidden_whatever_stands_before_its_address() -> None:
    assert without_secrets("1https://me:word@host/x") == "1https://host/x"
    long = "a" * 40
    assert without_secrets(f"{long}://me:word@host/x") == f"{long}://host/x"
