"""Texts as the font can draw them, and the room that they take."""

import math
import unicodedata
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font

CAPITAL = 0.73
"""Height of a capital letter over the font's size."""

_NARROWEST = 0.25  # width of the narrowest letter over the font's size
_LONGEST = 200  # characters kept at each end of a text before it is measured


def drawable(text: str) -> str:
    r"""Return a text with each sign that the fonts can't draw escaped as in Python.

    Segment values are data: they hold control characters, lone surrogates, scripts and emoji that
    the font lacks. An escape, unlike a sign that stands for all of them, keeps two values apart.

    >>> print(drawable("a\nb $x^2$ Zürich 東"))
    a\nb $x^2$ Zürich \u6771
    """
    if len(text) > 2 * _LONGEST:
        text = f"{text[:_LONGEST]}…{text[-_LONGEST:]}"
    text = unicodedata.normalize("NFC", text)
    return "".join(char if _has_glyph(char) else _escaped(char) for char in text)


def readable(text: str) -> str:
    """Return a text with its control characters escaped, for places that have all fonts."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


@cache
def _has_glyph(char: str) -> bool:
    # Marks that stack on other letters and signs that turn the direction would disturb the rest.
    if unicodedata.category(char).startswith("M") or not char.isprintable():
        return False
    return ord(char) in _glyphs()


@cache
def _glyphs() -> frozenset[int]:
    """Return the code points that both fonts can draw."""
    regular, bold = (frozenset(_font(bold=bold).get_charmap()) for bold in (False, True))
    return regular & bold


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a drawable text, in pixels of the layout."""
    return size * sum(_advance(char, bold=bold) for char in text)


def shortened(text: str, width: float, size: float = 10.0, *, bold: bool = False) -> str:
    """Return a drawable text, with its middle left out if it is wider than ``width`` pixels."""
    text = drawable(text)
    if text_width(text, size, bold=bold) <= width:
        return text
    kept = min(len(text), math.ceil(width / size / _NARROWEST))
    while kept > 0:
        kept -= 1
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if text_width(short, size, bold=bold) <= width:
            return short
    return "…"


@cache
def _advance(char: str, *, bold: bool) -> float:
    """Return the width of a character over the font's size."""
    return float(_font(bold=bold).load_char(ord(char)).linearHoriAdvance) / 65536 / 100


@cache
def _font(*, bold: bool) -> FT2Font:
    font = FT2Font(str(font_file(bold=bold)))
    font.set_size(100, 72)
    return font


def font_file(*, bold: bool) -> Path:
    """Return the file of matplotlib's own font, so that pictures are alike on every machine."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name
