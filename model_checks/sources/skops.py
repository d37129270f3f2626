"""skops: loads a model without running code from its file; types it does not know must be trusted."""

from collections.abc import Sequence
from typing import Any

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from model_checks.errors import SourceError


def load_skops(content: bytes, source: str, trusted_types: Sequence[str]) -> Any:
    """The model in a skops file.

    Raises
    ------
    SourceError
        If it is no skops file, or needs types beyond the trusted: the message lists all, to copy.
    """
    try:
        return skops.io.loads(content, trusted=list(trusted_types))
    except UntrustedTypesFoundException:
        needed = skops.io.get_untrusted_types(data=content)
        listed = ", ".join(f'"{name}"' for name in needed)
        raise SourceError(
            f"model {source!r}: has types that skops does not trust by itself; read what they do, "
            f"and if you trust the file's origin write "
            f"model = {{ skops = \"{source}\", trusted_types = [{listed}] }}"
        ) from None
    except Exception as error:  # noqa: BLE001 (a damaged file raises whatever its first bad byte meets)
        raise SourceError(
            f"model {source!r}: not a skops file that can be loaded ({_told(error)}); "
            "another format must be named, as in { joblib = ... }"
        ) from error


def _told(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
