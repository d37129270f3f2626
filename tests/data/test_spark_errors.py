"""Whatever goes wrong with Spark is one sentence, and an error of that model alone."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.declared import EXTRAS
from support.sample_data import complaint, damaged_parquet, measured, settings_of, write_data
from support.spark_cluster import Home, Place, free_port, running_master, running_server

from model_checks.data.spark import Spark, connection
from model_checks.data.spark.errors import told
from model_checks.errors import DataError
from model_checks.settings.places.spark import SparkData

pytestmark = pytest.mark.slow

COLUMNS = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 0]}


def complaint_of(folder: Path, data: Mapping[str, str], **keys: Any) -> str:
    """What is said of the data, without the name of it."""
    said = complaint(folder, data=data, **keys)
    name = data.get("table") or data["files"]
    return said.removeprefix(f"data {name.replace(str(folder), 'FOLDER')!r}: ")


# The data


def test_a_table_that_is_not_there(tmp_path: Path, spark: Place) -> None:
    said = complaint(tmp_path, data=spark.data(table="nobody.knows"))
    assert said == "data 'nobody.knows': Spark: no such table"


@pytest.mark.parametrize("name", ["a b; drop table x", "", "a..b", "`a"])
def test_a_table_that_is_no_name(tmp_path: Path, spark_local: Place, name: str) -> None:
    if name:
        said = complaint_of(tmp_path, spark_local.data(table=name))
        assert said.startswith("Spark: Syntax error at or near")


def test_a_catalog_that_is_not_there(tmp_path: Path, spark: Place) -> None:
    said = complaint_of(tmp_path, spark.data(table="some.where.else"))
    assert said.startswith("Spark: spark_catalog requires a single-part namespace")


def test_files_that_are_not_there(tmp_path: Path, spark: Place) -> None:
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "no" / "*.parquet")))
    assert said == "Spark: no such file"


def test_a_folder_without_files(tmp_path: Path, spark: Place) -> None:
    (tmp_path / "log").mkdir()
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "log")))
    assert said == "Spark: no file with columns there"


def test_a_file_system_that_spark_has_no_jar_of(tmp_path: Path, spark: Place) -> None:
    said = complaint_of(tmp_path, spark.data(files="s3a://logs/2013"))
    assert said == "Spark: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found"


def test_a_file_that_is_no_parquet(tmp_path: Path, spark: Place) -> None:
    (tmp_path / "log.parquet").write_text("y,p\n0,1\n" * 20)
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "log.parquet")))
    assert said.startswith(
        "Spark: Encountered error while reading file file:FOLDER/log.parquet. Could not read footer"
    )


def test_a_file_that_goes_bad_in_the_middle(tmp_path: Path, spark: Place) -> None:
    damaged_parquet(tmp_path / "log.parquet", "p")
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "log.parquet")))
    assert said.startswith("Spark: Encountered error while reading file file:")


@pytest.mark.parametrize("line", ["3", "1,2,3"])
def test_a_line_of_csv_that_is_too_short_or_too_long(
    tmp_path: Path, spark: Place, line: str
) -> None:
    (tmp_path / "log.csv").write_text(f"y,p\n0,1\n{line}\n")
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "log.csv")))
    assert said == (
        "Spark: Encountered error while reading file file://FOLDER/log.csv "
        "(a line has too few or too many values)"
    )


def test_csv_files_whose_columns_differ(tmp_path: Path, spark_local: Place) -> None:
    (tmp_path / "a.csv").write_text("y,p\n0,1\n")
    (tmp_path / "b.csv").write_text("p,y\n0,1\n")
    said = complaint_of(tmp_path, spark_local.data(files="*.csv"))
    assert "CSV header does not conform to the schema" in said


def test_a_table_without_rows(tmp_path: Path, spark: Place) -> None:
    spark.execute("drop table if exists predictions")
    spark.execute("create table predictions (y int, p int) using parquet")
    assert complaint(tmp_path, data=spark.data()) == "data 'predictions': has no rows"


def test_a_column_that_is_not_there(tmp_path: Path, spark: Place) -> None:
    spark.write("predictions", COLUMNS)
    said = complaint_of(tmp_path, spark.data(), weight="weigth")
    assert said.startswith("weight 'weigth' is no column")


@pytest.mark.parametrize("kind", ["string", "array<int>", "binary", "timestamp", "struct<a: int>"])
def test_a_column_of_a_type_that_is_no_number(
    tmp_path: Path, spark_local: Place, kind: str
) -> None:
    spark_local.execute("drop table if exists predictions")
    spark_local.execute(f"create table predictions (y double, p {kind}) using parquet")
    spark_local.execute("insert into predictions values (1.0, null)")
    said = complaint(tmp_path, task="regression", data=spark_local.data())
    assert said.startswith("prediction 'p' is of type ")
    assert said.endswith(", which is no number")


# Spark itself


@pytest.mark.parametrize(
    "address", ["sparc://host:7077", "host:15002", "http://host", "spark://host", "local(2)"]
)
def test_an_address_that_names_no_spark(tmp_path: Path, spark_home: Home, address: str) -> None:
    said = complaint_of(tmp_path, {"spark": address, "table": "t"})
    assert said.startswith(f"spark {address!r} names no Spark; it is 'sc://host:15002'")


@pytest.mark.parametrize(
    "rest", ["", "host:port", ":15002", "host:15002/path", "host:15002/;use_ssl", "host:99999"]
)
def test_a_url_that_is_none(tmp_path: Path, spark_home: Home, rest: str) -> None:
    url = f"sc://{rest};token=s3cret" if "/" in rest else f"sc://{rest}/;token=s3cret"
    said = complaint_of(tmp_path, {"spark": url, "table": "t"})
    assert said == f"spark {url.partition(';')[0]!r} is no URL such as 'sc://host:15002'"


def test_a_server_that_does_not_answer(
    tmp_path: Path, spark_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "ANSWERS_WITHIN", 1.0)
    port = free_port()
    url = f"sc://127.0.0.1:{port}/;token=s3cret;user_id=me"
    said = complaint_of(tmp_path, {"spark": url, "table": "t"})
    assert said == f"no Spark Connect server has answered at 127.0.0.1:{port} within 1 seconds"


def test_a_master_that_does_not_answer(tmp_path: Path, spark_home: Home) -> None:
    place = f"127.0.0.1:{free_port()}"
    said = complaint_of(tmp_path, {"spark": f"spark://{place}", "table": "t"})
    assert said == f"no Spark master has answered at {place} within 20 seconds"


def test_a_cluster_that_has_no_executor_to_give(
    tmp_path: Path, spark_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spark itself would wait for ever."""
    monkeypatch.setattr(connection, "SERVES_WITHIN", 2.0)
    write_data(tmp_path / "log.parquet", COLUMNS)
    with running_master(spark_home) as address:
        data = {"spark": address, "files": str(tmp_path / "log.parquet")}
        said = complaint_of(tmp_path, data)
    assert said == "Spark: the cluster gave no executor for 2 seconds"


