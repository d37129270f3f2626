"""Mutants of a sound thresholds.toml, each from its own seed."""

import math
import random
import re
from collections.abc import Callable

ODD = (
    *("0", "-1", "-0.0", "1e-320", "5e-324", "1e308", "-1e308", "inf", "-inf", "nan", "0.1", "1"),
    *("9" * 39, "9" * 400, "9" * 5000, "0x" + "f" * 40, f"0.{'0' * 500}1", "1e15", "1e16", "true"),
    *(
        '""',
        '"x"',
        "'\\'",
        '"\\u0000"',
        '"\\u001b[31m"',
        '"\\uffff"',
        '"a\\nb"',
        "[]",
        "{}",
        "[[]]",
    ),
    *("0001-01-01", "9999-12-31", "12:00:00", "2013-05-01T00:00:00Z", '"99999w"', '"0d"', '"5%"'),
    *('"0.0001 %"', '"999999999 %"', '["plan", "plan"]', '["plan"]', '"plan"', "{ a = 1 }", "[1]"),
    *('"../../etc"', '"~x"', '"*.parquet"', '"s3://"', '"https://a:b@c/d.csv?e"', '"p"', '"left"'),
)
COLUMNS = (
    *("left", "predicted", "other", "p", "q", "w", "plan", "guess", "region", "paid", "at"),
    *("LEFT", "basic", "x\\ny", "\\u001b[2J", "\\uffff", "a" * 200, "*", "given", "tolerant"),
)
KEYS = (
    "<whole>",
    "__proto__",
    "",
    "min",
    "max",
    "metric",
    "as_of",
    "model",
    "data",
    "whole",
    "a.b",
)
CHARACTERS = (
    "\0",
    "\x1b",
    "\r",
    "\u2028",
    "\ufeff",
    "\uffff",
    "\t",
    '"',
    "'",
    "[",
    "}",
    "#",
    "=",
    "\n",
)

Mutation = Callable[[random.Random, list[str]], None]


def _drop(draw: random.Random, lines: list[str]) -> None:
    del lines[draw.randrange(len(lines))]


def _double(draw: random.Random, lines: list[str]) -> None:
    line = draw.choice(lines)
    lines.insert(draw.randrange(len(lines)), line)


def _swap(draw: random.Random, lines: list[str]) -> None:
    one, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _assignments(lines: list[str]) -> list[int]:
    return [k for k, line in enumerate(lines) if re.match(r"[\w<>\"]+ *=", line)]


def _retype(draw: random.Random, lines: list[str]) -> None:
    k = draw.choice(_assignments(lines))
    lines[k] = f"{lines[k].partition('=')[0]}= {draw.choice(ODD)}"


def _renumber(draw: random.Random, lines: list[str]) -> None:
    """Another number or text anywhere, be it in an inline table."""
    found = [
        (k, m) for k, line in enumerate(lines) for m in re.finditer(r"[\d.]+\b|\"[^\"]*\"", line)
    ]
    k, match = draw.choice(found)
    lines[k] = lines[k][: match.start()] + draw.choice(ODD) + lines[k][match.end() :]


def _tweak(draw: random.Random, lines: list[str]) -> None:
    """Another number that may stand there: the next one, one with many digits, a small or large."""
    found = [
        (k, m) for k, line in enumerate(lines) for m in re.finditer(r"(?<![\w.-])\d+\.\d+\b", line)
    ]
    k, match = draw.choice(found)
    value = float(match[0])
    others = [
        *(repr(math.nextafter(value, draw.choice([0, 9]))), repr(value * draw.random())),
        *(f"{match[0]}{'0' * 400}1", f"0.{'0' * draw.randrange(330)}1", repr(value * 1.5), "0.0"),
        *("1e-310", "0.6", "0.8", "0.30000000000000004", "0.9999999999999999"),
    ]
    lines[k] = lines[k][: match.start()] + draw.choice(others) + lines[k][match.end() :]


def _rename_value(draw: random.Random, lines: list[str]) -> None:
    """Another column, or none that there is."""
    found = [(k, m) for k, line in enumerate(lines) for m in re.finditer(r'"[a-z]+"', line)]
    k, match = draw.choice(found)
    new = f'"{draw.choice(COLUMNS)}"'
    lines[k] = lines[k][: match.start()] + new + lines[k][match.end() :]


def _rename(draw: random.Random, lines: list[str]) -> None:
    found = [(k, m) for k, line in enumerate(lines) for m in re.finditer(r"[a-z_]+\b", line)]
    k, match = draw.choice(found)
    word = match[0]
    at = draw.randrange(len(word) + 1)
    new = draw.choice(
        [f'"{draw.choice(KEYS)}"', word[:at] + word[at + 1 :], word[:at] + "x" + word[at:]]
    )
    lines[k] = lines[k][: match.start()] + new + lines[k][match.end() :]


def _nest(draw: random.Random, lines: list[str]) -> None:
    k, depth = draw.choice(_assignments(lines)), draw.choice([1, 2, 25, 300, 2000])
    key, _, value = lines[k].partition("=")
    before, after = draw.choice([("[", "]"), ("{ a = ", " }")])
    lines[k] = f"{key}={before * depth}{value}{after * depth}"


def _swap_tables(draw: random.Random, lines: list[str]) -> None:
    headers = [k for k, line in enumerate(lines) if line.startswith("[")]
    one, other = draw.choice(headers), draw.choice(headers)
    lines[one], lines[other] = lines[other], lines[one]


def _rebracket(draw: random.Random, lines: list[str]) -> None:
    k = draw.choice([k for k, line in enumerate(lines) if set(line) & set("[]{}")])
    places = [m.start() for m in re.finditer(r"[][{}]", lines[k])]
    at = draw.choice(places)
    lines[k] = lines[k][:at] + draw.choice("[]{}") * draw.randrange(3) + lines[k][at + 1 :]


def _insert(draw: random.Random, lines: list[str]) -> None:
    k = draw.randrange(len(lines))
    at = draw.randrange(len(lines[k]) + 1)
    lines[k] = lines[k][:at] + draw.choice(CHARACTERS) + lines[k][at:]


MUTATIONS: tuple[Mutation, ...] = (
    *(_drop, _double, _swap, _retype, _retype, _renumber, _renumber, _renumber, _rename, _nest),
    *(_swap_tables, _rebracket, _insert, *[_tweak] * 12, *[_rename_value] * 8),
)


def mutant(sound: str, seed: int) -> bytes:
    """Return the bytes of a file that was sound, changed in one to three places."""
    draw = random.Random(seed)
    lines = sound.splitlines()
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        draw.choice(MUTATIONS)(draw, lines)
    content = "\n".join(lines).encode()
    if draw.random() < 0.06:
        content = content[: draw.randrange(len(content))]
    if draw.random() < 0.06:
        at = draw.randrange(len(content))
        content = content[:at] + bytes([content[at] ^ (1 << draw.randrange(8))]) + content[at + 1 :]
    return content
