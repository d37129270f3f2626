"""``thresholds.toml`` as a whole: what loads, and that all its mistakes are told at once."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.factories import CHURN, FLIGHTS, RECALL
from support.settings_files import (
    KNOWN_METRICS,
    KNOWN_OF_MODEL,
    KNOWN_OF_THRESHOLD,
    MAILBOX,
    SUFFIXES,
    WINDOW,
    Mistakes,
)

from model_checks.errors import SettingsError
from model_checks.settings import Data, Deployed, load_settings, parse_settings

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "thresholds.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


# A file that says what it should.


def test_every_key_of_the_design_loads(write: Write) -> None:
    loaded = load_settings(write(FLIGHTS))
    model = loaded.models["flight_delay"]
    assert loaded.email is not None
    assert loaded.email.receiver_email == ["ml-oncall@example.com"]
    assert loaded.defaults.as_of == datetime(2013, 5, 1, tzinfo=UTC)
    assert model.model is not None
    assert model.model == Deployed(skops="examples/flights/flight_delay.skops")
    assert model.data == Data(files="examples/flights/flights.parquet")
    assert model.window == timedelta(days=30)
    assert list(model.thresholds) == ["accuracy", "precision", "recall", "f1", "roc_auc"]
    assert model.thresholds["accuracy"].min == 0.75
    assert model.thresholds["precision"].warn == 0.50
    assert model.thresholds["recall"].rule == "tolerant"
    assert model.thresholds["roc_auc"].max_degradation == (0.03, False)
    assert model.baseline is not None
    assert model.baseline.data is not None
    assert model.baseline.data == Data(files="examples/flights/holdout.parquet")
    assert not model.baseline.paired
    assert model.segments[0].by == ["carrier"]
    assert model.segments[0].listed() == [(("carrier", "AA"),), (("carrier", "UA"),)]
    assert list(model.metrics()) == ["accuracy", "precision", "recall", "f1", "roc_auc", "recall"]


def test_a_file_knows_its_folder_its_name_and_its_hash(write: Write, tmp_path: Path) -> None:
    loaded = load_settings(write(FLIGHTS))
    assert loaded.folder == tmp_path.resolve()
    assert loaded.file == "thresholds.toml"
    assert loaded.sha256 == hashlib.sha256(FLIGHTS.encode()).hexdigest()


def test_settings_of_two_files_are_kept_apart(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(CHURN + RECALL)
    one, two = load_settings(tmp_path / "one.toml"), load_settings(tmp_path / "two.toml")
    assert (one.file, two.file) == ("one.toml", "two.toml")


def test_the_content_of_a_file_may_be_changed_before_it_is_read(tmp_path: Path) -> None:
    content = (CHURN + RECALL).replace("0.5", "0.6").encode()
    changed = parse_settings(content, tmp_path / "agreed.toml")
    assert changed.models["churn"].thresholds["recall"].min == 0.6
    assert changed.folder == tmp_path.resolve()
    with pytest.raises(SettingsError, match=r"^agreed\.toml: no model to judge"):
        parse_settings(b"", tmp_path / "agreed.toml")


def test_a_byte_order_mark_is_passed_over(write: Write) -> None:
    assert "churn" in load_settings(write(b"\xef\xbb\xbf" + (CHURN + RECALL).encode())).models


# The file as a whole.


def test_a_missing_file_is_named_with_the_option(tmp_path: Path) -> None:
    path = tmp_path / "agreed.toml"
    with pytest.raises(SettingsError, match="no such file") as caught:
        load_settings(path)
    assert str(caught.value) == f"{path}: no such file; name another with --checks-file FILE"


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Is a directory") as caught:
        load_settings(tmp_path)
    assert str(caught.value) == f"{tmp_path}: Is a directory; name another with --checks-file FILE"


def test_a_file_that_is_no_toml_is_told_with_its_line(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in("[models.churn\n")
    assert line.startswith("not valid TOML: ")
    assert line.endswith("(at line 1, column 14)")


def test_a_key_that_is_written_twice_is_a_mistake(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in(f"{CHURN}target = 'right'\n{RECALL}")
    assert line.startswith("not valid TOML: Cannot overwrite a value (at line 7")


def test_a_number_that_python_does_not_read_is_a_mistake(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in(f"[defaults]\nmin_rows = {'9' * 5000}\n{CHURN}{RECALL}")
    assert line == "a whole number in it has more than 40 digits"


def test_a_file_that_is_not_utf_8_is_told_with_its_line(mistakes_in: Mistakes) -> None:
    assert mistakes_in("# fine\n# Zürich".encode("latin-1")) == ["not UTF-8 (at line 2)"]


@pytest.mark.parametrize("toml", ["", "[models]\n", "# nothing\n"])
def test_a_file_without_models_is_a_mistake(mistakes_in: Mistakes, toml: str) -> None:
    assert mistakes_in(toml) == ["no model to judge; add a table [models.NAME]"]


def test_a_misspelt_table_is_told_beside_what_is_missing_for_it(mistakes_in: Mistakes) -> None:
    assert mistakes_in('[model.churn]\ntask = "binary"\n') == [
        "no model to judge; add a table [models.NAME]",
        "unknown key 'model'; did you mean 'models'? known: defaults, email, engine, models",
    ]


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("models = 3", "models = 3: must be a table"),
        ("[[models]]\nchurn = 3", "models = [{...}]: must be a table"),
        ("[models]\nchurn = 3", "[models] churn = 3: must be a table"),
    ],
)
def test_models_are_tables(mistakes_in: Mistakes, toml: str, told: str) -> None:
    assert mistakes_in(toml) == [told]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(mistakes_in: Mistakes) -> None:
    assert mistakes_in("""
