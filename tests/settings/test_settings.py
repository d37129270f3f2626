import hashlib
import json
import math
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from support.factories import CHURN, FLIGHTS, RECALL, settings

import model_checks
from model_checks.errors import DeliveryError, SettingsError
from model_checks.metrics import METRICS
from model_checks.settings import (
    Data,
    Deployed,
    Email,
    Model,
    load_settings,
    parse_moment,
    parse_settings,
    segment_text,
)
from model_checks.settings.columns import MOST_LABELS
from model_checks.settings.error_messages import keys_of
from model_checks.settings.schema import schema_text, settings_schema
from model_checks.text import nearest

Write = Callable[[str | bytes], Path]
Mistakes = Callable[[str | bytes], list[str]]

KNOWN_OF_MODEL = (
    "as_of, baseline, confidence, correction, data, decision_threshold, features, min_rows, model, "
    "positive_label, prediction, rule, score, segments, target, task, thresholds, time_column, "
    "weight, window"
)
KNOWN_OF_EMAIL = (
    "password_env, password_file, receiver_email, report_url, security, sender_email, smtp_host, "
    "smtp_port, timeout, username"
)
KNOWN_OF_THRESHOLD = (
    "average, beta, confidence, max, max_degradation, max_rows, metric, min, min_rows, rule, seed, "
    "warn"
)
KNOWN_METRICS = (
    "accuracy, average_precision, balanced_accuracy, brier, cohen_kappa, "
    "expected_calibration_error, f1, fbeta, log_loss, mcc, npv, precision, recall, roc_auc, "
    "specificity"
)
METRICS_OF_REGRESSION = (
    "explained_variance, mae, mape, max_error, mean_error, median_absolute_error, r2, rmse"
)
NO_BETA = "beta is missing; with 2, say, recall weighs twice as much as precision"
MOMENT = "must be a date or a time, such as 2013-05-01 or 2013-05-01T06:00:00Z"
WINDOW = 'must be a number of hours, days or weeks, such as "12h", "30d" or "4w"'
LABEL = "must be a string, a number or a boolean"
MAILBOX = "must be one mail address, such as 'Model Checks <checks@example.com>'"
JOBLIB = (
    "a joblib file runs code when it is loaded; say allow_pickle = true and the file's sha256, "
    "or save it with skops"
)
SCORE = (
    "must be a column, for multiclass a table of label = column, "
    "or for multilabel a list of columns"
)
COLUMNS = "must be a string, or for multilabel a list of strings"
EACH = "one for each label, for task 'multilabel'"
SAME = "each label needs one, in the same order"
MAIL = """
[email]
sender_email = "checks@example.com"
receiver_email = "oncall@example.com"
smtp_host = "smtp.example.com"
"""
SHA = "0123456789abcdef" * 4


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "thresholds.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def mistakes_in(write: Write) -> Mistakes:
    """The mistakes of a file, each without the file's name."""

    def load(content: str | bytes) -> list[str]:
        with pytest.raises(SettingsError, match=r"^thresholds\.toml: ") as caught:
            load_settings(write(content))
        assert str(caught.value).splitlines() == list(caught.value.mistakes)
        return [line.removeprefix("thresholds.toml: ") for line in caught.value.mistakes]

    return load


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


def test_a_bare_number_is_at_least_for_a_score_and_at_most_for_an_error() -> None:
    loaded = settings("""
[models.delay]
task = "regression"
prediction = "predicted"
data = { files = "log-*.csv.gz" }
target = "arr_delay"
thresholds = { mae = 25, rmse = 50.5 }
""")
    thresholds = loaded.models["delay"].thresholds
    assert (thresholds["mae"].min, thresholds["mae"].max) == (None, 25)
    assert (thresholds["rmse"].min, thresholds["rmse"].max) == (None, 50.5)
    assert settings(CHURN + RECALL).models["churn"].thresholds["recall"].min == 0.5


@pytest.mark.parametrize(
    ("written", "loader", "source"),
    [
        ('{ skops = "m.skops", trusted_types = ["functools.partial"] }', "skops", "m.skops"),
        (f'{{ joblib = "m.joblib", allow_pickle = true, sha256 = "{SHA}" }}', "joblib", "m.joblib"),
        ('{ python = "package.module:name" }', "python", "package.module:name"),
    ],
)
def test_a_model_names_its_loader(written: str, loader: str, source: str) -> None:
    toml = CHURN.replace('"churn.skops"', written) + RECALL
    deployed = settings(toml).models["churn"].model
    assert deployed is not None
    assert deployed.source == getattr(deployed, loader) == source


def test_a_receiver_is_a_string_or_a_list() -> None:
    one = settings(MAIL + CHURN + RECALL).email
    assert one is not None
    assert one.receiver_email == ["oncall@example.com"]
    assert (one.smtp_port, one.security) == (587, "starttls")


@pytest.mark.parametrize(
    "address",
    ["checks@example.com", "Model Checks <checks@example.com>", '"Checks, Model" <c@example.com>'],
)
def test_an_address_may_have_a_name(address: str) -> None:
    toml = MAIL.replace('"checks@example.com"', f"'{address}'") + CHURN + RECALL
    email = settings(toml).email
    assert email is not None
    assert email.sender_email == address


def test_a_multiclass_log_has_a_score_for_every_label() -> None:
    loaded = settings("""
[models.trip]
task = "multiclass"
score = { on_time = "p0", late = "p1" }
data = "log.parquet"
target = "outcome"
thresholds = { roc_auc = { min = 0.7, average = "weighted" } }
""")
    assert loaded.models["trip"].score == {"on_time": "p0", "late": "p1"}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2013-05-01", datetime(2013, 5, 1, tzinfo=UTC)),
        ('"2013-05-01"', datetime(2013, 5, 1, tzinfo=UTC)),
        ("2013-05-01T06:00:00", datetime(2013, 5, 1, 6, tzinfo=UTC)),
        ("2013-05-01T06:00:00+02:00", datetime(2013, 5, 1, 4, tzinfo=UTC)),
        ('"2013-05-01T06:00:00Z"', datetime(2013, 5, 1, 6, tzinfo=UTC)),
    ],
)
def test_as_of_is_a_date_or_a_time_in_utc(written: str, moment: datetime) -> None:
    toml = f'{CHURN}time_column = "at"\nas_of = {written}\n{RECALL}'
    found = settings(toml).models["churn"].as_of
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.parametrize("value", ["soon", "", 7, None, "2013-13-01", timedelta(1)])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"must be a date or a time, such as 2013-05-01 or "):
        parse_moment(value)


@pytest.mark.parametrize("edge", ["9999-12-31T23:59:59-10:00", "0001-01-01T00:00:00+10:00"])
def test_a_moment_that_leaves_the_calendar_in_utc_is_refused(edge: str) -> None:
    with pytest.raises(ValueError, match="must be a date or a time"):
        parse_moment(datetime.fromisoformat(edge))


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


@pytest.mark.parametrize("name", ["a b", "", "é", "-m", "a/b", "a=b", "a[0]", "<b>", "a\nb"])
def test_a_model_name_must_do_as_an_id(mistakes_in: Mistakes, name: str) -> None:
    shown = name if name == "-m" else repr(name)
    assert mistakes_in((CHURN + RECALL).replace("models.churn", f"models.{json.dumps(name)}")) == [
        (
            f"[models.{shown}] model name {name!r} must be of letters, digits, '_', '.' and '-', "
            "and start with a letter or digit"
        )
    ]


@pytest.mark.parametrize("name", ["and", "or", "not", "recall", "rmse", "binary", "regression"])
def test_a_model_name_must_do_as_a_marker(mistakes_in: Mistakes, name: str) -> None:
    assert mistakes_in((CHURN + RECALL).replace("models.churn", f"models.{name}")) == [
        f"[models.{name}] model name {name!r} means something else as a marker of its checks"
    ]


def test_a_mistake_in_a_model_is_told_even_if_its_name_is_one(mistakes_in: Mistakes) -> None:
    toml = (CHURN + RECALL).replace("models.churn", 'models."a b"').replace("0.5", "5")
    assert [line.split("] ")[0] for line in mistakes_in(toml)] == [
        "[models.'a b'",
        "[models.'a b'.thresholds",
    ]


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


