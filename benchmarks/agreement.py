"""Checks that two sides have measured the same, without which no comparison counts.

The findings of the other side are a JSON file: under each name (``recall``, ``recall segment 7``)
the fields of that check in ``results.json`` that it knows, the value at least.
"""

import json
import math
from pathlib import Path
from typing import Any


def refuse_different(results: Path, others: Path, same: float) -> None:
    """Stop if two sides have not measured the same checks, or a number differs.

    Parameters
    ----------
    results
        Our ``results.json``; each of its checks must have an interval around the value.
    others
        The JSON file with the findings of the other side.
    same
        The most by which a number may differ.

    Raises
    ------
    SystemExit
        If the sides differ, with the first five differences.
    """
    checks = {_name(check): check for check in json.loads(results.read_text())["checks"]}
    wanted = json.loads(others.read_text())
    if checks.keys() != wanted.keys():
        raise SystemExit(f"checks that only one side has: {sorted(checks.keys() ^ wanted.keys())}")
    for name, check in checks.items():
        if check["value"] is None or not check["low"] < check["value"] < check["high"]:
            raise SystemExit(f"{name} has no value within an interval: {check['message']}")
    different = [
        f"{field} of {name}: {checks[name][field]!r} here, {number!r} there"
        for name, numbers in wanted.items()
        for field, number in numbers.items()
        if not math.isclose(checks[name][field], number, rel_tol=0, abs_tol=same)
    ]
    if different:
        raise SystemExit(f"{len(different):,} found differently: {'; '.join(different[:5])}")


def _name(check: dict[str, Any]) -> str:
    """Return the name of a check: its metric, and the values of its segment's columns."""
    return " ".join([check["metric"], *(check["segment"] or {}).values()])