sumary = true

[models.churn]
task = "binary"
modle = "churn.skops"
data = "churn.txt"
thresholds = { recal = 0.5, f1 = nan, precision = { min = 0.5, warn = 0.4, averge = "x" } }
window = "3m"

[[models.churn.segments]]
by = "plan"
thresholds = { recall = 0.5 }

[[models.churn.segments]]
by = []
values = []

[defaults]
confidence = 1
rule = "Tolerant"

[email]
smtp_host = "smtp.example.com"
sender_email = "checks"
username = "checks"
security = "none"

[models.delay]
""") == [
        "unknown key 'sumary'; known: defaults, email, engine, models",
        "[models.churn] key 'target' is missing",
        "[models.churn] model is missing, or prediction or score for logged predictions",
        f"[models.churn] unknown key 'modle'; did you mean 'model'? known: {KNOWN_OF_MODEL}",
        f"[models.churn] data = 'churn.txt': {SUFFIXES}",
        (
            "[models.churn.thresholds] unknown metric 'recal'; did you mean 'recall'? "
            f"known: {KNOWN_METRICS}"
        ),
        "[models.churn.thresholds] f1 = nan: must be a finite number",
        (
            "[models.churn.thresholds.precision] warn = 0.4 is not above min = 0.5, "
            "so it could never warn"
        ),
        (
            "[models.churn.thresholds.precision] unknown key 'averge'; did you mean 'average'? "
            f"known: {KNOWN_OF_THRESHOLD}"
        ),
        f"[models.churn] window = '3m': {WINDOW}",
        "[models.churn.segments #2] key 'thresholds' is missing, or max_gap",
        "[models.churn.segments #2] by = []: must not be empty",
        "[models.churn.segments #2] values = []: must not be empty",
        "[models.delay] key 'task' is missing",
        "[models.delay] key 'data' is missing",
        "[models.delay] key 'target' is missing",
        "[models.delay] model is missing, or prediction or score for logged predictions",
        "[models.delay] a model without thresholds judges nothing; add a thresholds table",
        "[defaults] confidence = 1: must be a number of at most 0.999999",
        (
            "[defaults] rule = 'Tolerant': did you mean 'tolerant'? "
            "known: confident, estimate, tolerant"
        ),
        "[email] key 'receiver_email' is missing",
        "[email] username needs password_env or password_file",
        f"[email] sender_email = 'checks': {MAILBOX}",
        "[email] security = 'none': is for a relay on loopback (localhost, 127.0.0.1, ::1) only",
    ]
