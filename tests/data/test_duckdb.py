"""DuckDB held to its limits: what it may use of the machine, and what is told where it runs out."""

import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from support.sample_data import AS_OF, measurement_of, python_model, settings_of, valued, write_data

from model_checks.data import keep_in, open_file
from model_checks.data.duckdb import DuckDB, connection
from model_checks.errors import DataError, SettingsError
from model_checks.pipeline import judge
from model_checks.settings import Limits, Settings, load_settings

COLUMNS: dict[str, Any] = {"y": [0, 1, 1, 0], "p": [0, 1, 0, 1], "x": [0, 1, 0, 1]}
SORTING = "select sum(r) from (select row_number() over (order by hash(range)) as r from range({}))"


def limited(folder: Path, engine: str, **keys: Any) -> Settings:
    """Settings of a model ``m`` with a table ``[engine]``."""
    settings_of(folder, COLUMNS, **keys)
    file = folder / "thresholds.toml"
    file.write_text(f"[engine]\n{engine}\n{file.read_text()}")
    return load_settings(file)


def told(settings: Settings) -> set[str]:
    """What becomes of all checks of all models."""
    folder = str(settings.folder)
    return {result.message.replace(folder, "FOLDER") for result in judge(settings).results}


def setting(engine: DuckDB, name: str) -> Any:
    [(value,)] = engine.run(f"select current_setting('{name}')")
    return value


def test_half_of_the_memory_is_used_unless_more_is_allowed() -> None:
    with DuckDB(Limits()) as engine:
        ours = setting(engine, "memory_limit")
    with duckdb.connect() as connection:
        [(theirs,)] = connection.execute("select current_setting('memory_limit')").fetchall()
    amounts = [float(limit.split()[0]) for limit in (ours, theirs)]
    assert [limit.split()[1] for limit in (ours, theirs)] == ["GiB", "GiB"]
    assert amounts[0] == pytest.approx(amounts[1] * 5 / 8, abs=0.2)


@pytest.mark.parametrize(("cores", "used"), [(1, 1), (2, 2), (3, 2), (4, 3), (64, 63)])
def test_of_three_and_more_cores_one_is_left(cores: int, used: int) -> None:
    machine = duckdb.connect(config={"threads": str(cores)})
    assert connection.usable(machine)[1] == used


def test_what_the_file_allows_is_used(tmp_path: Path) -> None:
    settings = limited(tmp_path, 'memory_limit = "123MiB"\nthreads = 1')
    with DuckDB(settings.engine) as engine:
        assert (setting(engine, "memory_limit"), setting(engine, "threads")) == ("123.0 MiB", 1)


def test_a_temp_directory_starts_at_the_file(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "spill").mkdir()
    monkeypatch.chdir("/")
    settings = limited(tmp_path, 'temp_directory = "spill"')
    with DuckDB(settings.engine) as engine:
        folder = Path(setting(engine, "temp_directory"))
        assert folder.parent == tmp_path / "spill"
        assert folder.is_dir()
    assert not list((tmp_path / "spill").iterdir())


@pytest.mark.parametrize("logged", [True, False])
@pytest.mark.parametrize("given", ["absent", "thresholds.toml"])
def test_a_temp_directory_that_is_none_is_an_error_of_each_model(
    tmp_path: Path, given: str, logged: bool
) -> None:
    keys = {} if logged else {"model": python_model(tmp_path)}
    [text] = told(limited(tmp_path, f'temp_directory = "{given}"', **keys))
    why = "No such file or directory" if given == "absent" else "Not a directory"
    assert text == (
        f"m-accuracy: [engine] temp_directory 'FOLDER/{given}' "
        f"can't be written to ({why}); make it, or name another"
    )


def test_a_memory_limit_too_small_says_what_to_do() -> None:
    with (
        DuckDB(Limits(memory_limit="8MB", threads=2)) as engine,
        pytest.raises(
            DataError, match=r"^DuckDB: Out of Memory Error: [^;\n]+; raise \[engine\] "
        ) as caught,
    ):
        engine.run(SORTING.format(3_000_000))
    assert str(caught.value).endswith("raise [engine] memory_limit, or lower its threads")
    assert "Possible" not in str(caught.value)


def test_it_says_so_in_a_stream_too() -> None:
    with (
        DuckDB(Limits(memory_limit="8MB", threads=2)) as engine,
        pytest.raises(DataError, match=r"Out of Memory Error: .*; raise \[engine\] memory_limit"),
    ):
        list(engine.batches("select range as x from range(3000000) order by hash(range)", 1000))


def test_a_memory_limit_too_small_to_start_is_told() -> None:
    with (
        pytest.raises(DataError, match=r"raise \[engine\] memory_limit"),
        DuckDB(Limits(memory_limit="1KB")) as engine,
    ):
        engine.run(SORTING.format(3_000_000))


def test_it_is_an_error_of_that_model_alone(tmp_path: Path) -> None:
    rows = np.arange(1_000_000)
    scores = np.random.default_rng(1).random(len(rows))
    write_data(tmp_path / "large.parquet", {"y": rows % 2, "p": rows % 2, "s": scores})
    keys: dict[str, Any] = {"score": "s", "thresholds": {"roc_auc": 0.1}}
    settings_of(tmp_path, {**COLUMNS, "s": [0.1, 0.9, 0.2, 0.8]}, prediction="p", **keys)
    file = tmp_path / "thresholds.toml"
    small = file.read_text().partition("[models.m]")[2]
    large = small.replace('"data.parquet"', '"large.parquet"')
    file.write_text(
        f'[engine]\nmemory_limit = "12MB"\n[models.m]\n{small}\n[models.large]\n{large}'
    )
    run = judge(load_settings(file), as_of=AS_OF)
    assert run.models["m"].error is None
    assert "raise [engine] memory_limit" in str(run.models["large"].error)


