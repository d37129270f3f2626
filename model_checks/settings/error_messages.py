"""The wording of mistakes in thresholds.toml: one sentence for each that pydantic found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from model_checks.settings.field_types import Table
from model_checks.settings.urls import STORES, scheme_of
from model_checks.text import nearest
from model_checks.text.redaction import without_secrets

Location = tuple[str | int, ...]

_MUST = {
    "bool_type": "be true or false",
    "dict_type": "be a table",
    "finite_number": "be a finite number",
    "float_type": "be a number",
    "greater_than": "be a number above {gt:g}",
    "greater_than_equal": "be a number of at least {ge:g}",
    "int_from_float": "be a whole number",
    "int_type": "be a whole number",
    "less_than": "be a number below {lt:g}",
    "less_than_equal": "be a number of at most {le:g}",
    "list_type": "be a list",
    "model_type": "be a table",
    "string_type": "be a string",
    "string_too_short": "not be empty",
    "too_short": "not be empty",
}

_SHOWN_OF_EMAIL = {
    "sender_email",
    "receiver_email",
    "smtp_host",
    "smtp_port",
    "security",
    "timeout",
}
"""Keys of [email] that hold no secret, not even where somebody put one into the wrong key."""


def key_mistake(text: str) -> PydanticCustomError:
    """Return a mistake about one key with a text of its own, not ``key = value: ...``."""
    return PydanticCustomError("key_mistake", "{text}", {"text": text})


def table_mistake(*texts: str) -> PydanticCustomError:
    """Return an error with one or several mistakes about a table as a whole."""
    return PydanticCustomError("table_mistake", "{texts}", {"texts": texts})


def refuse(mistakes: Iterable[str]) -> None:
    """Raise the mistakes that the keys of a table make together, if there are any."""
    if texts := tuple(mistakes):
        raise PydanticCustomError("whole_mistakes", "{texts}", {"texts": texts})


def sentences(
    error: ValidationError, schema: type[Table], file: str, written: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return one line per mistake, in the order of the file.

    Parameters
    ----------
    error
        The error that pydantic raised.
    schema
        The class that the file was validated against.
    file
        The file's name, with which each line starts.
    written
        The file's content as written, before validation changed it.
    """
    positions = _Positions()
    found = sorted(
        error.errors(include_url=False), key=lambda one: positions.of(one["loc"], written)
    )
    lines = (f"{file}: {line}" for one in found for line in _lines(one, schema, written))
    return tuple(dict.fromkeys(lines))


class _Positions:
    """The positions of keys and values in the file; a table's keys are numbered once."""

    def __init__(self) -> None:
        self._numbered: dict[int, Mapping[Any, int]] = {}

    def of(self, location: Location, written: object) -> list[int]:
        """Return the position in each table on the way; a missing key comes first in its table."""
        order = []
        for part in location:
            if isinstance(written, Mapping) and part in written:
                order.append(self._keys(written)[part])
                written = written[part]
            elif isinstance(written, list) and isinstance(part, int):
                order.append(part)
                written = written[part]
            else:
                return [*order, -1]
        return order

    def _keys(self, table: Mapping[Any, object]) -> Mapping[Any, int]:
        if id(table) not in self._numbered:
            self._numbered[id(table)] = {key: number for number, key in enumerate(table)}
        return self._numbered[id(table)]


def _lines(found: ErrorDetails, schema: type[Table], written: object) -> Iterator[str]:
    kind, context = found["type"], found.get("ctx", {})
    if kind in ("whole_mistakes", "table_mistake", "kind_mistake"):
        where = found["loc"][:-1] if kind == "whole_mistakes" else found["loc"]
        table = _table(schema, where, written)
        unknown = (_unknown(key, table) for key in context.get("unknown", ()))
        for text in (*context["texts"], *unknown):
            yield f"{_table_name(where)} {text}".strip()
        return
    tables, key, value = _as_written(found["loc"], written)
    table = _table(schema, tables, written)
    yield f"{_table_name(tables)} {_problem(found, key, value, table)}".strip()


def _as_written(location: Location, written: object) -> tuple[Location, str, str]:
    """Return the table, the key and the value as they stand in the file.

    A bare string or number may have been made into a table, and then the mistake was found deeper
    than anything that was written. The value is the text after the key; it is empty for a secret.
    """
    depth = 0
    for part in location:
        if isinstance(written, Mapping):
            written = written.get(part)
        elif isinstance(written, list) and isinstance(part, int):
            written = written[part]
        else:
            break
        depth += 1
    tables, key = location[: depth - 1], location[depth - 1]
    name = str(key)
    if isinstance(key, int):
        name, tables = f"{tables[-1]} #{key + 1}", tables[:-1]
    secret = location[0] == "email" and (not tables or location[1] not in _SHOWN_OF_EMAIL)
    return tables, name, "" if secret else f" = {shown(written)}"


