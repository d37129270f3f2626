"""``data = ...``: where rows may lie, and what is told of a place that is none."""

import pytest
from support.factories import CHURN, RECALL, settings
from support.settings_files import SUFFIXES, Mistakes

DATABASE = "needs url_env, the variable that holds a database's URL"
DATA_KEYS = [
    *("csv", "decimal", "delimiter", "encoding", "files", "quote", "spark", "sql", "table"),
    *("time_format", "time_unit", "url_env"),
]


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