# [defaults], and the same keys wherever they may stand again.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("confidence = 0", "confidence = 0: must be a number of at least 0.01"),
        ("confidence = 1.0", "confidence = 1.0: must be a number of at most 0.999999"),
        ("confidence = 95", "confidence = 95: must be a number of at most 0.999999"),
        ("confidence = nan", "confidence = nan: must be a finite number"),
        ("confidence = true", "confidence = true: must be a number"),
        ('confidence = "0.95"', "confidence = '0.95': must be a number"),
        ("min_rows = 0", "min_rows = 0: must be a number of at least 1"),
        ("min_rows = -5", "min_rows = -5: must be a number of at least 1"),
        ("min_rows = 30.0", "min_rows = 30.0: must be a whole number"),
        ("min_rows = inf", "min_rows = inf: must be a whole number"),
        ("min_rows = true", "min_rows = true: must be a whole number"),
        ('rule = "estimat"', "rule = 'estimat': did you mean 'estimate'? known: {rules}"),
        ('rule = "ESTIMATE"', "rule = 'ESTIMATE': did you mean 'estimate'? known: {rules}"),
        ("rule = 3", "rule = 3: known: {rules}"),
        ("rule = true", "rule = true: known: {rules}"),
    ],
)
@pytest.mark.parametrize("level", ["defaults", "model", "segment", "threshold"])
def test_how_a_bound_is_held_is_checked_on_every_level(
    mistakes_in: Mistakes, level: str, written: str, told: str
) -> None:
    toml, place = {
        "defaults": (f"[defaults]\n{written}\n{CHURN}{RECALL}", "[defaults]"),
        "model": (f"{CHURN}{written}\n{RECALL}", "[models.churn]"),
        "segment": (
            (
                f'{CHURN}[[models.churn.segments]]\nby = "plan"\n{written}\n'
                "thresholds = { recall = 0.5 }\n"
            ),
            "[models.churn.segments #1]",
        ),
        "threshold": (
            f"{CHURN}thresholds = {{ recall = {{ min = 0.5, {written} }} }}\n",
            "[models.churn.thresholds.recall]",
        ),
    }[level]
    assert mistakes_in(toml) == [f"{place} {told.format(rules='confident, estimate, tolerant')}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("as_of = 'soon'", f"as_of = 'soon': {MOMENT}"),
        ("as_of = 06:00:00", f"as_of = 06:00:00: {MOMENT}"),
        ("as_of = 20130501", f"as_of = 20130501: {MOMENT}"),
        ("as_of = 9999-12-31T23:59:59-10:00", f"as_of = 9999-12-31T23:59:59-10:00: {MOMENT}"),
        (
            'window = "30d"',
            "unknown key 'window'; known: as_of, confidence, correction, min_rows, rule",
        ),
        (
            "min_row = 3",
            (
                "unknown key 'min_row'; did you mean 'min_rows'? "
                "known: as_of, confidence, correction, min_rows, rule"
            ),
        ),
    ],
)
def test_a_mistake_in_the_defaults_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(f"[defaults]\n{written}\n{CHURN}{RECALL}") == [f"[defaults] {told}"]


# [models.NAME].


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x = 1", f"unknown key 'x'; known: {KNOWN_OF_MODEL}"),
        ("Window = '3d'", f"unknown key 'Window'; did you mean 'window'? known: {KNOWN_OF_MODEL}"),
        ('"<whole>" = 1', f"unknown key '<whole>'; known: {KNOWN_OF_MODEL}"),
        ("weight = ''", "weight = '': must not be empty"),
        ("weight = 3", "weight = 3: must be a string"),
        ("features = []", "features = []: must not be empty"),
        ("features = ['a', '']", "features #2 = '': must not be empty"),
        ("features = ['a', 3]", "features #2 = 3: must be a string"),
        ("features = ['a', 'a']", "features = ['a', 'a']: names 'a' more than once"),
        ("features = 3", "features = 3: must be a string or a list of strings"),
        ("positive_label = [1]", f"positive_label = [1]: {LABEL}"),
        ("positive_label = nan", f"positive_label = nan: {LABEL}"),
        ("positive_label = 2013-05-01", f"positive_label = 2013-05-01: {LABEL}"),
        ("decision_threshold = true", "decision_threshold = true: must be a number"),
        ("decision_threshold = nan", "decision_threshold = nan: must be a finite number"),
        ("window = '30d'", "window = '30d': needs time_column"),
        ("as_of = 2013-05-01", "as_of = 2013-05-01: needs time_column"),
        ("time_column = 't'\nwindow = 30", f"window = 30: {WINDOW}"),
        ("time_column = 't'\nwindow = '30'", f"window = '30': {WINDOW}"),
        ("time_column = 't'\nwindow = '0d'", f"window = '0d': {WINDOW}"),
        ("time_column = 't'\nwindow = '-3d'", f"window = '-3d': {WINDOW}"),
        ("time_column = 't'\nwindow = '2 d'", f"window = '2 d': {WINDOW}"),
        ("time_column = 't'\nwindow = '3m'", f"window = '3m': {WINDOW}"),
        ("time_column = 't'\nwindow = '٣d'", f"window = '٣d': {WINDOW}"),
        ("time_column = 't'\nas_of = 'then'", f"as_of = 'then': {MOMENT}"),
        (
            "prediction = 'p'",
            "prediction = 'p': is a column of logged predictions; here model makes them",
        ),
        ("score = 'p'", "score = 'p': is a column of logged predictions; here model makes them"),
        ("segments = 3", "segments = 3: must be a list"),
        ("segments = []", "segments = []: must not be empty"),
        ("segments = [3]", "segments #1 = 3: must be a table"),
        (
            "segments = { by = 'plan', thresholds = { recall = 0.3 } }",
            "segments is a table; write [[models.NAME.segments]], in two brackets",
        ),
        ("features = ['left']", "target and features are the same column, 'left'"),
        ("weight = 'left'", "target and weight are the same column, 'left'"),
    ],
)
def test_a_mistake_in_a_models_table_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    assert mistakes_in(f"{CHURN}{written}\n{RECALL}") == [f"[models.churn] {told}"]


@pytest.mark.parametrize("key", ["task", "data", "target"])
def test_a_key_that_a_model_needs_is_asked_for(mistakes_in: Mistakes, key: str) -> None:
    lines = [line for line in CHURN.splitlines() if not line.startswith(f"{key} =")]
    assert mistakes_in("\n".join(lines) + RECALL) == [f"[models.churn] key {key!r} is missing"]


@pytest.mark.parametrize("toml", [CHURN, f"{CHURN}rule = 'tolerant'\n"])
def test_a_model_without_thresholds_is_a_mistake(mistakes_in: Mistakes, toml: str) -> None:
    assert mistakes_in(toml) == [
        "[models.churn] a model without thresholds judges nothing; add a thresholds table"
    ]


def test_an_empty_table_of_thresholds_is_a_mistake_even_beside_segments(
    mistakes_in: Mistakes,
) -> None:
    segments = '[[models.churn.segments]]\nby = "plan"\nthresholds = { recall = 0.5 }\n'
    for toml in (CHURN, CHURN + segments):
        assert mistakes_in(f"{toml}[models.churn.thresholds]\n") == [
            "[models.churn] thresholds = {}: must not be empty"
        ]