def test_a_server_that_is_lost_in_the_middle(
    tmp_path: Path, spark_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRIES", 1)
    write_data(tmp_path / "log.parquet", COLUMNS)
    with running_server(spark_home) as (address, process):
        data = SparkData(spark=f"{address}/;user_id=s3cret", files=str(tmp_path / "log.parquet"))
        with Spark(data, tmp_path) as engine:
            assert engine.run("select count(*) from given") == [(4,)]
            process.kill()
            process.wait()
            with pytest.raises(
                DataError, match=r"^Spark: failed to connect|Connection refused"
            ) as said:
                engine.run("select count(*) from given")
    assert "s3cret" not in str(said.value)
    assert "\n" not in str(said.value)


def test_a_java_process_that_is_lost_is_replaced_for_the_next_model(
    tmp_path: Path, spark_local: Place
) -> None:
    write_data(tmp_path / "log.parquet", COLUMNS)
    data = spark_local.data(files=str(tmp_path / "log.parquet"))
    with Spark(SparkData.model_validate(data), tmp_path) as engine:
        gateway: Any = engine._session.sparkContext._gateway
        java = gateway.proc
        java.kill()
        java.wait()
        with pytest.raises(DataError, match=r"^Spark: its Java process has gone$"):
            engine.run("select count(*) from given")
    assert measured(tmp_path, data=data).facts.rows == 4


# What is missing on the machine; each in a process of its own, which says nothing else


def said_by_a_process(folder: Path, spark: str, before: str = "", **variables: str) -> str:
    settings_of(folder, data={"spark": spark, "table": "t"})
    script = (
        f"{before}\nfrom pathlib import Path\nfrom model_checks import judge, load_settings\n"
        "[result] = judge(load_settings(Path('thresholds.toml').absolute())).results\n"
        "print(result.message)"
    )
    unset = {"JAVA_HOME": None, **variables}
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **variables}
    environment = {name: text for name, text in environment.items() if unset.get(name, text)}
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    assert done.stderr == b""
    said = done.stdout.decode().strip()
    return said.removeprefix("m-accuracy: data 't': ").replace(str(folder), "FOLDER")


