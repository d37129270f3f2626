"""The words for people: figures, counts, short lists, and one cleaning for all of them."""

import difflib
import heapq
import re
from collections.abc import Iterable, Sequence

from model_checks.text.redaction import without_secrets

# Controls, marks that turn the reading direction or can't be seen, and halves of surrogate pairs.
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e"
    "\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e00ff]"
)

_GITHUB = (
    "error|warning|notice|debug|group|endgroup|echo|add-mask|add-path|add-matcher|remove-matcher|"
    "set-output|save-state|set-env|stop-commands|internal-set-repo-path"
)
_COMMAND = re.compile(
    rf"::(?=\s*(?:{_GITHUB})(?:::|\s))|(?:(?<=\s)|(?<![\s\S]))::(?=\s*[\w-]+(?:::|\s))|"
    r"##(?=\w*\[)|section_(?:start|end):(?=\d)|travis_(?:fold|time):",
    re.IGNORECASE,
)
"""The pattern of a command to GitHub, Azure, TeamCity, GitLab or Travis in a line of a log."""

_OF_NUMBERS = "0123456789.,"
_NUMBER_CUT = re.compile(rf"(?<![{_OF_NUMBERS}])[{_OF_NUMBERS}]+\Z")

_NAME_OF = type.__dict__["__name__"].__get__
"""The getter of a class's real name, since a user's class may have a ``__name__`` that raises."""

_MOST_KNOWN = 40
_MOST_NEAR = 8
_MOST_COMPARED = 200
_MOST_SAID = 10_000
_LONG = 60


def clean(text: str, most: int = 400) -> str:
    r"""Return a text as one line that anything can show, without secrets and commands.

    It is for every sentence in which there is a word from outside.

    >>> clean("at https://me:word@host/x\n::error::\x1b[31mno")
    'at https://host/x : :error::\ufffd[31mno'
    """
    return one_line(without_secrets(_head(text, most)), most)


def one_line(text: str, most: int = 400) -> str:
    r"""Return a text as one line that a header, a page, a terminal and a CI's log can all show.

    Every kind of line break and blank becomes one space, what can't be shown becomes a question
    mark in a diamond, and what is longer than ``most`` characters ends in an ellipsis. What would
    be a command to a CI is parted, so that it is text.

    >>> one_line("two\u2028lines\x0b\x1c and a\x00 null")
    'two lines and a\ufffd null'
    >>> one_line("##[error] ::set-output name=a::b in std::vector::at")
    '# #[error] : :set-output name=a::b in std::vector::at'
    """
    line = " ".join(_head(text, most).split())
    if not line.isprintable():
        line = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", line)
    line = without_commands(line)
    return line if len(line) <= most else f"{_whole_numbers(line, most - 1)}…"


def _whole_numbers(line: str, most: int) -> str:
    """Return the beginning of a line; a number that would be cut in two is left out."""
    head = line[:most]
    return _NUMBER_CUT.sub("", head) or head if line[most] in _OF_NUMBERS else head


def without_commands(text: str) -> str:
    """Return a text in which no line is a command to a CI, with its lines kept."""
    if "::" not in text and "##" not in text and "_" not in text:
        return text
    return _COMMAND.sub(_parted, text)


def _parted(command: re.Match[str]) -> str:
    found = command[0]
    return f"{found[0]} {found[1:]}" if found[0] in ":#" else f"{found[:-1]} :"


def _head(text: str, most: int) -> str:
    """Return as much of a text as can be shown, since it may be as large as the memory.

    The word in which it is cut is left out, unless it is all there is: it may be half a secret.
    """
    room = 4 * most + 1000
    if len(text) <= room:
        return text
    words = text[:room].rsplit(None, 1) or [""]
    return f"{words[0]} …" if len(words[-1]) < most else text[:room]


def type_name(value: object) -> str:
    """Return the name of a value's class, cleaned, since a user may have chosen it."""
    return clean(_NAME_OF(type(value)), _LONG)