@pytest.mark.parametrize(
    ("task", "told"),
    [
        ('"Binary"', "task = 'Binary': did you mean 'binary'? known: {tasks}"),
        ('"clustering"', "task = 'clustering': known: {tasks}"),
        ('["binary"]', "task = ['binary']: did you mean 'binary'? known: {tasks}"),
    ],
)
def test_an_unknown_task_is_told_once(mistakes_in: Mistakes, task: str, told: str) -> None:
    toml = CHURN.replace('"binary"', task) + RECALL
    told = told.format(tasks="binary, multiclass, multilabel, regression")
    assert mistakes_in(toml) == [f"[models.churn] {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "positive_label = 1",
            "positive_label = 1: is for task 'binary' or 'multilabel'; this is 'regression'",
        ),
        (
            "decision_threshold = 0.5",
            "decision_threshold = 0.5: is for task 'binary' or 'multilabel'; this is 'regression'",
        ),
        (
            "score = 'p'",
            "score = 'p': is for classification; a regression is logged in prediction",
        ),
    ],
)
def test_a_regression_has_no_labels(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(f"""
[models.delay]
task = "regression"
prediction = "predicted"
data = "log.parquet"
target = "delay"
{written}
thresholds = {{ rmse = 50 }}
""") == [f"[models.delay] {told}"]


@pytest.mark.parametrize(
    ("task", "written", "told"),
    [
        ("binary", "", "model is missing, or prediction or score for logged predictions"),
        ("binary", "prediction = ''", "prediction = '': must not be empty"),
        ("binary", "prediction = 3", f"prediction = 3: {COLUMNS}"),
        (
            "binary",
            "prediction = 'p'\ndecision_threshold = 0.5",
            (
                "decision_threshold = 0.5: has nothing to decide, since prediction is a column of "
                "labels"
            ),
        ),
        (
            "binary",
            "prediction = 'p'\nfeatures = ['a']",
            "features = ['a']: are given to a model; here the predictions are logged",
        ),
        ("binary", "score = { a = 'p' }", "score = {...}: must be one column for task 'binary'"),
        ("binary", "prediction = 'y'", "target and prediction are the same column, 'y'"),
        ("binary", "score = 'y'", "target and score are the same column, 'y'"),
        (
            "binary",
            "prediction = 'p'\nscore = 'p'",
            "prediction and score are the same column, 'p'",
        ),
        (
            "multiclass",
            "score = 'p'",
            "score = 'p': must be a table of label = column, of every label, for 'multiclass'",
        ),
        (
            "multiclass",
            "score = { a = 'p' }",
            "score = {...}: must be a table of label = column, of every label, for 'multiclass'",
        ),
        (
            "multiclass",
            "score = { a = 'p', b = 'p' }",
            "score a and score b are the same column, 'p'",
        ),
        *(
            ("multiclass", f"score = {score}", f"score = {shown}: {SCORE}")
            for score, shown in [
                ("{}", "{}"),
                ("''", "''"),
                ("3", "3"),
                ("{ a = 'p', b = 3 }", "{...}"),
            ]
        ),
        (
            "multiclass",
            "score = ['p', 'q']",
            (
                "score = ['p', 'q']: must be a table of label = column, of every label, "
                "for 'multiclass'"
            ),
        ),
        ("binary", "score = ['p']", "score = ['p']: must be one column for task 'binary'"),
        (
            "binary",
            "prediction = ['p']",
            "prediction = ['p']: must be one column for task 'binary'",
        ),
        (
            "multiclass",
            "prediction = ['p']",
            "prediction = ['p']: must be one column for task 'multiclass'",
        ),
    ],
)
def test_a_mistake_in_logged_predictions_is_told(
    mistakes_in: Mistakes, task: str, written: str, told: str
) -> None:
    assert mistakes_in(f"""
[models.trip]
task = "{task}"
data = "log.parquet"
target = "y"
{written}
thresholds = {{ recall = 0.5 }}
""") == [f"[models.trip] {told}"]


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_list_of_targets_is_for_multilabel(mistakes_in: Mistakes, task: str) -> None:
    toml = CHURN.replace('"left"', "['left', 'right']").replace("binary", task)
    metric = "rmse" if task == "regression" else "recall"
    assert mistakes_in(f"{toml}thresholds = {{ {metric} = 0.5 }}\n") == [
        f"[models.churn] target = ['left', 'right']: must be one column for task {task!r}"
    ]


TAGS = """
[models.tags]
task = "multilabel"
data = "tags.parquet"
target = ["a", "b"]
prediction = ["pa", "pb"]
thresholds = { f1 = { min = 0.6, average = "micro" }, accuracy = 0.5 }
"""


def test_a_multilabel_model_lists_a_column_for_each_label() -> None:
    model = settings(TAGS).models["tags"]
    assert (model.targets, model.predictions, model.scores) == (("a", "b"), ("pa", "pb"), ())
    scored = TAGS.replace("prediction", "decision_threshold = 0.4\nscore")
    model = settings(scored).models["tags"]
    assert (model.targets, model.predictions, model.scores) == (("a", "b"), (), ("pa", "pb"))


@pytest.mark.parametrize(
    ("key", "written", "told"),
    [
        ("target", "'a'", f"target = 'a': must be a list of columns, {EACH}"),
        ("prediction", "'pa'", f"prediction = 'pa': must be a list of columns, {EACH}"),
        ("score", "'pa'", f"score = 'pa': must be a list of columns, {EACH}"),
        ("score", "{ a = 'pa', b = 'pb' }", f"score = {{...}}: must be a list of columns, {EACH}"),
        ("target", "[]", "target = []: must not be empty"),
        ("target", "3", f"target = 3: {COLUMNS}"),
        ("target", "['a', '']", "target = ['a', '']: must be a list of columns"),
        ("target", "['a', 3]", "target = ['a', 3]: must be a list of columns"),
        ("target", "['a', ['b']]", "target = ['a', ['b']]: must be a list of columns"),
        ("target", "['a', 'a']", "target = ['a', 'a']: names 'a' more than once"),
        ("prediction", "['pa', 'pa']", "prediction = ['pa', 'pa']: names 'pa' more than once"),
        ("score", "['pa', 3]", "score = ['pa', 3]: must be a list of columns"),
        ("score", "['pa', 'pa']", "score = ['pa', 'pa']: names 'pa' more than once"),
        ("prediction", "['pa']", f"prediction = ['pa']: has 1 column for the 2 of target; {SAME}"),
        (
            "score",
            "['pa', 'pb', 'pc']",
            f"score = ['pa', 'pb', 'pc']: has 3 columns for the 2 of target; {SAME}",
        ),
        ("prediction", "['pa', 'b']", "target and prediction are the same column, 'b'"),
        ("score", "['a', 'pb']", "target and score are the same column, 'a'"),
        (
            "prediction",
            "['pa', 'pb']\nscore = ['sa', 'sb']",
            "prediction and score are both given; for task 'multilabel' keep one",
        ),
        (
            "prediction",
            "['pa', 'pb']\ndecision_threshold = 0.4",
            (
                "decision_threshold = 0.4: has nothing to decide, since prediction is a column of "
                "labels"
            ),
        ),
        ("prediction", "['pa', 'pb']\nweight = 'b'", "target and weight are the same column, 'b'"),
    ],
)
def test_a_mistake_in_the_columns_of_labels_is_told(
    mistakes_in: Mistakes, key: str, written: str, told: str
) -> None:
    line = 'target = ["a", "b"]' if key == "target" else 'prediction = ["pa", "pb"]'
    assert mistakes_in(TAGS.replace(line, f"{key} = {written}")) == [f"[models.tags] {told}"]


def test_one_label_is_binary_and_too_many_are_told(mistakes_in: Mistakes) -> None:
    called = TAGS.replace('prediction = ["pa", "pb"]', "model = 'm.skops'")
    assert mistakes_in(called.replace('["a", "b"]', "['a']")) == [
        (
            "[models.tags] target = ['a']: must have a column for each of several labels; "
            "for one: task = 'binary'"
        )
    ]
    many = [f"label {k}" for k in range(MOST_LABELS + 1)]
    (line,) = mistakes_in(called.replace('["a", "b"]', repr(many)))
    assert line.endswith(": has 201 columns; at most 200 labels can be judged")


def test_scores_of_several_labels_are_not_ranked(mistakes_in: Mistakes) -> None:
    assert mistakes_in(TAGS.replace("accuracy", "roc_auc")) == [
        (
            "[models.tags.thresholds] task 'multilabel' has no metric 'roc_auc'; "
            "it has: accuracy, f1, fbeta, precision, recall"
        )
    ]


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "brier"])
def test_a_metric_of_scores_of_a_log_without_scores_is_a_mistake(
    mistakes_in: Mistakes, metric: str
) -> None:
    logged = CHURN.replace('model = "churn.skops"', 'prediction = "p"')
    by_plan = '[[models.churn.segments]]\nby = "plan"\nthresholds = { METRIC = 0.6 }\n'
    for toml in (f"{logged}thresholds = {{ METRIC = 0.7 }}\n", logged + by_plan):
        assert mistakes_in(toml.replace("METRIC", metric)) == [
            f"[models.churn] {metric} needs score, the column of logged probabilities"
        ]


# model = ..., data = ...


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("''", "[models.churn] model = '': must not be empty"),
        ("3", "[models.churn] model = 3: must be a string or a table"),
        ("['m.skops']", "[models.churn] model = ['m.skops']: must be a string or a table"),
        ("{}", "[models.churn.model] must name one of skops, joblib, python"),
        (
            "{ skops = 'a', python = 'b:c' }",
            "[models.churn.model] must name one of skops, joblib, python, not several",
        ),
        ("{ skops = 3 }", "[models.churn.model] skops = 3: must be a string"),
        ("{ joblib = 'm' }", f"[models.churn.model] {JOBLIB}"),
        ("{ joblib = 'm', allow_pickle = true }", f"[models.churn.model] {JOBLIB}"),
        (f"{{ joblib = 'm', sha256 = '{SHA}' }}", f"[models.churn.model] {JOBLIB}"),
        (
            f"{{ joblib = 'm', allow_pickle = false, sha256 = '{SHA}' }}",
            f"[models.churn.model] {JOBLIB}",
        ),
        (
            f"{{ joblib = 'm', allow_pickle = 1, sha256 = '{SHA}' }}",
            "[models.churn.model] allow_pickle = 1: must be true or false",
        ),
        (
            "{ joblib = 'm', allow_pickle = true, sha256 = 'AB' }",
            "[models.churn.model] sha256 = 'AB': must be 64 hexadecimal digits in lower case",
        ),
        (
            "{ skops = 'm', allow_pickle = true }",
            "[models.churn.model] allow_pickle goes with joblib",
        ),
        (
            "{ python = 'a.b:c', trusted_types = ['x'] }",
            "[models.churn.model] trusted_types goes with skops",
        ),
        (
            "{ python = 'a.b' }",
            "[models.churn.model] python = 'a.b': must be 'package.module:name'",
        ),
        (
            "{ skops = 'm', trusted = ['x'] }",
            (
                "[models.churn.model] unknown key 'trusted'; did you mean 'trusted_types'? "
                "known: allow_pickle, joblib, python, sha256, skops, trusted_types"
            ),
        ),
    ],
)
def test_a_mistake_in_model_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(CHURN.replace('"churn.skops"', written) + RECALL) == [told]


