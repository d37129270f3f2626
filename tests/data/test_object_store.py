"""Files in object stores and on the web: read by DuckDB's extension, or a sentence why not.

Where a DuckDB with its extension httpfs is at hand, a store on loopback is read for real.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import REPOSITORY
from support.sample_data import complaint, settings_of

from model_checks.data.duckdb import object_store
from model_checks.errors import SettingsError
from model_checks.settings.urls import path_of
from model_checks.text.redaction import without_secrets

SECRET = "X-Amz-Signature=5ec2e7&X-Amz-Credential=AKIA5ec2e7"
HTTPFS = REPOSITORY / ".httpfs"


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
    assert settings_of(tmp_path, data=files).models["m"].data.path == files


@pytest.mark.parametrize("files", ["az://box/a.parquet", "s3a://b/a.csv", "file:///a.parquet"])
def test_an_unknown_scheme_is_a_mistake(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, data=files)
    [text] = caught.value.mistakes
    assert text == (
        f"thresholds.toml: [models.m] data = '{files.partition('//')[0]}//...': "
        "must be a path, or start with one of s3://, gs://, https://, http://; "
        "a database is named by url_env"
    )


@pytest.mark.parametrize("files", ["https://host/a.txt", "https://host/a?file=b.csv", "s3://csv"])
def test_the_suffix_of_an_address_is_that_of_its_path(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError, match=r"must end in one of \.parquet, \.pq, \.csv"):
        settings_of(tmp_path, data=files)


@pytest.mark.parametrize("files", ["https://me:5ec2e7@host/a.txt", "https://host/a.txt?" + SECRET])
def test_a_mistake_shows_no_secret(tmp_path: Path, files: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(tmp_path, data=files)
    assert "5ec2e7" not in str(caught.value)
    assert "https://host/a.txt" in str(caught.value)


@pytest.mark.parametrize(
    ("address", "path", "shown"),
    [
        ("s3://b/day=2013-0?/part=1/x.parquet",) * 3,
        ("gs://b/log-?.csv",) * 3,
        ("s3://b/x.csv?s3_region=eu/1", "s3://b/x.csv", "s3://b/x.csv?..."),
        ("https://h/x.csv?5ec2e7", "https://h/x.csv", "https://h/x.csv?..."),
        ("https://me:5ec/2e7@h/x.csv#t", "https://me:5ec/2e7@h/x.csv", "https://h/x.csv?..."),
        ("log?a=b.csv",) * 3,
    ],
)
def test_a_query_is_told_from_a_pattern(address: str, path: str, shown: str) -> None:
    assert path_of(address) == path
    assert without_secrets(address) == shown


# Without the extension


@pytest.mark.parametrize("scheme", ["s3", "gs", "https", "http"])
def test_without_the_extension_it_is_told_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(object_store, "EXTENSION", "httpfs_absent")
    text = complaint(tmp_path, data=f"{scheme}://host/log.parquet?{SECRET}")
    assert text == (
        f"data '{scheme}://host/log.parquet?...': is read by DuckDB's extension httpfs_absent, "
        "which can't be loaded; install it once: "
        """python -c "import duckdb; duckdb.sql('INSTALL httpfs_absent')\""""
    )


def test_nothing_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))  # where DuckDB keeps extensions
    text = complaint(tmp_path, data="https://127.0.0.1:1/log.csv")
    assert "INSTALL httpfs" in text
    assert not (tmp_path / ".duckdb").exists()


# With it


def test_stores_on_loopback_are_read(tmp_path: Path) -> None:
    if not HTTPFS.exists():
        pytest.skip(
            "no folder .httpfs; pip install --target .httpfs duckdb duckdb-extension-httpfs "
            "duckdb-extension-aws, all of one version"
        )
    variables = {**os.environ, "PYTHONPATH": str(HTTPFS), "HOME": str(tmp_path)}
    install = (
        "import duckdb, pathlib\n"
        f"for file in sorted(pathlib.Path({str(HTTPFS)!r}).rglob('*.duckdb_extension')):\n"
        "    duckdb.execute(f\"INSTALL '{file}'\")"
    )
    subprocess.run([sys.executable, "-c", install], env=variables, check=True, timeout=120)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/support/httpfs_cases.py",
        ],
        cwd=REPOSITORY,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^[12]\d passed in ", done.stdout, re.MULTILINE), done.stdout
