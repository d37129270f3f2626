"""What pytest-metadata has gathered of a CI's environment, fit for the header and the report."""

from collections.abc import MutableMapping
from typing import Any

from model_checks.redaction import without_secrets
from model_checks.text import without_commands


def redact(metadata: MutableMapping[str, Any]) -> None:
    """Take logins and other secrets out of the texts, however deep they lie."""
    for key, value in metadata.items():
        metadata[key] = _redacted(value)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return without_commands(without_secrets(value))
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    return [_redacted(inner) for inner in value] if isinstance(value, list) else value
