"""Object stores read for real, by a DuckDB that has its extensions httpfs and aws.

`test_stores` runs this file, in an environment that has them.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from model_checks.data.duckdb import object_store as stores
from support.object_store import Store, object_store
from support.sample_data import complaint, estimated, measured, write_data

COLUMNS: dict[str, Any] = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 1], "g": ["a", "a", "b", "b"]}
SECRET = "X-Amz-Signature=5ec2e7&X-Amz-Credential=AKIA5ec2e7"
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_PROFILE",
)


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials of whoever runs the tests."""
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store with a bucket ``logs``, where DuckDB looks for S3."""
    with object_store(tmp_path / "store") as store:
        monkeypatch.setenv("DUCKDB_S3_ENDPOINT", store.address)
        monkeypatch.setenv("DUCKDB_S3_USE_SSL", "false")
        write_data(tmp_path / "store" / "logs" / "may" / "1.parquet", COLUMNS)
        write_data(tmp_path / "store" / "logs" / "may" / "2.parquet", COLUMNS)
        write_data(tmp_path / "store" / "logs" / "may.csv", COLUMNS)
        for day in ("day=1", "day=2"):
            write_data(tmp_path / "store" / "logs" / "june" / day / "log.csv", COLUMNS)
        yield store


@pytest.mark.parametrize("name", ["may/1.parquet", "may.csv"])
def test_a_file_on_the_web_is_read(tmp_path: Path, store: Store, name: str) -> None:
    data = f"{store.url}/logs/{name}?{SECRET}"
    assert estimated(measured(tmp_path, data=data), "accuracy").n == 4
    assert ("HEAD", f"/logs/{name}?{SECRET}") in store.asked


@pytest.mark.parametrize("pattern", ["may/*.parquet", "june/*/log.csv"])
def test_a_pattern_in_a_bucket_is_read(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "5ec2e7")
    store.key = "AKIAENVIRONMENT"
    path_style(monkeypatch)
    measurement = measured(tmp_path, data=f"s3://logs/{pattern}")
    assert estimated(measurement, "accuracy").n == 8
    assert store.keys == {"AKIAENVIRONMENT"}


def test_folders_of_a_bucket_give_columns(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path_style(monkeypatch)
    segments = [{"by": "day", "thresholds": {"accuracy": 0.5}}]
    found = measured(tmp_path, data="s3://logs/june/*/log.csv", segments=segments)
    assert {*found.statistics} == {(), (("day", "1"),), (("day", "2"),)}


def test_a_table_in_a_bucket_that_keeps_removed_rows_is_refused(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    path_style(monkeypatch)
    log = tmp_path / "store" / "logs" / "may" / "_delta_log" / "0.json"
    log.parent.mkdir()
    log.write_text("{}")
    told = complaint(tmp_path, data="s3://logs/may/*.parquet")
    assert "s3://logs/may is a table of Delta, whose Parquet files hold removed rows" in told


def path_style(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets as folders: on loopback there are no names of hosts for them."""
    prepare = stores.prepare_store

    def prepared(connection: duckdb.DuckDBPyConnection, files: str) -> None:
        prepare(connection, files)
        connection.execute("set s3_url_style = 'path'")

    monkeypatch.setattr("model_checks.data.duckdb.prepare_store", prepared)


@pytest.mark.parametrize("given", [None, "AKIAOTHER"])
def test_missing_and_refused_credentials_say_where_they_are_taken_from(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    path_style(monkeypatch)
    store.key = "AKIAENVIRONMENT"
    if given:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", given)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "5ec2e7")
    text = complaint(tmp_path, data="s3://logs/may/1.parquet")
    why = "Credentials are provided, but they did not work" if given else "No credentials"
    assert why in text
    assert text.endswith(
        "; give them in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, "
        "or have DuckDB keep them by CREATE PERSISTENT SECRET"
    )
    assert "5ec2e7" not in text


@pytest.mark.parametrize(
    ("key", "end"),
    [
        (None, "(HTTP 404 Not Found)"),
        ("AKIAENVIRONMENT", "has the address expired, or is a login missing?"),
    ],
)
def test_a_file_that_is_absent_or_refused_is_told_without_its_signature(
    tmp_path: Path, store: Store, key: str | None, end: str
) -> None:
    store.key = key
    text = complaint(tmp_path, data=f"{store.url}/logs/absent.parquet?{SECRET}")
    assert text.startswith(f"data '{store.url}/logs/absent.parquet?...': DuckDB: HTTP Error: ")
    assert text.endswith(end)
    assert "5ec2e7" not in text


@pytest.mark.parametrize("case", ["silent", "closed", "unknown"])
def test_a_host_that_does_not_answer_is_told_in_time(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(stores, "SECONDS", 1)
    store.silent = True
    host = {"silent": store.address, "closed": "127.0.0.1:1", "unknown": "nowhere.invalid"}[case]
    started = time.monotonic()
    text = complaint(tmp_path, data=f"http://{host}/logs/may/1.parquet?{SECRET}")
    assert time.monotonic() - started < 20
    assert text.startswith(f"data 'http://{host}/logs/may/1.parquet?...': DuckDB: IO Error: ")
    assert "5ec2e7" not in text


def test_a_pattern_on_the_web_is_told(tmp_path: Path, store: Store) -> None:
    assert "Globs" in complaint(tmp_path, data=f"{store.url}/logs/may/*.parquet")


def test_a_profile_is_taken_where_there_is_no_key(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "credentials").write_text(
        "[night]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = 5ec2e7\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "night")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    connection = duckdb.connect()
    stores.prepare_store(connection, "s3://logs/may/1.parquet")
    [(secret,)] = connection.execute("select secret_string from duckdb_secrets()").fetchall()
    assert "key_id=AKIAPROFILE" in secret
