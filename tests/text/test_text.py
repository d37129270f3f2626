"""What every sentence is cleaned of, and lists that stay short."""

import re
import time
from typing import Any

import pytest

from model_checks.errors import DataError, DeliveryError, SettingsError
from model_checks.text import clean, nearest, one_line, quoted, said_by, told_of, type_name

COMMANDS = [
    "::error::no",
    "::warning file=a.py,line=1::no",
    "::add-mask::hunter2",
    "::set-output name=passed::true",
    "::stop-commands::pause",
    "##[error]no",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[testFailed name='a']",
    "section_start:1560896352:name",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", ["", "value AA\n", "value AA: ", "\r\n\t ", "\u200b", "\x1b[0m"])
def test_a_command_to_a_ci_is_text(before: str, command: str) -> None:
    line = clean(before + command)
    assert command not in line
    assert not re.match(r"\s*(::|##)", line)
    assert line.replace(" ", "").endswith(command.replace(" ", ""))
    assert clean(line) == line


@pytest.mark.parametrize(
    "text",
    ["std::vector::at", "tests/test_a.py::TestB::test_c[d]", "a::b", "## [title]", "#1", "a:: b"],
)
def test_colons_and_hashes_that_are_no_command_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "mark", ["\x1b", "\u202e", "\u061c", "\xad", "\ud800", "\U000e0041", "\x00"]
)
def test_what_can_t_be_seen_is_seen(mark: str) -> None:
    assert clean(f"a{mark}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_a_sentence_of_any_size_is_short() -> None:
    assert len(clean("word " * 10_000_000)) == 400
    assert len(clean("x" * 10_000_000, 50)) == 50
    assert len(one_line("\n" * 10_000_000)) < 10


def test_what_is_too_long_is_not_cut_within_a_number() -> None:
    assert clean("the value is 1,234.567 now", 20) == "the value is …"
    assert clean("the value is 12 or more of them", 17) == "the value is 12 …"
    assert clean("9" * 500, 50) == "9" * 49 + "…"  # there is nothing else to show


def test_cleaning_is_quick_whatever_the_text() -> None:
    pieces = [
        "a",
        "//",
        "://a:",
        "password='",
        "%2F",
        "\\/",
        "::error ",
        "token:,a",
        "{",
        "@",
        "= ",
        "1,2",
    ]
    begin = time.process_time()
    for piece in pieces:
        clean((piece * 100_000)[:100_000], 100_000)
    for _ in range(1000):
        clean("churn-recall: 0.694 (95 % interval 0.603 to 0.772, Wilson) is below the agreed 0.8")
    assert time.process_time() - begin < 2


def test_every_error_of_ours_is_one_clean_sentence() -> None:
    told = str(DataError("data 'x':\n::error::at https://me:hunter2@host/x" + "y" * 99_999))
    assert told.startswith("data 'x': : :error::at https://host/xy")
    assert len(told) == 2000
    assert str(DeliveryError("a\x1bb")) == "a\N{REPLACEMENT CHARACTER}b"
    assert SettingsError(["a\nb", "##[error]c"]).mistakes == ("a b", "# #[error]c")


def test_a_class_may_be_called_anything() -> None:
    meta: Any = type("Meta", (type,), {"__name__": property(lambda _: 1 / 0)})
    assert type_name(meta("Odd\n::error::x", (), {})()) == "Odd : :error::x"


def test_what_an_error_says_may_raise_or_never_end() -> None:
    class SilentError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert said_by(SilentError()) == ""
    assert told_of(SilentError()) == "SilentError"
    assert len(told_of(ValueError("x" * 10_000_000))) == 300


def test_of_many_names_the_nearest_few_are_told() -> None:
    names = [f"feature_{k:05d}_of_the_last_thirty_days" for k in range(10_000)]
    begin = time.process_time()
    told = nearest("feature_0123_of_the_last_thirty_days", names)
    assert time.process_time() - begin < 1
    assert told.startswith("did you mean 'feature_0")
    assert told.endswith(" and 9,992 more")
    assert len(told) < 500
    assert nearest("x", ["a" * 100_000]) == f"known: {'a' * 59}…"


def test_a_label_is_not_too_long() -> None:
    assert quoted(["a" * 100_000, "b"]) == f"'{'a' * 59}…', 'b'"
