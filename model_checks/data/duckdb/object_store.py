"""Files in object stores and on the web, which DuckDB reads by its extension ``httpfs``."""

import os
from contextlib import suppress

import duckdb

from model_checks.errors import DataError
from model_checks.settings.urls import scheme_of

EXTENSION = "httpfs"
SECONDS = 20
"""Seconds that one request may take; it is tried three times."""
_RETRIES = 2


def prepare_store(connection: duckdb.DuckDBPyConnection, files: str) -> None:
    """Load the extension that reads addresses, and bound the time that a dead host may take.

    Credentials are those that DuckDB finds: the environment's, or a persistent secret of the
    user's. Profiles and roles are asked for where its extension ``aws`` is installed.

    Raises
    ------
    DataError
        If the extension is not installed; it is never downloaded from here.
    """
    try:
        connection.execute(f"load {EXTENSION}")
    except duckdb.Error as error:
        raise DataError(
            f"is read by DuckDB's extension {EXTENSION}, which can't be loaded; install it once: "
            f"""python -c "import duckdb; duckdb.sql('INSTALL {EXTENSION}')\""""
        ) from error
    connection.execute(f"set http_timeout = {SECONDS}")
    connection.execute(f"set http_retries = {_RETRIES}")
    if scheme_of(files) == "s3" and "AWS_ACCESS_KEY_ID" not in os.environ:
        _take_role(connection)


def _take_role(connection: duckdb.DuckDBPyConnection) -> None:
    """Take credentials of a profile or a role; without any, the store is read anonymously."""
    [(secrets,)] = connection.execute(
        "select count(*) from duckdb_secrets() where type = 's3'"
    ).fetchall()
    with suppress(duckdb.Error):
        if not secrets:
            connection.execute("load aws")
            connection.execute("create secret (type s3, provider credential_chain)")
