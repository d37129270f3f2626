"""Files of somebody's own that hide a library, as ``sklearn.py`` does scikit-learn."""

import os
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path

NEEDED = (
    *("duckdb", "filelock", "jinja2", "matplotlib", "numpy", "pandas", "pyarrow"),
    *("pydantic", "pydantic_core", "pytest_html", "pytest_metadata"),
)
"""Libraries without which nothing can be judged."""

_OF_MODELS = (
    *("catboost", "grpc", "joblib", "lightgbm", "onnxruntime", "polars", "py4j", "pyspark"),
    *("scipy", "sklearn", "skops", "sqlalchemy", "sqlglot", "threadpoolctl", "torch", "xgboost"),
)
_CALLED = {"sklearn": "scikit-learn"}


def hidden_libraries(
    folders: Iterable[Path], among: Iterable[str] = (*NEEDED, *_OF_MODELS)
) -> Iterator[str]:
    """Yield a sentence on each library that an import would miss for a file in a folder.

    A folder hides nothing unless Python looks there first; what has been imported already, as much
    of the standard library has, can't be hidden any more.

    Parameters
    ----------
    among
        Names of libraries; the modules of the standard library are looked at beside them.
    """
    names = {*among, *sys.stdlib_module_names}
    for folder in dict.fromkeys(folders):
        for name in sorted(names & _modules_in(folder)):
            file = _file_of(name)
            if file is not None and file.is_relative_to(folder) and _elsewhere(name, folder):
                where = file.parent if file.name == "__init__.py" else file
                library = _CALLED.get(name, name)
                yield f"{where.name} in {folder} hides the library {library}; rename it"


def _modules_in(folder: Path) -> set[str]:
    try:
        return {name.removesuffix(".py") for name in os.listdir(folder)}  # noqa: PTH208 (no paths)
    except OSError:
        return set()


def _file_of(name: str) -> Path | None:
    """Return the file that a module was, or would be, imported from."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None) if module else PathFinder.find_spec(name)
    return Path(spec.origin) if spec and spec.has_location and spec.origin else None


def _elsewhere(name: str, folder: Path) -> bool:
    """Return whether a module would be found were it not for a folder."""
    rest = [entry for entry in sys.path if Path(entry or Path.cwd()) != folder]
    spec = PathFinder.find_spec(name, rest)
    return spec is not None and spec.origin is not None