def _table_name(parts: Sequence[str | int]) -> str:
    """Return the table's name as the file has it, numbered if it stands in a list.

    >>> _table_name(["models", "churn", "segments", 0, "thresholds"])
    '[models.churn.segments #1.thresholds]'
    >>> _table_name(["models", "a b"])
    "[models.'a b']"
    """
    name = "".join(
        f" #{part + 1}" if isinstance(part, int) else f".{_bare(part)}" for part in parts
    )
    return f"[{name.removeprefix('.')}]" if name else ""


def place(location: Sequence[str | int]) -> str:
    """Return the place of a value in the file: its table, and its key.

    >>> place(["models", "churn", "features", 1]), place(["engine"])
    ('[models.churn] features #2', 'engine')
    """
    depth = max(k for k, part in enumerate(location) if isinstance(part, str))
    key = str(location[depth])
    numbers = [f" #{part + 1}" for part in location[depth + 1 :] if isinstance(part, int)]
    return f"{_table_name(location[:depth])} {_bare(key)}{''.join(numbers)}".strip()


def _bare(key: str) -> str:
    """Return a key as it would be written: without quotes where it needs none."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", key) else shown(key)


def _problem(found: ErrorDetails, key: str, value: str, table: type[Table]) -> str:
    context: Mapping[str, Any] = found.get("ctx", {})
    kind = found["type"]
    if kind == "key_mistake":
        return str(context["text"])
    if kind == "missing":
        return f"key {shown(key)} is missing"
    if kind in ("extra_forbidden", "none_required"):  # the value may be a misplaced password
        return _unknown(key, table)
    name = key if key.isprintable() and len(key) <= 100 else shown(key)
    return f"{name}{value}: {_wrong_value(found, context, key, table)}"


def _unknown(key: str, table: type[Table]) -> str:
    strays = table.strays()
    return (
        strays.get(key) or f"unknown key {shown(key)}; {nearest(key, {*keys_of(table), *strays})}"
    )


def _wrong_value(
    found: ErrorDetails, context: Mapping[str, Any], key: str, table: type[Table]
) -> str:
    kind = found["type"]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return nearest(str(found["input"]), re.findall(r"'([^']*)'", str(context["expected"])))
    if kind == "string_pattern_mismatch":
        return f"must be {_described(table, key)}"
    return f"must {_MUST[kind].format(**context)}" if kind in _MUST else found["msg"]


def _described(table: type[Table], key: str) -> str | None:
    """Return the description of a key, by the key's name in the file."""
    fields = table.model_fields.items()
    return {field.alias or name: field.description for name, field in fields}[key]


def shown(value: object) -> str:
    """Return a value as the file has it; a table without its content.

    >>> shown([True, "a", {"password": "hidden"}])
    "[true, 'a', {...}]"
    >>> shown("postgresql://me:hunter2@db/log")
    "'postgresql://...'"
    """
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, date | time):
        text = value.isoformat()
    elif isinstance(value, Mapping):
        text = "{...}" if value else "{}"
    elif isinstance(value, list):
        text = f"[{', '.join(shown(part) for part in value[:80])}]"  # more than there is room for
    elif isinstance(value, str) and scheme_of(value) not in (None, *STORES):
        text = repr(f"{value.partition('://')[0]}://...")  # a password may be anywhere in it
    else:
        text = without_secrets(repr(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def keys_of(table: type[Table]) -> list[str]:
    """Return the keys that a table of the file may have.

    Left out are keys in angle brackets, which the code sets, and keys of type None, which are
    known only to be refused by name.
    """
    fields = table.model_fields.items()
    names = [field.alias or name for name, field in fields if field.annotation is not type(None)]
    return [name for name in names if not name.startswith("<")]


def _table(schema: type[Table], parts: Location, written: Any) -> type[Table]:
    """Return the class of the table that is written at a place.

    A key of a dict or an index of a list is passed over.
    """
    table, in_container = schema, False
    for part in parts:
        written = written[part]
        if in_container:
            in_container = False
        else:
            field = table.model_fields.get(str(part))
            made_of = _flat(field.annotation) if field else []
            nested = [arg for arg in made_of if isinstance(arg, type) and issubclass(arg, Table)]
            if not nested:
                break
            table = nested[0]
            in_container = bool({get_origin(arg) for arg in made_of} & {dict, list})
        if not in_container:
            table = table.kind_of(written) or table
    return table


def _flat(annotation: object) -> list[Any]:
    """Return an annotation with all annotations inside it, at any depth."""
    inner = [] if get_origin(annotation) is Literal else list(get_args(annotation))
    return [annotation] + [part for arg in inner for part in _flat(arg)]
