"""The time of reading CSV and Parquet files, beside that of DuckDB alone on the same files.

    python benchmarks/reading.py

The log has a million rows of eight columns. A CSV is read as the log of a model whose answers are
logged, of which four columns are named, and as that of a model that is called, which may want all.
The other side is DuckDB's ``read_csv`` with ``sample_size = -1``, which finds types over all lines
as well, though by rules of its own; and of Parquet its bare ``read_parquet``. One process, in turn.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from timing import REPOSITORY, Figure, tell

sys.path.insert(0, str(REPOSITORY))  # a clone is not installed

from model_checks.data import open_engine
from model_checks.settings import Settings, parse_settings
from model_checks.settings.column_roles import roles_of

ROWS = 1_000_000
MOST_CSV, MOST_PARQUET = 1.5, 1.1
PACKAGES = ("duckdb", "pyarrow")
COUNT = (
    "select count(*), count(y), sum(case when p = 1 then s end), "
    'cast(max("at") as varchar) from given'
)
RANKS = "select count(distinct s), count(distinct x), sum(y) from given"
LOGGED = 'prediction = "p"\nscore = "s"'
CALLED = 'model = { python = "package.module:model" }'


def main(runs: int) -> int:
    """Run, print the table, and return the exit code."""
    with TemporaryDirectory(prefix="model-checks-reading-") as temporary:
        folder = Path(temporary)
        _write_log(folder)
        csv, parquet = "log.csv", "log-*.parquet"
        sniffed = f"read_csv('{folder / csv}', header = true, skip = 0, sample_size = -1)"
        bare = f"read_parquet('{folder / parquet}', union_by_name = true)"
        commands: dict[str, Callable[[], None]] = {
            "sniffed": lambda: _alone(f"create temp table given as select * from {sniffed}"),
            "logged": lambda: _opened(_settings(folder, csv, LOGGED)),
            "called": lambda: _opened(_settings(folder, csv, CALLED)),
            "bare": lambda: _alone(f"create temp view given as select * from {bare}", RANKS),
            "view": lambda: _opened(_settings(folder, parquet, LOGGED), RANKS),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, command in commands.items():
                started = time.perf_counter()
                command()
                seconds[name].append(time.perf_counter() - started)
    return tell(
        [
            _ratio("CSV, a model that is logged", seconds["logged"], seconds["sniffed"], MOST_CSV),
            _ratio("CSV, a model that is called", seconds["called"], seconds["sniffed"], MOST_CSV),
            _ratio("Parquet, with a sort's work", seconds["view"], seconds["bare"], MOST_PARQUET),
        ],
        PACKAGES,
    )


def _write_log(folder: Path) -> None:
    rows = (
        "select i as id, i % 2 as y, i % 3 % 2 as p, hash(i) / 18446744073709551616.0 as s, "
        "hash(i + 7) / 18446744073709551616.0 as x, ['aa', 'bb', 'no'][i % 3 + 1] as place, "
        "i % 5 = 0 as flag, timestamp '2026-01-01' + to_seconds(i) as \"at\" "
    )
    csv = f"'{folder / 'log.csv'}' (format csv, header)"
    duckdb.execute(f"copy ({rows} from range({ROWS}) as r(i)) to {csv}")
    for part in range(4):
        some = f"range({part * ROWS // 4}, {(part + 1) * ROWS // 4})"
        file = f"'{folder / f'log-{part}.parquet'}' (format parquet)"
        duckdb.execute(f"copy ({rows} from {some} as r(i)) to {file}")


def _settings(folder: Path, data: str, model: str) -> Settings:
    toml = f"""
[models.m]
task = "binary"
data = "{data}"
target = "y"
{model}
time_column = "at"
thresholds = {{ accuracy = 0.1 }}
"""
    return parse_settings(toml.encode(), folder / "thresholds.toml")


def _opened(settings: Settings, query: str = COUNT) -> None:
    [model] = settings.models.values()
    with open_engine(model.data, settings, roles_of(model)) as engine:
        engine.run(query)


def _alone(sql: str, query: str = COUNT) -> None:
    with duckdb.connect() as connection:
        connection.execute(sql)
        connection.execute(query).fetchall()


def _ratio(name: str, ours: list[float], theirs: list[float], most: float) -> Figure:
    values = [one / other for one, other in zip(ours[1:], theirs[1:], strict=True)]
    return Figure(f"{name} / DuckDB alone, time", values, most)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What reading files takes.")
    parser.add_argument("--runs", type=int, default=7)
    sys.exit(main(parser.parse_args().runs))