def test_a_temp_directory_that_is_full_says_what_to_do() -> None:
    with DuckDB(Limits(memory_limit="40MB", threads=1)) as engine:
        engine.run("set max_temp_directory_size = '1MB'")
        with pytest.raises(
            DataError,
            match=r"^DuckDB: Out of Memory Error: .*; free some space in \[engine\] "
            r"temp_directory, or name another$",
        ):
            engine.run(SORTING.format(10_000_000))


def test_a_full_disk_says_what_to_do() -> None:
    full = duckdb.IOException('IO Error: Could not write file "x": No space left on device')
    assert str(connection.told(full)) == (
        'DuckDB: IO Error: Could not write file "x": No space left on device; '
        "free some space there, or name another [engine] temp_directory"
    )


# What is kept of a model's answers


def batch(n: int = 3) -> pa.Table:
    return pa.table({"x": list(range(n)), "t": ["a"] * n})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path, COLUMNS)


def test_what_is_kept_is_read_again_in_order(tmp_path: Path, settings: Settings) -> None:
    file = tmp_path / "kept.duckdb"
    with keep_in(file, settings) as kept:
        for _ in range(3):
            kept.append(batch(70_000))
    with open_file(file, settings) as engine, open_file(file, settings) as other:
        for one in (engine, other):
            assert one.run("select count(*), sum(x) from given") == [(210_000, 7_349_895_000)]
        first = engine.run("select x from given limit 2 offset 69999")
    assert first == [(69_999,), (0,)]
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept.duckdb"]


@pytest.mark.parametrize("rows", [3, 200_000])
def test_nothing_is_left_of_what_ended_in_an_error(
    tmp_path: Path, settings: Settings, rows: int
) -> None:
    file = tmp_path / "kept.duckdb"

    def interrupted() -> None:
        with keep_in(file, settings) as kept:
            kept.append(batch(rows))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list(tmp_path.glob("kept*"))


def test_a_file_that_is_not_there_any_more_is_told(tmp_path: Path, settings: Settings) -> None:
    with (
        pytest.raises(DataError, match=r"^DuckDB: .*gone\.duckdb"),
        open_file(tmp_path / "gone.duckdb", settings),
    ):
        pass


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, settings: Settings) -> None:
    with (
        pytest.raises(DataError, match=r"^DuckDB: .*No such file"),
        keep_in(tmp_path / "absent" / "kept.duckdb", settings),
    ):
        pass


def test_long_rows_are_not_gathered_in_memory(tmp_path: Path, settings: Settings) -> None:
    long = pa.table({"t": ["x" * 1000] * 20_000})
    file = tmp_path / "kept.duckdb"
    with keep_in(file, settings) as kept:
        for _ in range(20):  # 400 MB, of which its connection may hold 128
            kept.append(long)
        assert file.stat().st_size > 0
    with open_file(file, settings) as engine:
        assert engine.run("select count(*), min(length(t)) from given") == [(400_000, 1000)]


def test_a_model_that_fails_leaves_no_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, COLUMNS, model=python_model(tmp_path, "1 / 0"))
    assert measurement_of(settings, tmp_path).facts.error
    assert not list(tmp_path.glob("*.duckdb*"))


def test_no_bar_of_duckdb_is_shown() -> None:
    with DuckDB(Limits()) as engine:
        assert setting(engine, "enable_progress_bar") is False


# What the file may say


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("memory_limit = '2'", "memory_limit = '2': must be an amount of memory, such as \"2GB\""),
        ("memory_limit = '0GB'", "memory_limit = '0GB': must be an amount of memory"),
        ("memory_limit = '50%'", "memory_limit = '50%': must be an amount of memory"),
        ("memory_limit = 2", "memory_limit = 2: must be a string"),
        ("threads = 0", "threads = 0: must be a number of at least 1"),
        ("threads = 1.5", "threads = 1.5: must be a whole number"),
        ("temp_directory = ''", "temp_directory = '': must not be empty"),
        (
            "memory = '2GB'",
            "unknown key 'memory'; did you mean 'memory_limit'? known: memory_limit",
        ),
    ],
)
def test_an_impossible_limit_is_a_mistake(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(SettingsError, match=rf"^thresholds\.toml: \[engine\] {re.escape(told)}"):
        limited(tmp_path, written)


@pytest.mark.parametrize("amount", ["1GB", "512MiB", "1.5 GiB", "2TB", "900KB"])
def test_every_amount_that_the_file_may_name_is_one_for_duckdb(amount: str) -> None:
    with DuckDB(Limits(memory_limit=amount)) as engine:
        assert engine.run("select 1") == [(1,)]


def test_a_relative_temp_directory_keeps_what_a_notebook_measures(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    spilled = f"any(__import__('pathlib').Path({str(tmp_path / 'spill')!r}).glob('*/m.duckdb'))"
    model = python_model(tmp_path, f"[int({spilled})] * len(frame)")
    agreed = {"thresholds": {"recall": 0.5}}
    run = judge(limited(tmp_path, 'temp_directory = "spill"', model=model, **agreed))
    assert [valued(result.estimate).value for result in run.results if result.estimate] == [1]
    assert run.models["m"].error is None
    assert not list((tmp_path / "spill").iterdir())