@pytest.mark.parametrize("module", ["pyspark", "sqlglot", "grpc"])
def test_a_package_that_is_missing(tmp_path: Path, module: str) -> None:
    hidden = f"import sys; sys.modules[{module!r}] = None"
    said = said_by_a_process(tmp_path, "sc://host", hidden)
    needed = shlex.join(EXTRAS["spark"])
    assert said == f"Spark needs the package {module!r}: pip install {needed}"


def test_java_that_is_missing(tmp_path: Path) -> None:
    said = said_by_a_process(tmp_path, "local[2]", PATH="/nowhere")
    assert said == "Spark needs Java 17 or newer, and none is on the PATH; set JAVA_HOME to one"
    said = said_by_a_process(tmp_path, "local[2]", JAVA_HOME=str(tmp_path))
    assert said == (
        "Spark needs Java 17 or newer, and JAVA_HOME = 'FOLDER' has none; set JAVA_HOME to one"
    )


def test_java_that_can_t_run_spark(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(
        "#!/bin/sh\necho 'java.lang.UnsupportedClassVersionError: too old' >&2\nexit 1\n"
    )
    java.chmod(0o755)
    said = said_by_a_process(tmp_path, "local[2]", JAVA_HOME=str(tmp_path))
    assert said == "Spark can't be started on FOLDER/bin/java: too old"


# Wording


def test_who_may_not_read_is_told_so() -> None:
    error = RuntimeError(
        "An error occurred while calling o48.parquet.\n: org.apache.hadoop.security."
        'AccessControlException: Permission denied: user=me, access=READ, inode="/logs"\n\tat x.y'
    )
    assert told(error) == 'Permission denied: user=me, access=READ, inode="/logs"'


# Rows


@pytest.mark.parametrize(
    "expression",
    [
        "int(t)",
        "year(date(t))",
        "int(raise_error(t))",
        "year(to_timestamp(t, 'yyyy'))",
        "int(n * 10)",
        "1 / (n - n)",
    ],
)
def test_no_value_of_a_row_is_told(tmp_path: Path, spark: Place, expression: str) -> None:
    spark.write("predictions", {**COLUMNS, "t": ["Zebedee Quux"] * 4, "n": [987654321] * 4})
    spark.execute("drop view if exists judged")
    spark.execute(f"create view judged as select y, p, {expression} as w from predictions")
    said = complaint_of(tmp_path, spark.data(table="judged"), weight="w")
    assert said.startswith("Spark: ")
    assert not {"Zebedee", "Quux", "987654321"} & set(said.replace("'", " ").split())


def test_a_line_that_is_no_number_is_not_told(tmp_path: Path, spark: Place) -> None:
    (tmp_path / "log.csv").write_text("y,p\n0,1\n1,1,Zebedee\n")
    said = complaint_of(tmp_path, spark.data(files=str(tmp_path / "log.csv")))
    assert "Zebedee" not in said