def told_of(error: BaseException, most: int = 300) -> str:
    r"""Return the class of an error of a user's code and what it says, in one clean line.

    >>> told_of(ValueError("no\nsuch value"))
    'ValueError: no such value'
    """
    name, said = type_name(error), said_by(error)
    return clean(f"{name}: {said}" if said else name, most)


def said_by(error: BaseException) -> str:
    """Return the text of an error of a user's code; empty where that raises itself."""
    try:
        return str.strip(
            str.__getitem__(str(error), slice(_MOST_SAID))
        )  # its class may override both
    except BaseException:  # noqa: BLE001 (its __str__ is a user's code)
        return ""


def counted(n: int, noun: str) -> str:
    """Return the number with its noun.

    >>> counted(1, "check"), counted(1200, "check")
    ('1 check', '1,200 checks')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def labelled_rows(n: int) -> str:
    """Return the number of labelled rows in words.

    >>> labelled_rows(1), labelled_rows(2000)
    ('1 labelled row', '2,000 labelled rows')
    """
    return counted(n, "labelled row")


def first_few(names: Sequence[str], most: int, separator: str = ", ", count: int = 0) -> str:
    """Return the first of some names, and how many more there are, of ``count`` if that is more.

    >>> first_few(["a", "b", "c", "d"], 2)
    'a, b and 2 more'
    """
    more = max(count, len(names)) - most
    return separator.join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def quoted(labels: Sequence[str], count: int = 0) -> str:
    """Return the first five names, quoted, and how many more there are, of ``count`` if more.

    >>> quoted(["a", "b"])
    "'a', 'b'"
    """
    named = [repr(shortened(label)) for label in labels[:5]]
    return first_few(named, 5, count=max(count, len(labels)))


def shortened(name: str) -> str:
    """Return a name, cut if it is too long to stand in a sentence."""
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the nearest known name, if one is near, and the other names, if they are few.

    >>> nearest("Carier", ["carrier", "plan"])
    "did you mean 'carrier'? known: carrier, plan"
    >>> nearest("zzz", ["carrier", "plan"])
    'known: carrier, plan'
    >>> nearest("y", [f"x{k}" for k in range(10_000)])
    'known: x0, x1, x10, x100, x1000, x1001, x1002, x1003 and 9,992 more'
    """
    names = sorted(known)
    close = _close(name, names)
    guess = f"did you mean {shortened(close[0])!r}? " if close else ""
    told = names if len(names) <= _MOST_KNOWN else (close or names)[:_MOST_NEAR]
    return f"{guess}known: {first_few([*map(shortened, told)], len(told), count=len(names))}"


def _close(name: str, names: Sequence[str]) -> list[str]:
    """Return the known names like a name, the nearest first; long names by their beginnings."""
    wanted, heads = name[:_LONG].lower(), dict[str, str]()
    for one in names:
        heads.setdefault(one[:_LONG], one)
    candidates: Iterable[str] = heads
    if len(heads) > _MOST_COMPARED:  # comparing takes long: first those that have most in common
        pairs = {wanted[k : k + 2] for k in range(len(wanted))}
        in_common = {one: sum(pair in one.lower() for pair in pairs) for one in heads}
        candidates = heapq.nlargest(_MOST_COMPARED, heads, key=in_common.__getitem__)
    most = _MOST_NEAR if len(names) > _MOST_KNOWN else 1
    return [heads[one] for one in difflib.get_close_matches(wanted, candidates, n=most)]


def label_text(label: str | float) -> str:
    """Return a label of the settings or a model's classes as the text that ``label_of`` gives.

    >>> label_text(True), label_text(1.0), label_text("late")
    ('1', '1', 'late')
    """
    if isinstance(label, float) and not label.is_integer():
        return repr(label)
    return label if isinstance(label, str) else str(int(label))
