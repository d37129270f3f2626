"""Runs the benchmarks' commands in turn, and prints their wall times and peak memory as a table.

It imports the standard library alone, and so does whoever calls it: on Linux the peak memory of a
child counts from that of the process that started it.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of one unit of ru_maxrss


@dataclass(frozen=True)
class Cost:
    """The cost of one run of a command: wall and processor time in seconds, memory in bytes."""

    seconds: float
    worked: float
    peak: int


@dataclass(frozen=True)
class Figure:
    """A comparison of one command's cost with another's, run by run.

    Attributes
    ----------
    name
        Name of the comparison: what is compared with what, and how.
    values
        One value for each round.
    most
        The target: the median is to be no more than this.
    """

    name: str
    values: Sequence[float]
    most: float

    @property
    def median(self) -> float:
        """Return the median of the rounds' values."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        """Return whether the target is met."""
        return self.median <= self.most


def in_turn(
    commands: Mapping[str, Sequence[str]], runs: int, bytecode: Path
) -> dict[str, list[Cost]]:
    """Run the commands one after the other, and that several times, after a round that warms up.

    Parameters
    ----------
    commands
        The commands by name.
    runs
        Rounds that count; a machine that slows down in one of them slows all commands alike.
    bytecode
        An empty folder: Python's compiled modules are kept there, as they are after any first run.

    Returns
    -------
    dict
        The costs of each command's runs, in order: costs of one round have the same place.
    """
    environment = _environment(bytecode)
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(runs + 1):
        print(f"round {number} of {runs}" if number else "warming up", file=sys.stderr)
        for name, command in commands.items():
            cost = run(command, environment)
            told = f"{cost.seconds:.2f} s, {cost.worked:.2f} s of processors"
            print(f"  {name}: {told}, {cost.peak / 1e6:,.0f} MB", file=sys.stderr)
            if number:
                costs[name].append(cost)
    return costs


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end, in the repository.

    Raises
    ------
    SystemExit
        If the command fails, with the end of its output.
    """
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # so that it is not waited for again
        if process.returncode:
            said.seek(0)
            text = said.read().decode(errors="replace")
            raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}\n{text[-4000:]}")
    worked = usage.ru_utime + usage.ru_stime
    return Cost(seconds, worked, usage.ru_maxrss * _PEAK_UNIT)


def _environment(bytecode: Path) -> dict[str, str]:
    """Return our environment, less what would change a run, and with no word to statistics."""
    changing = ("PYTEST_", "PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(changing)}
    quiet = {"DO_NOT_TRACK": "1", "EVIDENTLY_DISABLE_TELEMETRY": "1"}
    return kept | quiet | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def ratio_of_times(name: str, ours: Sequence[Cost], theirs: Sequence[Cost], most: float) -> Figure:
    """Return the figure of wall time over wall time, pair by pair."""
    pairs = zip(ours, theirs, strict=True)
    return Figure(name, [one.seconds / other.seconds for one, other in pairs], most)


def ratio_of_peaks(name: str, ours: Sequence[Cost], theirs: Sequence[Cost], most: float) -> Figure:
    """Return the figure of peak memory over peak memory, pair by pair."""
    pairs = zip(ours, theirs, strict=True)
    return Figure(name, [one.peak / other.peak for one, other in pairs], most)


def difference_of_times(
    name: str, more: Sequence[Cost], less: Sequence[Cost], most: float
) -> Figure:
    """Return the figure of wall time less wall time, in seconds, pair by pair."""
    pairs = zip(more, less, strict=True)
    return Figure(name, [one.seconds - other.seconds for one, other in pairs], most)


def tell(figures: Sequence[Figure], packages: Sequence[str]) -> int:
    """Print the figures as a table, with versions, and return 1 if a target is missed, else 0."""
    width = max(len(figure.name) for figure in figures)
    print(f"| {'compared':<{width}} | median | min to max     | target        | met |")
    print(f"| {'-' * width} | -----: | -------------- | ------------- | --- |")
    for figure in figures:
        span = f"{min(figure.values):.3f} to {max(figure.values):.3f}"
        target = f"at most {figure.most:.3f}"
        met = "yes" if figure.met else "no"
        print(f"| {figure.name:<{width}} | {figure.median:6.3f} | {span} | {target} | {met:<3} |")
    named = ", ".join(f"{name} {_version(name)}" for name in packages)
    print(f"\n{len(figures[0].values)} rounds; Python {sys.version.split()[0]}, {named}")
    return int(not all(figure.met for figure in figures))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
