"""CSV files of all dialects: a model is fed, and labels are, what pandas reads of all of them."""

import csv
import gzip
import io
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.sample_data import AS_OF, measurement_of, python_module, settings_of

from model_checks import judge
from model_checks.predict.vocabulary import alike

RECORDING = """
class Model:
    feature_names_in_ = {features!r}

    def predict(self, frame):
        frame.to_pickle({folder!r} + f"/{{id(frame)}}-{{len(frame)}}.frame")
        return [0] * len(frame)

model = Model()
"""

Columns = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Dialect:
    """How files are written.

    Attributes
    ----------
    quoting
        Which fields are quoted: ``"needed"``, ``"all"``, or ``"texts"``, all but plain numbers.
    said
        Whether the settings say the delimiter; a decimal comma they always do.
    """

    delimiter: str
    decimal: str
    quoting: str
    line_end: str
    marked: bool
    zipped: bool
    said: bool

    def content(self, columns: Columns) -> str:
        """Columns as they stand in a file, the names first."""
        rows = [columns, *zip(*columns.values(), strict=True)]
        return "".join(self.delimiter.join(map(self._field, row)) + self.line_end for row in rows)

    def _field(self, text: str) -> str:
        needed = re.search(f'[{re.escape(self.delimiter)}"\r\n]', text)
        plain = re.fullmatch(r"-?[0-9]+([.,][0-9]+)?|", text)
        if needed or self.quoting == "all" or (self.quoting == "texts" and not plain):
            return '"' + text.replace('"', '""') + '"'
        return text

    def write(self, folder: Path, parts: Iterable[Columns]) -> dict[str, str]:
        """Write a file of each part, and return how the settings name them."""
        suffix = ".csv.gz" if self.zipped else ".csv"
        for number, part in enumerate(parts):
            mark = "\N{BYTE ORDER MARK}" if self.marked else ""
            content = (mark + self.content(part)).encode()
            path = folder / f"part-{number}{suffix}"
            path.write_bytes(gzip.compress(content, mtime=0) if self.zipped else content)
        keys = {"csv": f"part-*{suffix}"}
        if self.said:
            keys["delimiter"] = self.delimiter
        if self.decimal != ".":
            keys["decimal"] = self.decimal
        return keys

    def read(self, columns: Columns, **keys: Any) -> pd.DataFrame:
        """What pandas reads of a file of all rows."""
        text = io.StringIO(self.content(columns), newline="")
        frame = pd.read_csv(
            text, sep=self.delimiter, decimal=self.decimal, low_memory=False, **keys
        )
        assert isinstance(frame, pd.DataFrame)
        return frame