DATABASE = "needs url_env, the variable that holds a database's URL"
DATA_KEYS = [
    *("csv", "decimal", "delimiter", "encoding", "files", "quote", "spark", "sql", "table"),
    *("time_format", "time_unit", "url_env"),
]
SUFFIXES = "must end in one of .parquet, .pq, .csv, .csv.gz; another CSV is named by csv = ..."


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("''", "[models.churn] data = '': must not be empty"),
        ("3", "[models.churn] data = 3: must be a string or a table"),
        ("['a.csv']", "[models.churn] data = ['a.csv']: must be a string or a table"),
        ("'rows.txt'", f"[models.churn] data = 'rows.txt': {SUFFIXES}"),
        ("'folder/'", f"[models.churn] data = 'folder/': {SUFFIXES}"),
        ("{ files = 'a.xlsx' }", f"[models.churn.data] files = 'a.xlsx': {SUFFIXES}"),
        ("{ files = ['a.csv'] }", "[models.churn.data] files = ['a.csv']: must be a string"),
        ("{}", "[models.churn.data] must name one of files, csv, url_env, spark"),
        (
            "{ files = 'a.csv', sep = ';' }",
            f"[models.churn.data] unknown key 'sep'; known: {', '.join(DATA_KEYS)}",
        ),
        ("{ url_env = 'DB' }", "[models.churn.data] must name one of table, sql"),
        (
            "{ url_env = 'DB', table = 't', sql = 'select 1' }",
            "[models.churn.data] must name one of table, sql, not several",
        ),
        ("{ table = 't' }", f"[models.churn.data] table {DATABASE}, or spark"),
        ("{ sql = 'select 1' }", f"[models.churn.data] sql {DATABASE}"),
        (
            "{ spark = 'local[*]', table = 't', sql = 'select 1' }",
            "[models.churn.data] sql goes with url_env",
        ),
        (
            "{ url_env = 'DB', files = 'a.csv' }",
            (
                "[models.churn.data] files are read by DuckDB or spark, not by a database; "
                "leave url_env out"
            ),
        ),
        (
            "{ url_env = 'DB', spark = 'local[*]', table = 't' }",
            "[models.churn.data] url_env and spark are both given; keep one",
        ),
        ("{ url_env = 'DB', table = '' }", "[models.churn.data] table = '': must not be empty"),
        (
            "{ url_env = 'postgresql://me:hunter2@db/log', table = 't' }",
            (
                "[models.churn.data] url_env = 'postgresql://...': "
                "must be the name of an environment variable"
            ),
        ),
        (
            "'postgresql://me:hunter2@db/log'",
            (
                "[models.churn] data = 'postgresql://...': must be a path, or start with one of "
                "s3://, gs://, https://, http://; a database is named by url_env"
            ),
        ),
    ],
)
def test_a_mistake_in_data_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(CHURN.replace('"churn.parquet"', written) + RECALL) == [told]


@pytest.mark.parametrize("files", ["a.csv", "a.CSV", "in/*.csv.gz", "year=*/part-*.parquet"])
def test_data_is_a_path_or_a_glob(files: str) -> None:
    toml = CHURN.replace("churn.parquet", files) + RECALL
    assert settings(toml).models["churn"].data.path == files


# Thresholds.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("auk = 0.5", f"] unknown metric 'auk'; known: {KNOWN_METRICS}"),
        ("AUC = 0.5", f"] unknown metric 'AUC'; did you mean 'roc_auc'? known: {KNOWN_METRICS}"),
        (
            "Recall = 0.5",
            f"] unknown metric 'Recall'; did you mean 'recall'? known: {KNOWN_METRICS}",
        ),
        ("rmse = 50", f"] task 'binary' has no metric 'rmse'; it has: {KNOWN_METRICS}"),
        ("recall = true", "] recall = true: must be a number or a table"),
        ("recall = '0.5'", "] recall = '0.5': must be a number or a table"),
        ("recall = [0.5]", "] recall = [0.5]: must be a number or a table"),
        ("recall = nan", "] recall = nan: must be a finite number"),
        ("recall = -inf", "] recall = -inf: must be a finite number"),
        ("recall = 1.5", "] recall = 1.5: recall is from 0 to 1"),
        ("recall = 40", "] recall = 40: recall is from 0 to 1"),
        ("recall = -0.1", "] recall = -0.1: recall is from 0 to 1"),
        ("recall = {}", ".recall] min is missing; without it nothing is too low"),
        ("recall = { warn = 0.5 }", ".recall] min is missing; without it nothing is too low"),
        ("recall = { max = 0.5 }", ".recall] min is missing; without it nothing is too low"),
        ("recall = { min = nan }", ".recall] min = nan: must be a finite number"),
        ("recall = { min = -inf }", ".recall] min = -inf: must be a finite number"),
        ("recall = { min = true }", ".recall] min = true: must be a number"),
        ("recall = { min = '0.5' }", ".recall] min = '0.5': must be a number"),
        ("recall = { min = 1.01 }", ".recall] min = 1.01: recall is from 0 to 1"),
        ("recall = { min = 0, max = 2 }", ".recall] max = 2: recall is from 0 to 1"),
        ("recall = { min = 0.5, warn = 5 }", ".recall] warn = 5: recall is from 0 to 1"),
        ("recall = { min = 0.5, warn = nan }", ".recall] warn = nan: must be a finite number"),
        (
            "recall = { min = 0.5, warn = 0.4 }",
            ".recall] warn = 0.4 is not above min = 0.5, so it could never warn",
        ),
        (
            "recall = { min = 0.5, warn = 0.5 }",
            ".recall] warn = 0.5 is not above min = 0.5, so it could never warn",
        ),
        (
            "recall = { min = 0.5, max = 0.9, warn = 0.6 }",
            ".recall] warn goes with min or with max, not with both",
        ),
        ("recall = { min = 0.7, max = 0.6 }", ".recall] min = 0.7 is above max = 0.6"),
        (
            "recall = { min = 0.5, averag = 'x' }",
            ".recall] unknown key 'averag'; did you mean 'average'? known: " + KNOWN_OF_THRESHOLD,
        ),
        (
            "recall = { min = 0.5, metric = 'f1' }",
            "] recall is a metric by itself; give the function another name",
        ),
        (
            "recall = { min = 0.5, seed = 7 }",
            ".recall] seed = 7: goes with metric, which names a function of your own",
        ),
        (
            "recall = { min = 0.5, max_rows = 7 }",
            ".recall] max_rows = 7: goes with metric, which names a function of your own",
        ),
        (
            "recall = { min = 0.5, '<metric>' = 'f1' }",
            ".recall] unknown key '<metric>'; did you mean 'metric'? known: " + KNOWN_OF_THRESHOLD,
        ),
        (
            "recall = { min = 0.5, '<whole>' = 1 }",
            ".recall] unknown key '<whole>'; known: " + KNOWN_OF_THRESHOLD,
        ),
        ("recall = { min = 0.5, average = 'macro' }", ".recall] average = 'macro': known: binary"),
        ("recall = { min = 0.5, average = 3 }", ".recall] average = 3: must be a string"),
        ("mcc = -1.5", "] mcc = -1.5: mcc is from -1 to 1"),
        ("cohen_kappa = { min = 2 }", ".cohen_kappa] min = 2: cohen_kappa is from -1 to 1"),
        ("brier = 2.5", "] brier = 2.5: brier is from 0 to 2"),
        ("log_loss = -1", "] log_loss = -1: log_loss is never below 0"),
        ("log_loss = { min = 0.5 }", ".log_loss] max is missing; without it nothing is too high"),
        ("fbeta = 0.5", f".fbeta] {NO_BETA}"),
        ("fbeta = { min = 0.5 }", f".fbeta] {NO_BETA}"),
        ("fbeta = { min = 0.5, beta = 0 }", ".fbeta] beta = 0: must be a number above 0"),
        ("fbeta = { min = 0.5, beta = inf }", ".fbeta] beta = inf: must be a finite number"),
        ("fbeta = { min = 0.5, beta = '2' }", ".fbeta] beta = '2': must be a number"),
        ("fbeta = { beta = 2 }", ".fbeta] min is missing; without it nothing is too low"),
        ("f1 = { min = 0.5, beta = 2 }", ".f1] beta = 2: f1 has no beta"),
        (
            "accuracy = { min = 0.5, average = 'macro' }",
            ".accuracy] average = 'macro': accuracy has no averages",
        ),
        (
            "recall = { min = 0.5, as_of = 2013-05-01 }",
            (
                ".recall] as_of = 2013-05-01: belongs in [defaults] or the model's table: its rows "
                "are judged as of one time"
            ),
        ),
    ],
)
def test_a_mistake_in_a_threshold_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    toml = f"{CHURN}\n[models.churn.thresholds]\n{written}\n"
    assert mistakes_in(toml) == [f"[models.churn.thresholds{told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("rmse = -1", "] rmse = -1: rmse is never below 0"),
        ("rmse = inf", "] rmse = inf: must be a finite number"),
        ("rmse = { min = 10 }", ".rmse] max is missing; without it nothing is too high"),
        (
            "rmse = { max = 50, warn = 60 }",
            ".rmse] warn = 60.0 is not below max = 50.0, so it could never warn",
        ),
        (
            "rmse = { max = 50, warn = 50 }",
            ".rmse] warn = 50.0 is not below max = 50.0, so it could never warn",
        ),
        (
            "recall = 0.5",
            f"] task 'regression' has no metric 'recall'; it has: {METRICS_OF_REGRESSION}",
        ),
        ("r2 = 1.1", "] r2 = 1.1: r2 is never above 1"),
        ("r2 = { max = 0.5 }", ".r2] min is missing; without it nothing is too low"),
        ("mean_error = -1", "] mean_error = -1: must be at least 0: how far it may be from 0"),
        ("mean_error = true", "] mean_error = true: must be a number or a table"),
        (
            "mean_error = { warn = 1 }",
            ".mean_error] min and max are missing; without them nothing is too far from 0",
        ),
        (
            "mean_error = { min = -1, max = 1, warn = 0.5 }",
            ".mean_error] warn goes with min or with max, not with both",
        ),
        ("mean_error = { min = 2, max = -2 }", ".mean_error] min = 2.0 is above max = -2.0"),
    ],
)
def test_a_mistake_in_the_threshold_of_an_error_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    assert mistakes_in(f"""
[models.delay]
task = "regression"
model = "delay.skops"
data = "log.parquet"
target = "delay"
[models.delay.thresholds]
{written}
""") == [f"[models.delay.thresholds{told}"]


