"""Makes pytest-metadata's texts on a CI's environment fit for the header and the report."""

from collections.abc import MutableMapping
from typing import Any

from model_checks.text import without_commands
from model_checks.text.redaction import without_secrets


def redact(metadata: MutableMapping[str, Any]) -> None:
    """Take logins and other secrets out of the metadata's texts, however deep they lie."""
    for key, value in metadata.items():
        metadata[key] = _redacted(str(key), value)


def _redacted(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_redacted(key, one) for one in value]
    if not isinstance(value, str):
        return value
    named = f"{key}=x"  # a key may tell that its value is secret
    return (
        without_commands(without_secrets(value)) if without_secrets(named) == named else "[hidden]"
    )