dialects = st.builds(
    Dialect,
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    quoting=st.sampled_from(["needed", "all", "texts"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    marked=st.booleans(),
    zipped=st.booleans(),
    said=st.booleans(),
).filter(lambda one: one.delimiter != one.decimal)

# Columns, of which the fields of most are of one kind, and those of some are not

whole_numbers = st.one_of(
    st.integers(0, 30).map(str),
    st.integers().map(str),
    st.sampled_from(["-1", "+7", "007", "01", " 5", "5 ", "-0", str(2**53 + 1), str(2**63 - 1)]),
)
fractions = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.floats(0, 1).map(repr),
    st.sampled_from(["0.1", "-.5", "5.", "1e5", "2E-3", "1.", "0,25", "1,5e3", "inf", "-Infinity"]),
)
booleans = st.sampled_from(["True", "False", "TRUE", "FALSE", "true", "false"])
missing = st.sampled_from(["", "", "", "NA", "nan", "None", "null", "N/A", "<NA>", "#N/A"])
codes = st.sampled_from(["yes", "no", "t", "f", "on", "A7", "1_000", "0x10", "1e", "NAN", "1%"])
dates = st.sampled_from(["2026-01-02", "01/02/2026", "2026-01-02 03:04:05", "12:30", "2026W01"])
letters = "ab \u00e9\u00df\u65e5\U0001f600,;\t|\"'\n#.-_"
words = st.text(letters, max_size=6).filter(lambda word: word.strip(" \t\n") == word)
KINDS = [whole_numbers, fractions, booleans, codes, dates, words]


def columns_of(rows: int) -> st.SearchStrategy[list[str]]:
    """Columns of fields."""
    alone = [*KINDS, missing]
    with_gaps = [st.one_of(kind, kind, missing) for kind in KINDS]
    pairs = [st.one_of(one, other) for one, other in itertools.combinations(KINDS, 2)]
    return st.sampled_from([*alone, *with_gaps, *pairs, st.one_of(*alone)]).flatmap(
        lambda fields: st.lists(fields, min_size=rows, max_size=rows)
    )


PLAIN = ["1", "0.5", "True", "word", ""]
"""Each stands in many rows before all others of some columns."""

NAMES = ["Umsatz, netto", "gr\u00f6\u00dfe", 'a "b"', "x;y", "Name", "name of it", "1st", "a|b"]


@st.composite
def tables(draw: st.DrawFn, count: int) -> dict[str, list[str]]:
    """Columns of one length."""
    rows = draw(st.integers(1, 7))
    names = draw(st.permutations(NAMES))[:count]
    columns = {name: draw(columns_of(rows)) for name in names}
    before = draw(st.sampled_from([0, 0, 0, 0, 1200]))
    return {
        name: [draw(st.sampled_from(PLAIN))] * before + fields if before else fields
        for name, fields in columns.items()
    }


def parts_of(columns: Columns, cuts: Sequence[int]) -> list[Columns]:
    """The columns in several parts, some of which may have no row."""
    rows = len(next(iter(columns.values())))
    edges = [0, *sorted(min(cut, rows) for cut in cuts), rows]
    return [
        {name: fields[start:end] for name, fields in columns.items()}
        for start, end in itertools.pairwise(edges)
    ]


cuts = st.lists(st.integers(0, 6), max_size=2)


# What a model is called with


def fed(folder: Path, data: Mapping[str, str], features: Sequence[str]) -> list[pd.DataFrame]:
    """The frames that a model is called with."""
    text = RECORDING.format(features=list(features), folder=str(folder))
    keys: dict[str, Any] = {"model": python_module(folder, text), "features": list(features)}
    run = judge(settings_of(folder, data=data, **keys), as_of=AS_OF)
    errors = [one.message for one in run.results if one.verdict.name == "ERROR"]
    assert not errors
    return [pd.read_pickle(path) for path in folder.glob("*.frame")]


def hold_features(table: Columns, dialect: Dialect, places: Sequence[int]) -> None:
    features = list(table)
    rows = len(table[features[0]])
    numbered = {"number": [str(number) for number in range(rows)]}
    columns = {**numbered, **table, "y": [str(number % 2) for number in range(rows)]}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.syspath_prepend(str(folder))
        data = dialect.write(folder, parts_of(columns, places))
        frames = fed(folder, data, ["number", *features])
    expected = dialect.read(columns)[["number", *features]]
    for frame in frames:
        assert frame.dtypes.to_dict() == expected.dtypes.to_dict()
    found = pd.concat(frames).sort_values("number", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    for column in expected.select_dtypes("float64"):
        signs = np.signbit(found[column]) == np.signbit(expected[column])
        assert (signs | expected[column].isna()).all()


@settings(derandomize=True, deadline=None, max_examples=30)
@given(table=tables(3), dialect=dialects, places=cuts)
def test_a_model_is_fed_what_pandas_reads_of_all_files(
    table: dict[str, list[str]], dialect: Dialect, places: list[int]
) -> None:
    hold_features(table, dialect, places)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=600)
@given(table=tables(4), dialect=dialects, places=cuts)
def test_a_model_is_fed_what_pandas_reads_of_many_files(
    table: dict[str, list[str]], dialect: Dialect, places: list[int]
) -> None:
    hold_features(table, dialect, places)


@pytest.mark.parametrize("fields", [["'a'", "b", "c"], ["True", "'", "True"], ["'s", "it's", "a"]])
@pytest.mark.parametrize("said", [False, True])
def test_an_apostrophe_is_part_of_its_field(fields: list[str], *, said: bool) -> None:
    dialect = Dialect(";", ".", "needed", "\n", marked=False, zipped=False, said=said)
    hold_features({"Name": fields}, dialect, [1])


# Labels


def labels_in(column: "pd.Series[Any]") -> set[str]:
    """The labels of a column as texts, as the settings write them."""
    return {label_text(value) for value in column.dropna().tolist()}


def label_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(value)


LABELS = [
    ["yes", "no"],
    ["t", "f"],
    ["True", "False", "TRUE", "false"],
    ["0", "1"],
    ["01", "02", "10"],
    ["1.0", "0.0", "2.50"],
    ["NA", "None", "null", "west"],
    ["2026-01-02", "01/02/2026"],
    ["caf\u00e9", "\u65e5\u672c", "a,b", 'say "a"', "x;y|z"],
]


@st.composite
def labelled(draw: st.DrawFn) -> dict[str, list[str]]:
    """A target and a prediction, which share at least how the labels are written."""
    pool = draw(st.sampled_from(LABELS))
    more = draw(st.sampled_from([[], [], ["A7"], ["1"], ["unsure"], ["0.5"]]))
    rows = draw(st.integers(2, 8))
    target = draw(st.lists(st.sampled_from([*pool, *more]), min_size=rows, max_size=rows))
    predicted = draw(st.lists(st.sampled_from([*pool, *more]), min_size=rows, max_size=rows))
    gaps = draw(st.lists(st.integers(0, rows - 1), max_size=2))
    with_gaps = ["" if row in gaps else label for row, label in enumerate(target)]
    return {"y": with_gaps, "p": predicted, "n": [str(row) for row in range(rows)]}


def hold_labels(table: Columns, dialect: Dialect, places: Sequence[int]) -> None:
    expected = dialect.read(table, keep_default_na=False, na_values=[""])
    judged = expected[expected["y"].notna()]
    true, predicted = labels_in(judged["y"]), labels_in(judged["p"])
    with TemporaryDirectory() as name:
        folder = Path(name)
        data = dialect.write(folder, parts_of(table, places))
        measurement = measurement_of(settings_of(folder, data=data, task="multiclass"), folder)
    others = predicted - true
    twice = any(alike(one, other) for one in true - predicted for other in others)
    if true & predicted and not twice:
        assert measurement.facts.error is None
        assert measurement.predictions is not None
        assert set(measurement.predictions.labels) == true | predicted
    elif true:
        assert measurement.facts.error is not None
        for label in [*sorted(true)[:5], *sorted(predicted)[:5]]:
            assert repr(label) in measurement.facts.error


@settings(derandomize=True, deadline=None, max_examples=40)
@given(table=labelled(), dialect=dialects, places=cuts)
def test_labels_are_what_pandas_reads_of_all_files(
    table: dict[str, list[str]], dialect: Dialect, places: list[int]
) -> None:
    hold_labels(table, dialect, places)


@pytest.mark.slow
@settings(derandomize=True, deadline=None, max_examples=600)
@given(table=labelled(), dialect=dialects, places=cuts)
def test_labels_are_what_pandas_reads_of_many_files(
    table: dict[str, list[str]], dialect: Dialect, places: list[int]
) -> None:
    hold_labels(table, dialect, places)


def test_the_dialects_are_those_of_the_standard_library() -> None:
    columns = {"a": ["1", 'say "x"', "b,c"], "n": ["2.5", "", "d\ne"]}
    dialect = Dialect(",", ".", "needed", "\r\n", marked=False, zipped=False, said=False)
    written = io.StringIO()
    csv.writer(written).writerows([columns, *zip(*columns.values(), strict=True)])
    assert dialect.content(columns) == written.getvalue()
