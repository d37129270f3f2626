"""Files in object stores and on the web: read by DuckDB's extension, or a sentence why not.

Where the extension httpfs is installed for DuckDB, a store on loopback is read for real.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from object_store import Store, object_store
from sample_data import complaint, estimated, measured, settings_of, write_data

from model_checks.engines.duckdb import stores
from model_checks.errors import SettingsError

COLUMNS: dict[str, Any] = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 1], "g": ["a", "a", "b", "b"]}
SECRET = "X-Amz-Signature=5ec2e7&X-Amz-Credential=AKIA5ec2e7"
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_PROFILE",
)


def installed(extension: str) -> bool:
    """Whether DuckDB has an extension; it is never downloaded here."""
    try:
        duckdb.connect(config={"autoinstall_known_extensions": "false"}).load_extension(extension)
    except duckdb.Error:
        return False
    return True


HTTPFS, AWS = installed("httpfs"), installed("aws")
needs_httpfs = pytest.mark.skipif(not HTTPFS, reason="DuckDB's extension httpfs is not installed")
needs_aws = pytest.mark.skipif(
    not (HTTPFS and AWS), reason="DuckDB's extension aws is not installed"
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
        yield store


# What the settings take


@pytest.mark.parametrize(
    "files",
    [
        "s3://bucket/*.parquet",
        "s3://bucket/log-?.csv.gz",
        "gs://bucket/log.csv",
        "https://host/log.parquet",
        "https://host/log.parquet?" + SECRET,
        "HTTPS://host/LOG.CSV.GZ?sig=a/b.c",
        "http://localhost:9000/log.parquet",
    ],
)
def test_addresses_are_data(tmp_path: Path, files: str) -> None:
    assert settings_of(tmp_path, data=files).models["m"].data.files == files


@pytest.mark.parametrize("files", ["az://box/a.parquet", "s3a://b/a.csv", "file:///a.parquet"])
def test_an_unknown_scheme_is_a_mistake(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, data=files)
    [text] = caught.value.mistakes
    assert text == (
        f"thresholds.toml: [models.m] data = '{files.partition('//')[0]}//...': "
        "must be a path, or start with one of s3://, gs://, https://, http://"
    )


@pytest.mark.parametrize("files", ["https://host/a.txt", "https://host/a?file=b.csv", "s3://csv"])
def test_the_suffix_of_an_address_is_that_of_its_path(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError, match=r"must end in one of \.parquet, \.csv, \.csv\.gz"):
        settings_of(tmp_path, data=files)


@pytest.mark.parametrize("files", ["https://me:5ec2e7@host/a.txt", "https://host/a.txt?" + SECRET])
def test_a_mistake_shows_no_secret(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, data=files)
    assert "5ec2e7" not in str(caught.value)
    assert "https://host/a.txt" in str(caught.value)


# Without the extension


@pytest.mark.parametrize("scheme", ["s3", "gs", "https", "http"])
def test_without_the_extension_it_is_told_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(stores, "EXTENSION", "httpfs_absent")
    text = complaint(tmp_path, data=f"{scheme}://host/log.parquet?{SECRET}")
    assert text == (
        f"data '{scheme}://host/log.parquet?...': is read by DuckDB's extension httpfs_absent, "
        "which can't be loaded; install it once: "
        """python -c "import duckdb; duckdb.sql('INSTALL httpfs_absent')\""""
    )


@pytest.mark.skipif(HTTPFS, reason="DuckDB's extension httpfs is installed")
def test_nothing_is_downloaded(tmp_path: Path) -> None:
    text = complaint(tmp_path, data="https://127.0.0.1:1/log.csv")
    assert "INSTALL httpfs" in text
    assert not installed("httpfs")


# With it


@needs_httpfs
@pytest.mark.parametrize("name", ["may/1.parquet", "may.csv"])
def test_a_file_on_the_web_is_read(tmp_path: Path, store: Store, name: str) -> None:
    data = f"{store.url}/logs/{name}?{SECRET}"
    assert estimated(measured(tmp_path, data=data), "accuracy").n == 4
    assert ("HEAD", f"/logs/{name}?{SECRET}") in store.asked


@needs_httpfs
def test_a_pattern_in_a_bucket_is_read(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "5ec2e7")
    store.key = "AKIAENVIRONMENT"
    path_style(monkeypatch)
    measurement = measured(tmp_path, data="s3://logs/may/*.parquet")
    assert estimated(measurement, "accuracy").n == 8
    assert store.keys == {"AKIAENVIRONMENT"}


def path_style(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets as folders: on loopback there are no names of hosts for them."""
    prepare = stores.prepare_store

    def prepared(connection: duckdb.DuckDBPyConnection, files: str) -> None:
        prepare(connection, files)
        connection.execute("set s3_url_style = 'path'")

    monkeypatch.setattr("model_checks.engines.duckdb.prepare_store", prepared)


@needs_httpfs
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


@needs_httpfs
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


@needs_httpfs
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


@needs_httpfs
def test_a_pattern_on_the_web_is_told(tmp_path: Path, store: Store) -> None:
    assert "Globs" in complaint(tmp_path, data=f"{store.url}/logs/may/*.parquet")


@needs_aws
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
