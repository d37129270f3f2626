"""The wording of mistakes in thresholds.toml: what pydantic found -> one sentence each."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

_EXPECTED = {
    "bool_type": "true or false",
    "datetime_type": "a date or a time",
    "dict_type": "a table",
    "finite_number": "a finite number",
    "float_type": "a number",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "list_type": "a list",
    "model_type": "a table",
    "string_type": "a string",
    "string_too_short": "a string that is not empty",
    "too_short": "a list that is not empty",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Tell the nearest known name, where one is near, and all of them.

    >>> nearest("recal", ["recall", "f1"])
    "did you mean 'recall'? known: f1, recall"
    >>> nearest("zzz", ["recall", "f1"])
    'known: f1, recall'
    """
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return f"{guess}known: {', '.join(known)}"


def key_mistake(text: str) -> PydanticCustomError:
    """A mistake about one key, told in its own words rather than as ``key = value: ...``."""
    return PydanticCustomError("key_mistake", "{text}", {"text": text})


def table_mistake(text: str) -> PydanticCustomError:
    """A mistake about a table as a whole."""
    return PydanticCustomError("table_mistake", "{text}", {"text": text})


def sentences(error: ValidationError, schema: type[BaseModel], file: str) -> tuple[str, ...]:
    """One line per mistake: the file, the table, the key, what was found and what is allowed."""
    found = error.errors(include_url=False)
    return tuple(dict.fromkeys(f"{file}: {_located(one, schema)}" for one in found))


def _located(found: ErrorDetails, schema: type[BaseModel]) -> str:
    tables, key = found["loc"][:-1], str(found["loc"][-1]) if found["loc"] else ""
    place = _table_name(found["loc"] if found["type"] == "table_mistake" else tables)
    return f"{place} {_problem(found, key, _table(schema, tables))}".strip()


def _table_name(parts: Sequence[str | int]) -> str:
    """The table's name as the file has it; of tables in a list, which one.

    >>> _table_name(["models", "churn", "segments", 0, "thresholds"])
    '[models.churn.segments #1.thresholds]'
    """
    name = ""
    for part in parts:
        name += f" #{part + 1}" if isinstance(part, int) else f".{part}"
    return f"[{name.removeprefix('.')}]" if name else ""


def _problem(found: ErrorDetails, key: str, table: type[BaseModel]) -> str:
    context: Mapping[str, Any] = found.get("ctx", {})
    kind = found["type"]
    secret = table.__name__ == "Email" and kind == "extra_forbidden"  # a misspelt password, perhaps
    shown = repr(key) if secret else f"{key} = {_shortened(found.get('input'))}"
    if kind in ("key_mistake", "table_mistake"):
        return str(context["text"])
    if kind == "missing":
        return f"key {key!r} is missing"
    if kind == "extra_forbidden":
        return f"unknown key {shown}; {nearest(key, keys_of(table))}"
    if kind == "value_error":
        return f"{shown}: {context['error']}"
    if kind == "literal_error":
        return f"{shown}: {_not_one_of(table, key, found.get('input'))}"
    expected = _EXPECTED.get(kind)
    return (
        f"{shown}: must be {expected.format(**context)}" if expected else f"{shown}: {found['msg']}"
    )


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _not_one_of(table: type[BaseModel], key: str, found: object) -> str:
    field = next(
        field for name, field in table.model_fields.items() if (field.alias or name) == key
    )
    literals = [arg for arg in _flat(field.annotation) if get_origin(arg) is Literal]
    allowed = [str(value) for literal in literals for value in get_args(literal)]
    return nearest(str(found), allowed)


def keys_of(table: type[BaseModel]) -> list[str]:
    """The keys that a table of the file may have.

    Left out are those in angle brackets, which the code sets, and those of type None, which are
    known only to be refused by name.
    """
    fields = table.model_fields.items()
    names = [field.alias or name for name, field in fields if field.annotation is not type(None)]
    return [name for name in names if not name.startswith("<")]


def _table(schema: type[BaseModel], parts: Sequence[str | int]) -> type[BaseModel]:
    """The class of the table at a place: a key of a dict or an index of a list is passed over."""
    table, in_container = schema, False
    for part in parts:
        if in_container:
            in_container = False
            continue
        field = table.model_fields.get(str(part))
        nested = [arg for arg in _flat(field.annotation) if _is_table(arg)] if field else []
        if not nested:
            break
        table = nested[0]
        origins = {get_origin(arg) for arg in _flat(field.annotation)} if field else set()
        in_container = bool(origins & {dict, list, tuple})
    return table


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _flat(annotation: object) -> list[Any]:
    """An annotation and all that it is made of."""
    inner = [] if get_origin(annotation) is Literal else list(get_args(annotation))
    return [annotation] + [part for arg in inner for part in _flat(arg)]
