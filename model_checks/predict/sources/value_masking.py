"""Texts of custom code on the rows that it was given -> these texts without the rows' values."""

import builtins
import re
from collections.abc import Iterable, Iterator
from typing import Any

_HIDDEN = "[hidden]"
_MOST = 2_000
"""Characters of an error that are shown; what follows is not, in any case."""

_QUOTED = re.compile(r"'([^'\n]{2,500})'|\"([^\"\n]{2,500})\"|`([^`\n]{2,500})`")
_TIME = r"(?:[ T]\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?"
_MONTH = r"(?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cs])[^\W\d_]{0,7}"
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}([-/.])\d\d?\1\d\d?|\d\d?([-/])\d\d?\2\d{2,4}|"
    r"\d\d?\.\d\d?\.\d{4}|\d\d\.\d\d\.\d\d|"
    rf"\d\d?(?:st|nd|rd|th)?[.\s-]{{0,2}}{_MONTH}[.,\s-]{{0,2}}\d{{2,4}}|"
    rf"(?<![^\W\d_]){_MONTH}[.,\s-]{{1,2}}(?:\d\d?(?:st|nd|rd|th)?[.,\s-]{{1,2}})?\d{{4}})(?!\d)"
    rf"{_TIME}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d_]*(?:\.\d*)?(?:e[+-]?\d+)?(?!\w)", re.IGNORECASE)
_FEWEST_DIGITS = 4
"""A shorter number in an error is rather one of rows or columns than a value of a row."""

_FIGURE = re.compile(
    r"(?<![\w.])(?<!Timeout >)[-+]?"
    r"(?P<figure>\d++(?:[.,]\d++|[ '_\u2019\xa0\u2009\u202f]\d{3}(?!\d))*+)"
    r"(?:e[+-]?\d++)?(?! [KMGT]iB)|\d{7,}+",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,2}){2,3}")
_ONE = r"-?\d++(?:\.\d*+)?(?:e[+-]?\d++)?"
_SEVERAL = re.compile(
    rf"(?<![\w.])(?<!shape \()(?<!shape=\()(?P<all>{_ONE}(?:[\s,;:|]++{_ONE}){{2,}}+)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"'([^'\n]*+)'|\"([^\"\n]*+)\"|\[hidden\]|(?<![\w.])-?\d[\w.]*+")
_FEWEST_ITEMS = 3
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_SHAPE = re.compile(r"shape[ =:]{0,2}$")
_COUNTED = re.compile(r"(?:[,)\d ]*\))|\s(?:features?|columns?|rows?|samples?|elements?|values?)\b")

_WORD = re.compile(r"[^\W\d_]{3,}+")
_COMMON = frozenset(
    """
    and any are array arrays attribute bool boolean bytes cannot category categories class
    column columns convert could dataframe date datetime dict dimension dimensions dtype
    dtypes error expected expects feature features float for found frame from given got has
    have index in input inputs instead int integer invalid key label labels length list missing
    model must name nan none not null number numbers numeric numpy object only pandas previously
    required row rows sample samples series shape should size string strings the this timestamp
    true false tuple type types unable unknown unseen unsupported value values with
    """.split()  # noqa: SIM905 (words in lines are read more easily)
)
"""Words that libraries say of any rows, so that they tell nothing of these."""

_LONG_ENOUGH = 8
"""Characters at the beginning of a value that are taken for the value."""


def without_values(text: str, columns: Iterable[Any]) -> str:
    """Return the beginning of an error's text without what may be a value of a row.

    Whatever the columns hold, lists and the like of three and more values are hidden, and so are
    dates and numbers of many digits, with decimals or with thousands apart. Other numbers of some
    digits are hidden where a column has them, texts whole or as far as they are shown, and words
    of texts where they are quoted or have a capital. Words that libraries say of any rows stay,
    as do short numbers. Where the values can't be read, nothing is shown; where there are no
    columns, all is.

    Parameters
    ----------
    text
        The error's text, as custom code raised it.
    columns
        Arrays or pandas' series of the values that the code was given, of any type.
    """
    given = list(columns)
    try:
        return _without_values(text[:_MOST], given) if given else text
    except Exception:  # noqa: BLE001 (values of somebody's own types may raise what they like)
        return ""


def name_without_values(name: str, columns: Iterable[Any]) -> str:
    """Return a class's name without values, which may stand in it without a space between.

    >>> name_without_values("ValueError", [])
    'ValueError'
    """
    given = list(columns)
    if not given or hasattr(builtins, name):
        return name
    apart = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=\D)(?=\d)", "\0", name)
    told = without_values(apart.replace("\0", " "), given)
    return name if told == apart.replace("\0", " ") else _HIDDEN


def _without_values(text: str, columns: list[Any]) -> str:
    named = {str(getattr(column, "name", "")).lower() for column in columns}
    kept = named | _COMMON
    found: set[str] = set()
    words = _telling_words(text) - kept
    for column in columns:
        if getattr(column.dtype, "kind", "O") in "iuf":
            found.update(_numbers_of(column, text))
        elif getattr(column.dtype, "kind", "O") != "b":
            found.update(_texts_of(column, text, words))
    text = _without_values_of(text, found - kept)
    text = _DATE.sub(_HIDDEN, text)
    text = _without_collections(text, named)
    text = _SEVERAL.sub(_HIDDEN, text)
    return _FIGURE.sub(_figure, text)