# Thresholds on functions of the user's own.


def agreed(name: str, keys: str) -> str:
    return f"{CHURN}\n[models.churn.thresholds]\n{name} = {{ {keys} }}\n"


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_a_function_may_be_agreed_for_every_task(task: str) -> None:
    toml = agreed("profit", "metric = 'my_package.scoring:profit', min = -3.2, warn = 0")
    if task == "multilabel":
        toml = toml.replace('"left"', '["left", "right"]')
    profit = settings(toml.replace("binary", task)).models["churn"].thresholds["profit"]
    assert profit.function == "my_package.scoring:profit"
    assert (profit.min, profit.warn, profit.seed, profit.max_rows) == (-3.2, 0, 0, 1_000_000)


def test_a_function_may_be_agreed_for_segments() -> None:
    keys = "metric = 'a:b', max = 9000, seed = 7, max_rows = 500_000"
    model = settings(CHURN + by("'plan'", f"cost = {{ {keys} }}")).models["churn"]
    cost = model.segments[0].thresholds["cost"]
    assert (cost.function, cost.max, cost.seed, cost.max_rows) == ("a:b", 9000, 7, 500_000)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("metric = 'a:b'", "min and max are missing; without them nothing is too low or too high"),
        (
            "metric = 'a:b', warn = 1",
            "min and max are missing; without them nothing is too low or too high",
        ),
        ("metric = 'a:b', min = 2, max = 1", "min = 2.0 is above max = 1.0"),
        (
            "metric = 'a:b', min = 1, max = 2, warn = 1.5",
            "warn goes with min or with max, not with both",
        ),
        (
            "metric = 'a:b', max = -1, warn = 0",
            "warn = 0.0 is not below max = -1.0, so it could never warn",
        ),
        ("metric = 'a:b', min = nan", "min = nan: must be a finite number"),
        ("metric = 'accuracy', min = 1", "metric = 'accuracy': must be 'package.module:function'"),
        ("metric = 'a.b', min = 1", "metric = 'a.b': must be 'package.module:function'"),
        ("metric = ':b', min = 1", "metric = ':b': must be 'package.module:function'"),
        ("metric = '', min = 1", "metric = '': must be 'package.module:function'"),
        ("metric = 3, min = 1", "metric = 3: must be a string"),
        ("metric = 'a:b', min = 1, seed = -1", "seed = -1: must be a number of at least 0"),
        ("metric = 'a:b', min = 1, seed = 1.5", "seed = 1.5: must be a whole number"),
        ("metric = 'a:b', min = 1, max_rows = 0", "max_rows = 0: must be a number of at least 1"),
        ("metric = 'a:b', min = 1, average = 'macro'", "average = 'macro': profit has no averages"),
        ("metric = 'a:b', min = 1, function = 'c:d'", "unknown key 'function'; known: {}"),
    ],
)
def test_a_mistake_in_the_threshold_of_a_function_is_told(
    mistakes_in: Mistakes, keys: str, told: str
) -> None:
    told = told.format(KNOWN_OF_THRESHOLD)
    assert mistakes_in(agreed("profit", keys)) == [f"[models.churn.thresholds.profit] {told}"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("accuracy", "accuracy is a metric by itself; give the function another name"),
        ("rmse", "rmse is a metric by itself; give the function another name"),
        *(
            (
                name,
                f"metric name {name!r} must be of letters, digits and '_', and start with a letter",
            )
            for name in ("a-b", "a b", "_a", "7a", "a.b", "a=b", "é", "")
        ),
        *(
            (name, f"metric name {name!r} means something else as a marker of its checks")
            for name in ("and", "or", "not", "binary", "regression")
        ),
    ],
)
def test_a_name_that_a_function_can_not_have_is_told(
    mistakes_in: Mistakes, schema: jsonschema.Draft202012Validator, name: str, told: str
) -> None:
    toml = agreed(f"'{name}'", "metric = 'a:b', min = 1")
    assert mistakes_in(toml) == [f"[models.churn.thresholds] {told}"]
    assert not schema.is_valid(as_json(toml))


def test_a_bare_number_for_a_name_that_is_no_metric_is_a_mistake(mistakes_in: Mistakes) -> None:
    toml = f"{CHURN}\n[models.churn.thresholds]\nprofit = 3\n"
    assert mistakes_in(toml) == [
        f"[models.churn.thresholds] unknown metric 'profit'; known: {KNOWN_METRICS}"
    ]


def test_a_model_and_a_metric_can_not_be_called_the_same(mistakes_in: Mistakes) -> None:
    own = "profit = { metric = 'a:b', min = 1 }"
    toml = (
        CHURN
        + by("'plan'", own)
        + (CHURN + RECALL).replace("churn]", "profit]").replace("churn.thr", "profit.thr")
    )
    (line,) = mistakes_in(toml)
    assert line == (
        "[models.churn] metric 'profit' is called as a model is; both are markers of checks, "
        "so rename one"
    )


def test_an_average_that_multiclass_does_not_have_is_told(mistakes_in: Mistakes) -> None:
    toml = CHURN.replace("binary", "multiclass")
    assert mistakes_in(f"{toml}thresholds = {{ f1 = {{ min = 0.5, average = 'micros' }} }}\n") == [
        (
            "[models.churn.thresholds.f1] average = 'micros': did you mean 'micro'? "
            "known: macro, micro, weighted"
        )
    ]


@pytest.mark.parametrize(
    "thresholds", ["3", "'recall'", "[{ recall = 0.5 }]", "[]", "true", "2013-05-01"]
)
def test_thresholds_are_a_table(mistakes_in: Mistakes, thresholds: str) -> None:
    (line,) = mistakes_in(f"{CHURN}thresholds = {thresholds}\n")
    assert line.startswith("[models.churn] thresholds = ")
    assert line.endswith(": must be a table")


