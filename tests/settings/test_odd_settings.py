"""Settings that nobody writes: each is judged rightly, or refused in a short sentence."""

import math
import os
import re
import socket
import time
from pathlib import Path

import pytest
from support.factories import CHURN, RECALL, bound, check, estimate, result_of, settings

from model_checks.data import open_engine
from model_checks.errors import DataError, DeliveryError, SettingsError, SourceError
from model_checks.predict.sources import load_model
from model_checks.settings import Data, Deployed, Email, Settings, load_settings, parse_settings
from model_checks.settings.candidates import with_candidates
from model_checks.settings.toml_text import MOST_BYTES, tables_in

LOGGED = CHURN.replace('model = "churn.skops"', 'prediction = "predicted"\nscore = "p"')
HUGE = "0x" + "f" * 5000
MANY = "9" * 5000
LONG = "a" * 100_000
EMAIL = '[email]\nsender_email = "a@b"\nreceiver_email = "a@b"\nsmtp_host = "localhost"\n'
SEGMENT = '[[models.churn.segments]]\nby = "plan"\n'


def mistakes(toml: str) -> list[str]:
    """What is told of a text, if anything is."""
    began = time.thread_time()
    try:
        parse_settings(toml.encode(), Path("thresholds.toml"))
    except SettingsError as error:
        found = list(error.mistakes)
        assert found
    else:
        found = []
    assert time.thread_time() - began < 3
    for line in found:
        assert line.startswith("thresholds.toml: ")
        assert len(line) <= 1000
        assert len(line.splitlines()) == 1
    return [line.removeprefix("thresholds.toml: ") for line in found]


TOO_DEEP = "tables or lists are nested more than 20 deep"
TOO_MANY = "a dotted name has more than 100 parts"


@pytest.mark.parametrize("depth", [30, 400, 1000, 100_000])
@pytest.mark.parametrize(
    "nested",
    [
        lambda depth: f"x = {'[' * depth}{']' * depth}",
        lambda depth: f"x = {'{a=' * depth}1{'}' * depth}",
        lambda depth: f"{LOGGED}[models.churn.thresholds]\nrecall = {'[' * depth}{']' * depth}",
    ],
    ids=["lists", "inline tables", "a threshold"],
)
def test_what_is_nested_deep_is_refused(nested: object, depth: int) -> None:
    assert callable(nested)
    assert mistakes(nested(depth)) == [TOO_DEEP]


@pytest.mark.parametrize(
    ("depth", "told"), [(30, TOO_DEEP), (99, TOO_DEEP), (100, TOO_MANY), (100_000, TOO_MANY)]
)
@pytest.mark.parametrize(
    ("begins", "part", "ends"),
    [
        ("", "a.", "a = 1"),
        ("[", "a . ", "a]"),
        ("x = { ", '"a".', "'a' = 1 }"),
        ("", r'"\"".', "a = 1"),
    ],
    ids=["a key", "a table", "quoted keys", "quotes in keys"],
)
def test_a_name_of_many_parts_is_refused(
    begins: str, part: str, ends: str, depth: int, told: str
) -> None:
    assert mistakes(f"{begins}{part * depth}{ends}") == [told]


def test_a_text_with_many_dots_is_no_name() -> None:
    assert mistakes(f'{LOGGED}weight = "{"a." * 90}a"\n{RECALL}') == []


@pytest.mark.parametrize(
    "written",
    [
        '"{}"',
        "'{}'",
        '"""\n{} = 1"""',
        "'''\n[{}]'''",
        r'"\"{} = 1"',
        '"a" # {} = 1',
    ],
)
def test_dots_in_a_text_or_a_comment_are_no_name(written: str) -> None:
    assert tables_in(f"a = {written.format('a.' * 200 + 'a')}")["a"]
    with pytest.raises(ValueError, match=TOO_MANY):
        tables_in(f"a = {written.format('a')}\n{'a.' * 200}a = 1")


@pytest.mark.parametrize(
    "key",
    [
        *("positive_label", "decision_threshold", "min_rows", "confidence", "window", "as_of"),
        *("features", "weight", "target", "rule", "unknown"),
    ],
)
def test_a_number_of_many_digits_is_named(key: str) -> None:
    text = LOGGED.replace('target = "left"\n', "") if key == "target" else LOGGED
    told = f"[models.churn] {key} has more than 40 digits"
    assert mistakes(f"{text}{key} = {HUGE}\n{RECALL}") == [told]
    assert mistakes(f"{text}{key} = [1, {'9' * 41}]\n{RECALL}") == [told.replace(key, f"{key} #2")]
    told = "a whole number in it has more than 40 digits"
    assert mistakes(f"{text}{key} = {MANY}\n{RECALL}") == [told]


