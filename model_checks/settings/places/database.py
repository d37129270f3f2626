"""``{ url_env, table }`` and ``{ url_env, sql }``: rows of a database."""

import os
import re
from collections.abc import Mapping
from functools import partial
from typing import ClassVar
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import ConfigDict, Field

from model_checks.settings.data import Data
from model_checks.settings.field_types import Text, Whole
from model_checks.settings.places.tables import READ_BY_DUCKDB, one_of, parts_of_table
from model_checks.settings.tagged import refused_together
from model_checks.text.redaction import without_secrets

_EITHER = ("table", "sql")
_SELECT_ALL = re.compile(r"select \* from ([\w.\"`\[\]]+)", re.ASCII)
_HERE = ("", "127.0.0.1", "::1", "localhost")


class DatabaseData(Data):
    """A table, or what a query returns, of the database whose URL an environment variable holds."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [key]} for key in _EITHER]},
    )

    key = "url_env"
    meaning = "the variable that holds a database's URL"
    advice: ClassVar[Mapping[str, str]] = {
        **READ_BY_DUCKDB,
        "files": "files are read by DuckDB or spark, not by a database; leave url_env out",
        "csv": "csv are read by DuckDB or spark, not by a database; leave url_env out",
        "spark": "url_env and spark are both given; keep one",
    }
    engine = "model_checks.data.database:Database.on"
    reader = "a database"
    needs = "'sqlalchemy>=2,<3' 'sqlglot>=30,<31'"

    url_env: str = Field(
        pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="the name of an environment variable"
    )
    table: Text | None = None
    sql: Text | None = None
    whole: Whole = None

    _rows = refused_together(partial(one_of, _EITHER))

    @property
    def source(self) -> str:
        """Return the table, or the variable of the database that the query is of."""
        return without_secrets(self.table or f"sql of {self.url_env}")

    def same_table(self, other: Data) -> bool:
        """Return whether both places are one table of one database, or the same SQL."""
        return (
            isinstance(other, DatabaseData)
            and _same_database(self.url_env, other.url_env)
            and _relation(self) == _relation(other)
        )


def _same_database(one: str, other: str) -> bool:
    """Return whether two variables hold URLs of one database, whatever driver and login."""
    if one == other:
        return True
    try:
        ones, others = (urlsplit(os.environ.get(variable, "")) for variable in (one, other))
        ports = {ones.port, others.port} - {None}
    except ValueError:  # no URL, which is reported when it is opened
        return False
    if _dialect(ones) == "sqlite" == _dialect(others):
        files = [os.path.realpath(unquote(url.path).removeprefix("/")) for url in (ones, others)]
        return files[0] == files[1]
    same_host = _host(ones) == _host(others) and len(ports) < 2
    return same_host and (_dialect(ones), ones.path) == (_dialect(others), others.path)


def _dialect(url: SplitResult) -> str:
    return url.scheme.partition("+")[0].replace("postgresql", "postgres")


def _host(url: SplitResult) -> str:
    host = (url.hostname or "").lower()
    return "localhost" if host in _HERE else host


def _relation(data: DatabaseData) -> tuple[str, ...]:
    """Return the parts of the table's name, or the SQL after an empty part."""
    sql = " ".join((data.sql or "").casefold().split()).rstrip("; ")
    whole = _SELECT_ALL.fullmatch(sql)
    table = whole[1] if whole else data.table
    return parts_of_table(table, _database_name(data.url_env)) if table else ("", sql)


def _database_name(variable: str) -> str:
    try:
        return urlsplit(os.environ.get(variable, "")).path.strip("/").casefold()
    except ValueError:
        return ""
