"""Tables of several kinds, told apart by their keys: a class for each kind, and a registry.

The class of a kind determines its keys, the messages on mistakes in them, and its JSON schema.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, ValidationInfo, field_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from model_checks.settings.error_messages import keys_of, refuse
from model_checks.settings.field_types import Known, Table


class Tagged(Table):
    """A table that is of one of several kinds; a bare string stands for the key of the plainest.

    A family derives from this and has a registry; a kind derives from its family and has a key.
    What a family makes of a table, also where it is called, is an object of the kind.

    Attributes
    ----------
    bare
        The key that a bare string is the value of.
    key
        The key by which a table is of this kind; empty for a family.
    meaning
        The meaning of that key in words, for a message to whoever has left it out.
    advice
        Messages on single keys of other kinds beside that key, in place of the usual message.
    """

    bare: ClassVar[str]
    key: ClassVar[str] = ""
    meaning: ClassVar[str] = ""
    advice: ClassVar[Mapping[str, str]] = {}

    def __new__(cls, **keys: Any) -> Self:
        """Make an object of the kind that the keys name, as ``pathlib.Path`` picks the system's."""
        return super().__new__(cls if cls.key else cls.kind_of(keys) or cls)

    @classmethod
    def kinds(cls) -> Mapping[str, type["Tagged"]]:
        """Return the registry of the family: its kinds by their key."""
        raise NotImplementedError

    @classmethod
    def kind_of(cls, written: Mapping[Any, object]) -> type[Self] | None:
        """Return the one kind whose key a table has; None if it has none, or several."""
        named = cls._named(written)
        kind = cls.kinds()[named[0]] if len(named) == 1 else None
        return kind if kind and issubclass(kind, cls) else None

    @classmethod
    def _named(cls, written: Mapping[Any, object]) -> list[str]:
        """Return the keys of kinds that a table has, without keys that belong to another such kind.

        So ``{ spark, files }`` is of the kind of ``spark``, which has a key ``files``.
        """
        named = [key for key in written if key in cls.kinds()]
        others = {key: [cls.kinds()[other] for other in named if other != key] for key in named}
        return [key for key in named if not any(key in keys_of(kind) for kind in others[key])]

    @classmethod
    def strays(cls) -> Mapping[str, str]:
        """Return the keys of other kinds, each with its kinds or with advice."""
        strays = {key: kinds for key, kinds in cls._owners().items() if cls not in kinds}
        return {
            key: cls.advice.get(key) or f"{key} goes with {' or '.join(one.key for one in kinds)}"
            for key, kinds in strays.items()
        }

    @classmethod
    def _owners(cls) -> Mapping[str, list[type["Tagged"]]]:
        """Return every key of the family, with the kinds that have it."""
        owners: dict[str, list[type[Tagged]]] = {}
        for kind in cls.kinds().values():
            for key in keys_of(kind):
                owners.setdefault(key, []).append(kind)
        return owners

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema by which a family's table is validated as the kind in its registry."""
        if cls.key:
            return handler(source)
        return core_schema.with_info_plain_validator_function(cls._of_a_kind)

    @classmethod
    def _of_a_kind(cls, raw: object, info: ValidationInfo) -> Self:
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, str | Mapping):
            raise ValueError("must be a string or a table")
        table = {cls.bare: raw} if isinstance(raw, str) else raw
        if kind := cls.kind_of(table):
            return kind.model_validate(table, context=info.context)
        unknown = [key for key in table if key not in cls._owners()]
        texts = (*cls._not_one(table),)
        raise PydanticCustomError("kind_mistake", "{texts}", {"texts": texts, "unknown": unknown})

    @classmethod
    def _not_one(cls, table: Mapping[Any, object]) -> Iterator[str]:
        """Yield the mistakes of a table that is of no kind, or of several."""
        one_of = f"must name one of {', '.join(cls.kinds())}"
        if named := cls._named(table):
            advice = [cls.kinds()[key].advice for key in named]
            yield from [one[key] for one in advice for key in named if key in one] or [
                f"{one_of}, not several"
            ]
            return
        needing = {key: kinds for key, kinds in cls._owners().items() if key in table}
        if not needing:
            yield one_of
        for key, kinds in needing.items():
            told = (f"{kind.key}, {kind.meaning}" if kind.meaning else kind.key for kind in kinds)
            yield f"{key} needs {', or '.join(told)}"

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON schema of a family's tables."""
        kinds = [kind.model_json_schema(by_alias=True) for kind in cls.kinds().values()]
        return {"description": (cls.__doc__ or "").partition("\n\n")[0], "oneOf": kinds}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Return a kind's schema; a family's is empty here and stands elsewhere by its name."""
        return handler(schema) if cls.key else {}


def refused_together(mistakes: Callable[[Known], Iterator[str]]) -> Any:
    """Return a validator of ``whole`` that refuses keys which are right but don't go together."""

    def held(cls: type[Table], _: None, info: ValidationInfo) -> None:
        if cls.model_fields.keys() - {"whole"} <= info.data.keys():
            refuse(mistakes(info.data))

    return field_validator("whole")(classmethod(held))