@pytest.mark.parametrize("key", ["min", "max", "warn", "max_degradation", "confidence", "beta"])
@pytest.mark.parametrize(
    "number",
    [
        *("1e-320", "5e-324", "1e308", "-0.0", "inf", "-inf", "nan", f"1{'0' * 500}", HUGE),
        *(f"0.{'0' * 500}1", f"1{'0' * 500}.0", f"0.{'9' * 30}", '"1e999 %"', f'"{"9" * 400} %"'),
        f'"0.{"0" * 5000}1 %"',
    ],
    ids=lambda number: number[:12],
)
def test_an_odd_number_is_agreed_or_told(key: str, number: str) -> None:
    more = "" if key == "min" else ", min = 0.5"
    mistakes(f"{LOGGED}[models.churn.thresholds]\nrecall = {{ {key} = {number}{more} }}\n")


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (f"{EMAIL}smtp_port = {'9' * 40}\n", "[email] smtp_port = 999"),
        (f"{EMAIL}timeout = 1e308\n", "[email] timeout = 1e+308: must be a number of at most 3600"),
        (EMAIL.replace("a@b", LONG), "[email] sender_email = 'aaa"),
        (EMAIL.replace("a@b", " " * 100_000), "[email] sender_email = ' "),
        (f"[engine]\nthreads = {'9' * 30}\n", "[engine] threads = 99999"),
        ('[engine]\ntemp_directory = "~nobody-of-this-name/x"\n', "[engine] temp_directory = '~no"),
        (f'[engine]\ntemp_directory = "~{LONG}"\n', "[engine] temp_directory = '~aa"),
        (f'[engine]\nmemory_limit = "{LONG}"\n', "[engine] memory_limit = 'aaa"),
        (f"{LONG} = 1\n", "unknown key 'aaa"),
        ('"\\u001b[31m" = 1\n', "unknown key '\\x1b[31m'; known: "),
        ('"" = 1\n', "unknown key ''; known: "),
    ],
)
def test_an_odd_value_is_told(toml: str, told: str) -> None:
    (line, *_) = mistakes(f"{toml}{LOGGED}{RECALL}")
    assert line.startswith(told)


@pytest.mark.parametrize("key", ["<whole>", "__proto__", "__class__", "whole", "model_config", ""])
def test_a_key_of_the_codes_own_is_unknown_wherever_it_stands(key: str) -> None:
    places = [
        f'"{key}" = 1\n{LOGGED}{RECALL}',
        f'{LOGGED}"{key}" = 1\n{RECALL}',
        f'{LOGGED}[models.churn.thresholds]\nrecall = {{ min = 0.5, "{key}" = 1 }}\n',
        f'{LOGGED}{RECALL}{SEGMENT}thresholds = {{ recall = 0.5 }}\n"{key}" = 1\n',
        f'[engine]\n"{key}" = 1\n{LOGGED}{RECALL}',
    ]
    for toml in places:
        (line,) = mistakes(toml)
        assert f"unknown key {key!r}; known: " in line


@pytest.mark.parametrize("name", [LONG, "a" * 101, "a " * 50_000])
def test_a_long_name_is_refused_in_a_short_sentence(name: str) -> None:
    quoted = f'"{name}"'
    (line,) = mistakes((LOGGED + RECALL).replace("models.churn", f"models.{quoted}"))
    assert "is longer than 100 characters" in line
    own = f'{LOGGED}[models.churn.thresholds]\n{quoted} = {{ metric = "a:b", min = 1 }}\n'
    (line,) = mistakes(own)
    assert "is longer than 100 characters" in line
    (line,) = mistakes(f"{LOGGED}[models.churn.thresholds]\n{quoted} = 1\n")
    assert "unknown metric 'a" in line


def test_a_null_character_is_told_with_its_place() -> None:
    toml = f'{LOGGED}features = ["a", "b\\u0000"]\n{RECALL}'
    told = "[models.churn] features #2 = 'b\\x00' holds a null character"
    assert mistakes(toml) == [told]
    assert "not valid TOML: " in mistakes(f"{LOGGED}\0{RECALL}")[0]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_how_lines_end_is_no_matter(end: str, mark: str) -> None:
    assert mistakes(mark + (LOGGED + RECALL).replace("\n", end)) == []


@pytest.mark.parametrize("toml", ["\ufeff\ufeff", "a = 1\rb = 2\r"])
def test_other_beginnings_and_ends_are_not_toml(toml: str) -> None:
    assert mistakes(toml)[0].startswith("not valid TOML: ")


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("window", ["99999w", "1h"])
def test_the_ends_of_the_calendar_are_moments(moment: str, window: str) -> None:
    timed = f'time_column = "at"\nwindow = "{window}"\nas_of = {moment}\n'
    assert mistakes(f"{LOGGED}{timed}{RECALL}") == []


MANY_NAMES = [f"f{k}" for k in range(20_000)]


