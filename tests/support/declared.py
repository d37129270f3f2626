"""What pyproject.toml declares, and what messages and documents say to install."""

import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from support.project import REPOSITORY

PROJECT: Mapping[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))[
    "project"
]
EXTRAS: Mapping[str, Sequence[str]] = PROJECT["optional-dependencies"]

DRIVERS = {
    "mariadb+mariadbconnector": "mariadb",
    "mssql+pymssql": "pymssql",
    "mssql+pyodbc": "pyodbc",
    "mysql+mysqlconnector": "mysql-connector-python",
    "mysql+mysqldb": "mysqlclient",
    "mysql+pymysql": "pymysql",
    "postgresql+pg8000": "pg8000",
    "postgresql+psycopg": "psycopg[binary]",
    "postgresql+psycopg2": "psycopg2-binary",
}
"""The package that a message names where SQLAlchemy lacks a driver."""


def documented() -> list[list[str]]:
    """What each ``pip install`` of the documents is told to install, less its options."""
    documents = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
    text = "\n".join(path.read_text("utf-8") for path in documents)
    commands = re.findall(r"pip install ([^`&\n]+)", text)
    return [[word for word in shlex.split(one) if word != "-q"] for one in commands]