def _without_values_of(text: str, found: set[str]) -> str:
    hidden = sorted(found, key=len, reverse=True)
    if not hidden:
        return text
    words = "|".join(map(re.escape, hidden))
    cut = "|".join(re.escape(one) for one in hidden if len(one) >= _LONG_ENOUGH) or "(?!)"
    pattern = rf"(?<![^\W_])(?:{words})(?![^\W_])|{cut}"
    return re.sub(pattern, _HIDDEN, text, flags=re.IGNORECASE)


def _figure(found: re.Match[str]) -> str:
    figure = found["figure"] or found[0]
    digits = sum(map(str.isdigit, figure))
    plain = digits == len(figure) or _VERSION.fullmatch(figure)
    return found[0] if plain and digits < 7 else _HIDDEN


def _without_collections(text: str, named: set[str]) -> str:
    """Return a text in which every collection of several values is three dots in its brackets."""
    parts: list[str] = []
    end = 0
    for first, last in _collections(text):
        if first < end:
            continue
        items = list(_ITEM.finditer(text, first, last))
        values = [one for one in items if (one[1] or one[2] or "").lower() not in named - {""}]
        if len(values) >= _FEWEST_ITEMS and not _SHAPE.search(text[max(0, first - 9) : first]):
            parts += [text[end : first + 1], "...", _CLOSING[text[first]]]
            end = last
    return "".join(parts) + text[end:]


def _collections(text: str) -> list[tuple[int, int]]:
    """Return the places of brackets' openings and ends, in order; a cut one ends with the text."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for place, letter in enumerate(text):
        if text.startswith(_HIDDEN, place) or text.endswith(_HIDDEN, 0, place + 1):
            continue
        if letter in _CLOSING:
            opened.append(place)
        elif opened and letter == _CLOSING[text[opened[-1]]]:
            found.append((opened.pop(), place + 1))
    return sorted(found + [(first, len(text)) for first in opened])


def _telling_words(text: str) -> set[str]:
    """Return the words of a text that may be of a value: in quotes, or with a capital."""
    quoted = " ".join(piece for one in _QUOTED.finditer(text) for piece in one.groups() if piece)
    capitals = {word for word in _WORD.findall(text) if not word.islower()}
    return {word.lower() for word in [*capitals, *_WORD.findall(quoted)]}


def _numbers_of(column: Any, text: str) -> Iterator[str]:
    for match in {match[0]: match for match in reversed([*_NUMBER.finditer(text)])}.values():
        if sum(map(str.isdigit, match[0])) >= _FEWEST_DIGITS and not _COUNTED.match(
            text, match.end()
        ):
            number = float(match[0].replace("_", ""))
            if bool((abs(column - number) <= 1e-6 * abs(number)).any()):
                yield match[0]


def _texts_of(column: Any, text: str, words: set[str]) -> Iterator[str]:
    lowered = text.lower()
    quoted = {
        piece.lower() for match in _QUOTED.finditer(text) for piece in match.groups() if piece
    }
    values = _distinct(column)
    texts = "\n".join(value for value in values if isinstance(value, str)).lower()
    yield from (word for word in words if word in texts and _is_part(word, texts))
    quoted = {piece for piece in quoted if piece not in texts or _is_part(piece, texts)}
    yield from (piece for piece in quoted if piece in texts)
    for value in values:
        if isinstance(value, str) and _is_absent(value, lowered):
            continue
        for form in _forms(value):
            yield from _shown(form, lowered)
            yield from (one for one in quoted if _is_part(one, form))


def _is_absent(value: str, lowered: str) -> bool:
    """Return whether not even the beginning of a plain value is in a text."""
    plain = value.isprintable() and "\\" not in value and "'" not in value
    return plain and value.strip()[:_LONG_ENOUGH].lower() not in lowered


def _distinct(column: Any) -> set[Any]:
    """Return the distinct values of a column; the parts of a list or struct one by one."""
    values = column.tolist()
    try:
        return set(values)
    except TypeError:  # lists can't be in a set
        return {part for value in values for part in _parts(value)}


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (part for inner in value.values() for part in _parts(inner))
    elif isinstance(value, str | bytes) or not isinstance(value, Iterable):
        yield value
    else:
        yield from (part for inner in value for part in _parts(inner))


def _forms(value: Any) -> Iterator[str]:
    """Yield the forms in which a value may stand in a sentence, in lower case."""
    if value is None or isinstance(value, bool) or value != value:  # noqa: PLR0124 (a NaN)
        return
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if len(form := text.strip().lower()) > 1:  # one letter tells nobody anything
        yield form
    if not isinstance(value, str | bytes):
        yield repr(value).lower()
    elif not text.isprintable() or "\\" in text or "'" in text:
        yield repr(value)[1 + isinstance(value, bytes) : -1].lower()


def _shown(form: str, text: str) -> Iterator[str]:
    """Yield as much of a value as the text shows: the whole, or a beginning and three dots."""
    if form in text:
        if len(form) > 2 or f"'{form}'" in text or f'"{form}"' in text:
            yield form
    elif len(form) > _LONG_ENOUGH and form[:_LONG_ENOUGH] in text:
        length = min(len(form), len(text))
        while form[:length] not in text:
            length -= 1
        _, _, after = text.partition(form[:length])
        if after.startswith(("...", "…")) or not after:
            yield form[:length]


def _is_part(piece: str, form: str) -> bool:
    return piece in form and bool(re.search(rf"(?<![^\W_]){re.escape(piece)}(?![^\W_])", form))
