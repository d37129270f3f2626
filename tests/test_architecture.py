"""The directions of imports, and the one owner of each outside library, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from model_checks.metrics import METRICS

PACKAGE = Path(__file__).parents[1] / "model_checks"

# From the top down: a module imports from its own line or from lines below it.
LAYERS = [
    ["test_thresholds"],
    ["plugin"],
    ["alerts", "charts"],
    ["judging"],
    ["forecasts", "gate", "loosening", "notes", "suspicions"],
    ["rulings"],
    ["measuring"],
    ["baselines"],
    ["overlap", "shared_data"],
    ["contestants"],
    ["needs"],
    ["curves", "segment_values"],
    ["queries"],
    ["predictions"],
    ["given"],
    ["unusable_values"],
    ["answer_columns"],
    ["answers"],
    ["calling"],
    ["model_attributes"],
    ["labels", "frames", "replies", "signs", "spread"],
    ["rows", "vocabulary"],
    ["answer_names", "required_columns", "times"],
    ["engines", "sources"],
    ["results"],
    ["sentences"],
    ["decisions"],
    ["findings"],
    ["verdicts"],
    ["planning"],
    ["plan"],
    ["settings"],
    ["metrics"],
    ["significance"],
    ["intervals", "aggregates"],
    ["guard"],
    ["errors", "files", "scratch", "shadows", "surroundings"],
    ["concealment", "precision", "rounding", "text"],
    ["redaction"],
]

OWNERS = {
    "aiosmtpd": [],
    "duckdb": ["engines.duckdb"],
    "filelock": ["plugin.once"],
    "grpc": ["engines.spark"],
    "jinja2": ["alerts.message"],
    "joblib": ["sources.joblib"],
    "matplotlib": ["charts.canvas"],
    "pandas": [],
    "pickle": ["plugin.once", "plugin.outcome"],
    "psycopg": [],
    "py4j": ["engines.spark"],
    "pyarrow": [
        *("answers", "frames", "engines.database.arrow", "engines.delimited"),
        *("engines.duckdb", "engines.spark"),
    ],
    "pydantic": ["settings"],
    "pydantic_core": ["settings"],
    "pyspark": ["engines.spark"],
    "pytest": ["plugin", "test_thresholds"],
    "pytest_html": ["plugin.report"],
    "pytest_metadata": ["plugin.report"],
    "scipy": [],
    "skops": ["sources.skops"],
    "sklearn": [],
    "smtplib": ["alerts.smtp"],
    "sqlalchemy": ["engines.database"],
    "sqlglot": ["engines.dialects"],
    "ssl": ["alerts.smtp"],
    "xdist": [],
}

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


def imported(module: str) -> Iterator[str]:
    """Every module that a module imports, wherever in it; those for types alone are left out."""
    path = PACKAGE / Path(*module.split("."))
    tree = ast.parse(
        (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    )
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, parent: str) -> bool:
    return module == parent or module.startswith(f"{parent}.")


def layer_of(module: str) -> int:
    [found] = [
        depth for depth, names in enumerate(LAYERS) if any(within(module, name) for name in names)
    ]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_one_place_in_the_layers(module: str) -> None:
    assert layer_of(module) >= 0


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module: str) -> None:
    own = module.split(".", maxsplit=1)[0]
    for name in imported(module):
        below = name.removeprefix("model_checks.")
        if below in (name, "__version__"):
            continue
        if below.split(".")[0] == own or below not in MODULES:
            continue
        assert layer_of(below) > layer_of(module), f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_each_outside_library_has_one_owner(module: str) -> None:
    for name in imported(module):
        library = name.split(".")[0]
        if library in OWNERS:
            owners = OWNERS[library]
            assert any(within(module, owner) for owner in owners), f"{module} imports {library}"


def test_every_owner_imports_its_library() -> None:
    for library, owners in OWNERS.items():
        for owner in owners:
            modules = [module for module in MODULES if within(module, owner)]
            names = {name.split(".")[0] for module in modules for name in imported(module)}
            assert library in names, f"{owner} no longer imports {library}"


NAMES_OF_OTHERS = {"sources.arguments": {"log_loss"}}
"""Functions of scikit-learn's that happen to be called as a metric is."""


@pytest.mark.parametrize("module", [name for name in MODULES if name != "metrics"])
def test_the_table_of_metrics_alone_names_a_metric(module: str) -> None:
    path = PACKAGE / Path(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    texts = {node.value for node in ast.walk(ast.parse(source.read_text())) if is_text(node)}
    assert texts & METRICS.keys() == NAMES_OF_OTHERS.get(module, set())


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