def test_every_metric_has_its_bounds_checked(mistakes_in: Mistakes) -> None:
    for name, metric in METRICS.items():
        task = next(iter(metric.averages))
        edges = {metric.lowest: metric.lowest - 0.001, metric.highest: metric.highest + 0.001}
        for edge, outside in edges.items():
            if math.isinf(edge):
                continue
            written = f"{{ min = {outside}, max = {outside}, beta = 2 }}"
            if not metric.needs_beta:
                written = written.replace(", beta = 2", "")
            toml = CHURN.replace("binary", task) + f"thresholds = {{ {name} = {written} }}\n"
            lines = mistakes_in(toml)
            assert len(lines) == 2
            for line in lines:
                assert f"= {outside}: {name} is " in line


@pytest.mark.parametrize(
    ("task", "written", "low", "high"),
    [
        ("binary", "mcc = -0.2", -0.2, None),
        ("binary", "fbeta = { min = 0.5, beta = 2 }", 0.5, None),
        ("binary", "brier = 0.2", None, 0.2),
        ("regression", "r2 = -3", -3, None),
        ("regression", "mean_error = 2", -2, 2),
        ("regression", "mean_error = { max = 2 }", None, 2),
        ("regression", "mean_error = { min = -2 }", -2, None),
        ("regression", "mean_error = { max = -2 }", None, -2),
        ("regression", "max_error = 30", None, 30),
    ],
)
def test_a_number_is_the_bound_on_the_side_where_a_metric_is_worse(
    task: str, written: str, low: float | None, high: float | None
) -> None:
    toml = CHURN.replace("binary", task) + f"thresholds = {{ {written} }}\n"
    [threshold] = settings(toml).models["churn"].thresholds.values()
    assert (threshold.min, threshold.max) == (low, high)


# Segments.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("by = 'plan'", "key 'thresholds' is missing, or max_gap"),
        ("thresholds = { recall = 0.5 }", "key 'by' is missing"),
        ("by = 'plan'\nthresholds = {}", "thresholds = {}: must not be empty"),
        ("by = 'plan'\nthresholds = 3", "thresholds = 3: must be a table"),
        *(
            (f"{written}\nthresholds = {{ recall = 0.5 }}", told)
            for written, told in [
                ("by = ''", "by = '': must not be empty"),
                ("by = []", "by = []: must not be empty"),
                ("by = 3", "by = 3: must be a string or a list of strings"),
                ("by = ['a', 'a']", "by = ['a', 'a']: names 'a' more than once"),
                ("by = 'a'\nvalues = []", "values = []: must not be empty"),
                ("by = 'a'\nvalues = 'x'", "values = 'x': must be a list"),
                (
                    "by = 'a'\nvalues = [nan]",
                    "values = [nan]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [2013-05-01]",
                    "values = [2013-05-01]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [{ x = 1 }]",
                    "values = [{...}]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [[['x']]]",
                    "values = [[['x']]]: a value must be a string, a finite number or a boolean",
                ),
                (
                    "by = 'a'\nvalues = [['x', 'y']]",
                    (
                        "values = [['x', 'y']]: each value must have one part, one for each column "
                        "of by"
                    ),
                ),
                (
                    "by = ['a', 'b']\nvalues = ['x']",
                    "values = ['x']: each value must have 2 parts, one for each column of by",
                ),
                (
                    "by = 'a'\nvalues = ['x', 'y', 'x']",
                    "values = ['x', 'y', 'x']: lists 'x' more than once",
                ),
                ("by = 'a'\nvalues = [1, 1.0]", "values = [1, 1.0]: lists '1' more than once"),
                (
                    "by = 'a'\nvalues = [true, 'true']",
                    "values = [true, 'true']: lists 'true' more than once",
                ),
                (
                    "by = 'a'\nvalue = ['x']",
                    (
                        "unknown key 'value'; did you mean 'values'? "
                        "known: by, confidence, max_gap, max_segments, min_rows, rule, thresholds, "
                        "values"
                    ),
                ),
                (
                    "by = 'a'\nas_of = 2013-05-01",
                    (
                        "as_of = 2013-05-01: belongs in [defaults] or the model's table: its rows "
                        "are judged as of one time"
                    ),
                ),
            ]
        ),
    ],
)
def test_a_mistake_in_a_segmentation_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    toml = f"{CHURN}\n[[models.churn.segments]]\n{written}\n"
    assert mistakes_in(toml) == [f"[models.churn.segments #1] {told}"]


def test_a_mistake_in_a_segments_threshold_is_told_with_its_place(mistakes_in: Mistakes) -> None:
    toml = f"{CHURN}{RECALL}[[models.churn.segments]]\nby = 'plan'\nthresholds = {{ f1 = 2 }}\n"
    assert mistakes_in(toml) == ["[models.churn.segments #1.thresholds] f1 = 2: f1 is from 0 to 1"]


def by(columns: str, thresholds: str, values: str = "") -> str:
    listed = f"values = {values}\n" if values else ""
    return f"[[models.churn.segments]]\nby = {columns}\n{listed}thresholds = {{ {thresholds} }}\n"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (by("'a'", "recall = 0.5"), by("'a'", "recall = 0.6"), "by a"),
        (by("'a'", "recall = 0.5"), by("'a'", "recall = 0.6", "['x']"), "by a"),
        (by("'a'", "recall = 0.5", "['x']"), by("'a'", "recall = 0.6"), "by a"),
        (
            by("'a'", "recall = 0.5", "['x', 1]"),
            by("'a'", "recall = 0.6, f1 = 0.5", "['y', 1.0]"),
            "by a of 1",
        ),
        (
            by("['a', 'b']", "recall = 0.5", "[['x', 'y']]"),
            by("['b', 'a']", "recall = 0.6", "[['y', 'x']]"),
            "by a, b of x+y",
        ),
    ],
)
def test_what_is_agreed_twice_is_a_mistake_before_any_data_is_read(
    mistakes_in: Mistakes, first: str, second: str, told: str
) -> None:
    assert mistakes_in(CHURN + first + second) == [
        f"[models.churn] segments #1 and #2 both agree recall {told}; keep one"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (by("'a'", "recall = 0.5"), by("'a'", "f1 = 0.6")),
        (by("'a'", "recall = 0.5"), by("'b'", "recall = 0.6")),
        (by("'a'", "recall = 0.5"), by("['a', 'b']", "recall = 0.6")),
        (by("'a'", "recall = 0.5", "['x']"), by("'a'", "recall = 0.6", "['y', 'X']")),
        (
            by("['a', 'b']", "recall = 0.5", "[['x', 'y']]"),
            by("['b', 'a']", "recall = 0.6", "[['x', 'y']]"),
        ),
    ],
)
def test_segmentations_that_share_no_check_may_stand_together(first: str, second: str) -> None:
    assert len(settings(CHURN + first + second).models["churn"].segments) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("AA", "AA"),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        ("", ""),
    ],
)
def test_a_listed_value_becomes_the_text_of_the_data(value: object, text: str) -> None:
    assert segment_text(value) == text


# [email].


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("security = 'none'", "security = 'none': is for a relay on loopback {loopback} only"),
        ("security = 'ssl'", "security = 'ssl': known: none, starttls, tls"),
        ("security = 'TLS'", "security = 'TLS': did you mean 'tls'? known: none, starttls, tls"),
        ("smtp_port = 0", "smtp_port = 0: must be a number of at least 1"),
        ("smtp_port = 65536", "smtp_port = 65536: must be a number of at most 65535"),
        ("smtp_port = '587'", "smtp_port = '587': must be a whole number"),
        ("smtp_port = true", "smtp_port = true: must be a whole number"),
        ("timeout = 0", "timeout = 0: must be a number above 0"),
        ("timeout = inf", "timeout = inf: must be a finite number"),
        ("port = 587", f"unknown key 'port'; did you mean 'smtp_port'? known: {KNOWN_OF_EMAIL}"),
        ("username = 'u'", "username needs password_env or password_file"),
        ("password_env = 'P'", "a password without a username; add username"),
        (
            "username = 'u'\npassword_env = 'P'\npassword_file = 'f'",
            "password_env and password_file are both given; keep one",
        ),
        ("report_url = 'ftp://x'", "report_url: must be a link that {link}"),
        ("report_url = 'https://'", "report_url: must be a link that {link}"),
        (
            "report_url = 'https://me:hidden@ci.example.com'",
            "report_url: must be a link that {link}",
        ),
    ],
)
def test_a_mistake_in_the_email_table_is_told(
    mistakes_in: Mistakes, written: str, told: str
) -> None:
    told = told.format(
        loopback="(localhost, 127.0.0.1, ::1)",
        link="starts with https:// or http:// and holds no password",
    )
    assert mistakes_in(f"{MAIL}{written}\n{CHURN}{RECALL}") == [f"[email] {told}"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[]", "receiver_email = []: must not be empty"),
        ("3", "receiver_email = 3: must be a string or a list of strings"),
        ("'nobody'", f"receiver_email = 'nobody': {MAILBOX}"),
        ("['a@b.c', 'nobody']", f"receiver_email #2 = 'nobody': {MAILBOX}"),
        ("'a@b.c, d@e.f'", f"receiver_email = 'a@b.c, d@e.f': {MAILBOX}"),
        ("'a@b.c; d@e.f'", f"receiver_email = 'a@b.c; d@e.f': {MAILBOX}"),
        ("'A, B <a@b.c>'", f"receiver_email = 'A, B <a@b.c>': {MAILBOX}"),
        ("'A <a@b.c'", f"receiver_email = 'A <a@b.c': {MAILBOX}"),
        ('"a@b.c\\nBcc: d@e.f"', f"receiver_email = 'a@b.c\\nBcc: d@e.f': {MAILBOX}"),
        ('"A\\nBcc <a@b.c>"', f"receiver_email = 'A\\nBcc <a@b.c>': {MAILBOX}"),
    ],
)
def test_a_mistake_in_an_address_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    toml = MAIL.replace('"oncall@example.com"', written) + CHURN + RECALL
    assert mistakes_in(toml) == [f"[email] {told}"]


