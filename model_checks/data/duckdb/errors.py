"""DuckDB's errors without values of rows: of data only which kind of mistake is where.

Messages on columns, files and the machine are passed on as they stand. All others may quote values,
so that nothing is passed on but the parts that are known here.
"""

import re

_ITS_OWN = re.compile(
    r"(?:Binder|Catalog|Connection|Dependency|HTTP|IO|Interrupt|Not implemented|Out of Memory|"
    r"Parser|Permission|Syntax|TransactionContext) Error: "
)
"""Kinds of errors that are raised before a value is looked at, or whatever the values are."""

_KIND = re.compile(r"[A-Z][A-Za-z ]{2,30} Error(?=: )")
_ABOUT_FILE = re.compile(r"""(?:[A-Z][A-Za-z0-9]* )(?:[A-Za-z0-9]+ )*[Ff]ile ["'][^"'\n]*["']""")
_OF_PATTERNS = re.compile(r"Globs \([^)\n]*\) [^\n.'\"]*")
_FILE_TOO_SMALL = re.compile(r"File '[^'\n]*' too small to be a Parquet file")
_ADVICE = re.compile(
    r"\n[ \t]*+(?:LINE \d+:|Possible |The search space|See also |Candidate functions)"
)
_OVERFLOW = re.compile(r"Overflow in [a-z ]+ of [A-Z0-9]+")
_COLUMN = re.compile(
    r"(?:when casting from source column (.+)|converting column \"(.+)\"\. .*)$", re.MULTILINE
)
_TYPES = (
    "BIGINT|BOOLEAN|DATE|DOUBLE|FLOAT|HUGEINT|INTEGER|SMALLINT|TIME|TINYINT|UBIGINT|UINTEGER|"
    r"VARCHAR|U?INT(?:8|16|32|64|128)|DECIMAL\(\d+,\d+\)|TIMESTAMP(?:_\w+| WITH TIME ZONE)?"
)
_EXPECTED = re.compile(
    rf"(?:\bto|type) '?({_TYPES})\b|invalid (timestamp|date|time) |(date|time) field value",
    re.IGNORECASE,
)

_READ = 10_000
"""Characters of an error that are read; after them would only be the query, or rows."""


def found(text: str) -> str:
    """Return the text of one of DuckDB's errors, without values of rows and without the query."""
    text = text[:_READ]
    text = _ADVICE.split(text)[0]
    if _ITS_OWN.match(text):
        return text
    kind = match[0] if (match := _KIND.match(text)) else ""
    if not kind:
        return "the data can't be read"
    return f"{kind}: {_of_data(text.removeprefix(f'{kind}: '))}"


def _of_data(text: str) -> str:
    """Return where in the data a mistake is, and what was expected there."""
    for pattern in (_FILE_TOO_SMALL, _ABOUT_FILE, _OVERFLOW, _OF_PATTERNS):
        if known := pattern.match(text):
            return known[0]
    columns, types = _COLUMN.findall(text), _EXPECTED.findall(text)
    place = f"column {''.join(columns[-1])!r}" if columns else "the data"
    what = f"is no {''.join(types[-1]).upper()}" if types else "does not fit"
    return f"{place} has a value that {what}"