@pytest.mark.parametrize(
    ("toml", "number"),
    [
        (f"{CHURN}features = {MANY_NAMES}\n{RECALL}", 0),
        (f"{CHURN}features = {[*MANY_NAMES, 'f7']}\n{RECALL}", 1),
        (f"{LOGGED}{RECALL}{SEGMENT}values = {MANY_NAMES}\nthresholds.recall = 0.5\n", 0),
        (f"{LOGGED}{RECALL}" + f"{SEGMENT}thresholds.recall = 0.5\n" * 2000, 1999),
        (LOGGED + "".join(f"k{k} = 1\n" for k in range(2000)) + RECALL, 2000),
    ],
    ids=["features", "a feature twice", "values", "segments", "unknown keys"],
)
def test_a_thousand_of_a_kind_are_read_at_once(toml: str, number: int) -> None:
    assert len(mistakes(toml)) == number


# What is no file.


@pytest.fixture
def odd_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A path at which there is something else than a file that can be read."""
    path = tmp_path / "odd.csv"
    if request.param == "a pipe":
        os.mkfifo(path)
    elif request.param == "a device":
        path.symlink_to("/dev/zero")
    elif request.param == "a socket":
        request.getfixturevalue("monkeypatch").chdir(tmp_path)  # a socket's path must be short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("odd.csv")
    elif request.param == "a loop":
        path.symlink_to(path)
    else:
        path.mkdir()
    return path


NO_FILES = {
    "a pipe": "is a pipe, not a file",
    "a device": "is a device, not a file",
    "a socket": "is a socket, not a file",
    "a loop": "Too many levels of symbolic links|Symlink loop",
    "a folder": "Is a directory|is a folder",
}
ODD = pytest.mark.parametrize(("odd_file", "why"), NO_FILES.items(), indirect=["odd_file"])


@ODD
def test_what_is_no_file_is_no_settings(odd_file: Path, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        load_settings(odd_file)
    assert str(caught.value).startswith(str(odd_file))


@ODD
def test_what_is_no_file_is_no_model(odd_file: Path, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        load_model(Deployed(skops=odd_file.name), odd_file.parent)


@ODD
def test_what_is_no_file_is_no_password(odd_file: Path, why: str) -> None:
    agreed = settings(f'{EMAIL}username = "me"\npassword_file = "odd.csv"\n{LOGGED}{RECALL}').email
    assert isinstance(agreed, Email)
    with pytest.raises(DeliveryError, match=why):
        agreed.read_password(odd_file.parent)


@ODD
@pytest.mark.parametrize("data", ["odd.csv", "*.csv"])
def test_what_is_no_file_is_no_data(odd_file: Path, why: str, data: str) -> None:
    (odd_file.parent / "a.csv").write_text("left,predicted\n1,1\n")
    with pytest.raises(DataError, match=why), open_engine(*reading(odd_file.parent, data)):
        pass


def reading(folder: Path, data: str) -> tuple[Data, Settings]:
    toml = (LOGGED + RECALL).replace("churn.parquet", data)
    agreed = parse_settings(toml.encode(), folder / "thresholds.toml")
    return agreed.models["churn"].data, agreed


def test_a_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.toml"
    with path.open("wb") as file:
        file.truncate(2**30)
    began = time.monotonic()
    with pytest.raises(SettingsError, match=f"is larger than {MOST_BYTES:,} bytes"):
        load_settings(path)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "model", ["{ a = " * 1000 + "1" + "}" * 1000, f"{{ skops = {HUGE} }}", "{ skops = 'a\0' }"]
)
def test_an_odd_candidate_is_told(model: str) -> None:
    with pytest.raises(SettingsError, match=r"^--checks-candidate churn: ") as caught:
        with_candidates(settings(CHURN + RECALL), [f"churn={model}"], Path())
    assert "is no table: " in str(caught.value)


# Figures.


@pytest.mark.parametrize("limit", [5e-324, 1e-320, 1e-300, 1e-30, 0.1 + 0.2, 1e15, 1e16, 1e308])
@pytest.mark.parametrize("towards", [0.0, 1e309])
def test_a_value_next_to_its_bound_is_told_apart(limit: float, towards: float) -> None:
    least = limit * 1e-11 if math.isfinite(limit * 1.1) else 0.0  # less is only rounding
    further = limit + math.copysign(least, towards - limit)
    value = math.nextafter(further, towards)
    for held in (bound(min=limit), bound(max=limit), bound(max=1.7e308, warn=limit)):
        message = result_of(check(held), estimate(value), 100).message
        assert len(message) < 300
        first, *_ = re.findall(r"[\d.,]+(?:e[+-]\d+)?", message.partition(": ")[2])
        told = message.rpartition("the agreed ")[2]
        assert first not in told.split()
