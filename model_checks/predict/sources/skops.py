"""skops: loads a model without running code from its file; unknown types must be trusted."""

import json
import zipfile
from io import BytesIO
from typing import Any

import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from model_checks.errors import SourceError
from model_checks.settings.sources.skops import SkopsModel


def load_skops(deployed: SkopsModel, content: bytes) -> Any:
    """Return the model in a skops file.

    Raises
    ------
    SourceError
        If it is no skops file, or needs types beyond the trusted, which the message then lists.
    Exception
        Whatever a damaged file or a trusted type raises.
    """
    source = deployed.source
    if not zipfile.is_zipfile(BytesIO(content)):
        raise SourceError(
            f"model {source!r}: is no skops file, or a part of one; "
            "a file of another format must be named so, as in { joblib = ... }"
        )
    try:
        return skops.io.loads(content, trusted=deployed.trusted_types)
    except UntrustedTypesFoundException:
        needed = skops.io.get_untrusted_types(data=content)
    keys = f"skops = {_quoted(source)}, trusted_types = {_quoted(needed)}"
    raise SourceError(
        f"model {source!r}: has types that skops does not trust by itself; read what they do, "
        f"and if you trust the file's origin write model = {{ {keys} }}"
    )


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)  # reads the same in TOML