def test_what_is_wrong_with_the_host_is_not_told_of_the_security(mistakes_in: Mistakes) -> None:
    toml = MAIL.replace('"smtp.example.com"', '""') + "security = 'none'\n" + CHURN + RECALL
    assert mistakes_in(toml) == ["[email] smtp_host = '': must not be empty"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_loopback_needs_no_encryption_but_gets_no_password(
    mistakes_in: Mistakes, host: str
) -> None:
    relay = MAIL.replace("smtp.example.com", host) + "security = 'none'\n"
    assert settings(relay + CHURN + RECALL).email is not None
    login = "username = 'u'\npassword_env = 'P'\n"
    assert mistakes_in(relay + login + CHURN + RECALL) == [
        "[email] security = 'none' would send the password in clear text"
    ]


@pytest.mark.parametrize(
    "written",
    [
        "password = 'hunter2'",
        "Password = 'hunter2'",
        "passwort = 'hunter2'",
        "smtp_pass = ['hunter2']",
        "pasword = { value = 'hunter2' }",
        "password_env = 'hunter2 '",
        "password_env = { value = 'hunter2' }",
        "password_file = ['hunter2']",
        "username = ['me', 'hunter2']",
        "report_url = 'https://me:hunter2@ci.example.com/'",
    ],
)
def test_a_password_is_refused_and_never_shown(mistakes_in: Mistakes, written: str) -> None:
    told = mistakes_in(f"{MAIL}{written}\n{CHURN}{RECALL}")
    assert told
    assert "hunter2" not in "\n".join(told)


def test_a_literal_password_is_refused_by_name(mistakes_in: Mistakes) -> None:
    assert mistakes_in(f"{MAIL}password = 'hunter2'\n{CHURN}{RECALL}") == [
        "[email] a literal password is refused; name an environment variable in password_env"
    ]
    assert mistakes_in(f"{MAIL}Password = 'hunter2'\n{CHURN}{RECALL}") == [
        f"[email] unknown key 'Password'; did you mean 'password_env'? known: {KNOWN_OF_EMAIL}"
    ]


@pytest.mark.parametrize(
    "toml",
    [
        MAIL.replace("[email]", "[emial]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[[email]]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[defaults]") + "password = 'hunter2'\n" + CHURN + RECALL,
        MAIL.replace("[email]", "[models.email]") + "password = 'hunter2'\n" + CHURN + RECALL,
        "email = 'smtp://me:hunter2@example.com'\n" + CHURN + RECALL,
        f"{CHURN}password = 'hunter2'\n{RECALL}",
    ],
)
def test_a_password_in_the_wrong_place_is_never_shown(mistakes_in: Mistakes, toml: str) -> None:
    assert "hunter2" not in "\n".join(mistakes_in(toml))


def login(**keys: Any) -> Email:
    table = tomllib.loads(MAIL)["email"]
    return Email.model_validate({**table, "username": "u", **keys})


def test_a_password_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", " hunter2 ")
    assert login(password_env="MAIL_PASSWORD").read_password(Path()) == " hunter2 "


@pytest.mark.parametrize("value", [None, ""])
def test_a_password_that_is_not_in_the_environment_can_not_be_delivered_with(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("MAIL_PASSWORD", value)
    with pytest.raises(DeliveryError, match=r"^the environment variable MAIL_PASSWORD is not set$"):
        login(password_env="MAIL_PASSWORD").read_password(Path())


def test_a_password_file_is_beside_the_settings_and_its_last_line_break_is_not_part_of_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "secret").write_text(" hunter2 \r\n")
    assert login(password_file="secret").read_password(tmp_path) == " hunter2 "


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file or directory"), (b"\n", "is empty"), (b"\xff", "not UTF-8")],
)
def test_a_password_file_that_is_no_use_is_named(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(DeliveryError, match=f"^password_file secret: {reason}$"):
        login(password_file="secret").read_password(tmp_path)


def test_without_a_username_there_is_no_password() -> None:
    email = Email.model_validate(tomllib.loads(MAIL)["email"])
    assert email.read_password(Path()) is None


# The words of mistakes.


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("ROC-AUC", METRICS).startswith("did you mean 'roc_auc'? known: accuracy, ")


def test_a_long_value_is_told_shortened(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in(f"{CHURN}window = '{'x' * 500}'\ntime_column = 't'\n{RECALL}")
    assert line == f"[models.churn] window = '{'x' * 76}...: {WINDOW}"


def test_a_mistake_is_one_line_whatever_the_key(mistakes_in: Mistakes) -> None:
    assert mistakes_in(f'{CHURN}"a\\nb" = 1\n{RECALL}') == [
        f"[models.churn] unknown key 'a\\nb'; known: {KNOWN_OF_MODEL}"
    ]


def test_keys_that_nobody_may_write_are_not_among_the_known_ones() -> None:
    assert ", ".join(sorted(keys_of(Model))) == KNOWN_OF_MODEL
    assert ", ".join(sorted(keys_of(Email))) == KNOWN_OF_EMAIL


# The JSON schema for editors.


def as_json(toml: str) -> Any:
    """A file as an editor holds it against the schema: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(toml), default=str))


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(settings_schema())
    return jsonschema.Draft202012Validator(settings_schema())


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = Path(model_checks.__file__).parent / "thresholds.schema.json"
    assert shipped.read_text(encoding="utf-8") == schema_text()


def test_the_schema_names_nothing_that_nobody_may_write() -> None:
    text = schema_text()
    assert "<" not in text
    for key in ('"password"', '"null"'):
        assert key not in text


COMPARED = f"{CHURN}time_column = 't'\nthresholds.f1 = {{ min = 0.5, max_degradation = '5%' }}\n"

VALID = [
    FLIGHTS,
    CHURN + RECALL,
    MAIL + CHURN + RECALL,
    CHURN + by("['a', 'b']", "recall = { min = 0.5, max = 1 }", "[['x', 1]]"),
    CHURN.replace('"churn.parquet"', '{ files = "churn.csv" }') + RECALL,
    CHURN.replace('"churn.parquet"', "{ csv = 'a.txt', delimiter = ';' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ url_env = 'DB', table = 'log.churn' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ url_env = 'DB', sql = 'select 1' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ spark = 'sc://spark:15002', table = 't' }") + RECALL,
    CHURN.replace('"churn.parquet"', "{ spark = 'local[*]', files = 'a.csv' }") + RECALL,
    CHURN.replace('"churn.skops"', f"{{ joblib = 'm', allow_pickle = true, sha256 = '{SHA}' }}")
    + RECALL,
    CHURN.replace('"churn.skops"', "{ python = 'a.b:c' }") + RECALL,
    CHURN.replace('model = "churn.skops"', "score = 'p'\npositive_label = true") + RECALL,
    CHURN.replace("binary", "multiclass") + "thresholds.f1 = { min = 0.5, average = 'micro' }\n",
    CHURN.replace("binary", "regression") + "thresholds = { rmse = { max = 5, warn = 4 } }\n",
    CHURN + "thresholds = { a_B9 = { metric = 'a.b:c', min = -5, seed = 0, max_rows = 9 } }\n",
    CHURN + by("'a'", "recalls = { metric = 'a:c', max = 5, min = 1, confidence = 0.9 }"),
    CHURN.replace("binary", "regression") + "thresholds = { mean_error = 2, r2 = -3 }\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error = { min = -2 }\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error = { min = -2, max = -1 }\n",
    CHURN + "thresholds = { fbeta = { min = 0.5, beta = 0.5 }, mcc = -1, brier = 2 }\n",
    TAGS,
    TAGS.replace("prediction", "score"),
    f"{COMPARED}baseline = {{ data = 'a.csv', window = '30d', as_of = 2013-01-01 }}\n",
    f"{COMPARED}baseline = {{ data = {{ url_env = 'DB', table = 't' }} }}\n",
    f"{COMPARED}baseline = {{ model = 'old.skops' }}\n",
    f"{COMPARED}baseline = {{ model = {{ python = 'a.b:c' }} }}\n",
    f"{COMPARED}baseline = {{ prediction = 'p', score = 's' }}\ncorrection = 'none'\n",
    f"[defaults]\ncorrection = 'benjamini-hochberg'\n{CHURN}thresholds.recall.max_degradation = 0",
    CHURN + "thresholds.brier = { max = 1, max_degradation = 2 }\n",
    CHURN + by("'a'", "recall = 0.5, f1 = { min = 0.5 }") + "max_gap = 0.1\n",
    CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap = { recall = 0, mcc = { max = 2 } }\n",
    CHURN
    + by("'a'", "profit = { metric = 'a:b', min = 5 }")
    + "max_gap = { profit = 30, cost = { metric = 'a:c', max = 5, seed = 3 } }\n",
    CHURN + by("'a'", "fbeta = { min = 0.5, beta = 2 }") + "max_gap.fbeta = 0.1\n",
    CHURN.replace("binary", "regression") + "thresholds.mean_error.max_degradation = '120.5 %'\n",
]


@pytest.mark.parametrize("toml", VALID)
def test_a_file_that_loads_is_valid_for_an_editor(
    schema: jsonschema.Draft202012Validator, toml: str
) -> None:
    assert settings(toml)
    schema.validate(as_json(toml))


MISTAKEN = {
    "no models": "",
    "an empty table of models": "[models]",
    "unknown table": CHURN + RECALL + "[emails]\n",
    "unknown key": f"{CHURN}modle = 'x'\n{RECALL}",
    "unknown metric": f"{CHURN}thresholds = {{ auk = 0.5 }}",
    "metric of another task": f"{CHURN}thresholds = {{ rmse = 50 }}",
    "metric of another task in a segment": CHURN + by("'a'", "rmse = 50"),
    "bound out of range": f"{CHURN}thresholds = {{ recall = 40 }}",
    "no bound": f"{CHURN}thresholds = {{ recall = {{ warn = 0.5 }} }}",
    "bound on the wrong side": f"{CHURN}thresholds = {{ recall = {{ max = 0.5 }} }}",
    "no bound of a bias": CHURN.replace("binary", "regression")
    + "thresholds.mean_error = { warn = 1 }",
    "bias below 0": CHURN.replace("binary", "regression") + "thresholds.mean_error = -1",
    "fbeta without beta": f"{CHURN}thresholds.fbeta = {{ min = 0.5 }}",
    "fbeta as a number": f"{CHURN}thresholds.fbeta = 0.5",
    "beta of recall": f"{CHURN}thresholds.recall = {{ min = 0.5, beta = 2 }}",
    "beta of zero": f"{CHURN}thresholds.fbeta = {{ min = 0.5, beta = 0 }}",
    "correlation below -1": f"{CHURN}thresholds.mcc = -1.1",
    "boolean for a number": f"{CHURN}thresholds = {{ recall = true }}",
    "average that no task has": f"{CHURN}thresholds = {{ f1 = {{ min = 0.5, average = 'x' }} }}",
    "average of accuracy": f"{CHURN}thresholds.accuracy = {{ min = 0.5, average = 'macro' }}",
    "internal key": f"{CHURN}thresholds = {{ recall = {{ min = 0.5, '<metric>' = 'f1' }} }}",
    "function without a bound": f"{CHURN}thresholds.profit = {{ metric = 'a:b', warn = 1 }}",
    "function that is none": f"{CHURN}thresholds.profit = {{ metric = 'a', min = 1 }}",
    "function with an average": (
        f"{CHURN}thresholds.profit = {{ metric = 'a:b', min = 1, average = 'macro' }}"
    ),
    "free name without a function": f"{CHURN}thresholds.profit = {{ min = 1 }}",
    "metric with a function": f"{CHURN}thresholds.f1 = {{ metric = 'a:b', min = 0.5 }}",
    "metric with a seed": f"{CHURN}thresholds.f1 = {{ seed = 7, min = 0.5 }}",
    "metric of another task with a function": (
        f"{CHURN}thresholds.rmse = {{ metric = 'a:b', max = 0.5 }}"
    ),
    "degradation of no size": f"{CHURN}thresholds.recall = {{ max_degradation = -0.1 }}",
    "degradation out of range": f"{CHURN}thresholds.recall = {{ max_degradation = 5 }}",
    "degradation in words": f"{CHURN}thresholds.recall = {{ max_degradation = 'little' }}",
    "degradation of a function without a direction": (
        f"{CHURN}thresholds.profit = {{ metric = 'a:b', max_degradation = 1 }}"
    ),
    "no baseline in a baseline": f"{COMPARED}baseline = {{}}",
    "two baselines": f"{COMPARED}baseline = {{ model = 'a.skops', data = 'a.csv' }}",
    "window of the same rows": f"{COMPARED}baseline = {{ model = 'a.skops', window = '3d' }}",
    "unknown key of a baseline": f"{COMPARED}baseline = {{ file = 'a.csv' }}",
    "wrong correction": f"{CHURN}correction = 'bonferroni'\n{RECALL}",
    "correction of a segmentation": CHURN + by("'a'", "recall = 0.5") + "correction = 'none'\n",
    "gap below 0": CHURN + by("'a'", "recall = 0.5").replace("by", "max_gap = -0.1\nby"),
    "gap of no metric": CHURN + by("'a'", "recall = 0.5").replace("by", "max_gap = {}\nby"),
    "gap without a size": CHURN
    + by("'a'", "recall = 0.5").replace("by", "max_gap.f1.rule = 'estimate'\nby"),
    "gap out of range": CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap.recall = 1.5\n",
    "gap of another task": CHURN + "[[models.churn.segments]]\nby = 'a'\nmax_gap.rmse = 1.5\n",
    "no thresholds": CHURN,
    "empty thresholds": f"{CHURN}thresholds = {{}}",
    "neither model nor log": CHURN.replace('model = "churn.skops"', "") + RECALL,
    "two loaders": CHURN.replace('"churn.skops"', "{ skops = 'a', python = 'a:b' }") + RECALL,
    "joblib without consent": CHURN.replace('"churn.skops"', "{ joblib = 'm' }") + RECALL,
    "data from nowhere": CHURN.replace('"churn.parquet"', "{}") + RECALL,
    "no table": CHURN.replace('"churn.parquet"', "{ url_env = 'DB' }") + RECALL,
    "no database": CHURN.replace('"churn.parquet"', "{ table = 't' }") + RECALL,
    "no database for sql": CHURN.replace('"churn.parquet"', "{ sql = 'select 1' }") + RECALL,
    "files from a database": CHURN.replace('"churn.parquet"', "{ url_env = 'DB', files = 'a.csv' }")
    + RECALL,
    "two engines": CHURN.replace(
        '"churn.parquet"', "{ url_env = 'DB', spark = 'local', table = 't' }"
    )
    + RECALL,
    "two sources": CHURN.replace(
        '"churn.parquet"', "{ url_env = 'DB', table = 't', sql = 'select 1' }"
    )
    + RECALL,
    "wrong case of the task": CHURN.replace("binary", "Binary") + RECALL,
    "one target for several labels": TAGS.replace('["a", "b"]', '"a"'),
    "several targets for one label": CHURN.replace('"left"', '["a", "b"]') + RECALL,
    "wrong rule": f"{CHURN}rule = 'estimated'\n{RECALL}",
    "min_rows of zero": f"{CHURN}min_rows = 0\n{RECALL}",
    "window without time": f"{CHURN}window = '3d'\n{RECALL}",
    "wrong window": f"{CHURN}time_column = 't'\nwindow = '3m'\n{RECALL}",
    "segments in one bracket": f"{CHURN}[models.churn.segments]\nby = 'a'\nthresholds.recall = 1",
    "no values": CHURN + by("'a'", "recall = 0.5", "[]"),
    "literal password": f"{MAIL}password = 'hunter2'\n{CHURN}{RECALL}",
    "password without username": f"{MAIL}password_env = 'P'\n{CHURN}{RECALL}",
}


@pytest.mark.parametrize("toml", MISTAKEN.values(), ids=MISTAKEN.keys())
def test_a_mistake_is_shown_by_an_editor_and_when_loading(
    schema: jsonschema.Draft202012Validator, mistakes_in: Mistakes, toml: str
) -> None:
    assert not schema.is_valid(as_json(toml))
    assert mistakes_in(toml)
