"""The directions of imports, and the one owner of each outside library, read off the source."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from model_checks.metrics import METRICS

PACKAGE = Path(__file__).parents[1] / "model_checks"

# From the top down, and within a line from left to right: whatever stands later may be imported.
LAYERS = [
    ["test_thresholds", "plugin"],
    ["pipeline"],
    ["notify"],
    ["report"],
    ["store"],
    ["judging"],
    ["measure"],
    ["predict"],
    ["data"],
    ["plan"],
    ["settings"],
    ["metrics"],
    ["errors", "scratch", "text", "version"],
]

OWNERS = {
    "aiosmtpd": [],
    "duckdb": ["data.duckdb"],
    "filelock": ["plugin.shared_cache"],
    "grpc": ["data.spark"],
    "jinja2": ["report.page"],
    "joblib": ["predict.sources.joblib"],
    "matplotlib": ["report.charts.canvas"],
    "pandas": [],
    "pickle": ["plugin.shared_cache", "plugin.outcome"],
    "psycopg": [],
    "py4j": ["data.spark"],
    "pyarrow": [
        *("predict.batches", "predict.frames", "data.database.arrow", "data.csv"),
        *("data.duckdb", "data.spark"),
    ],
    "pydantic": ["settings"],
    "pydantic_core": ["settings"],
    "pyspark": ["data.spark"],
    "pytest": ["plugin", "test_thresholds"],
    "pytest_html": ["plugin.html_report"],
    "pytest_metadata": ["plugin.html_report"],
    "scipy": [],
    "skops": ["predict.sources.skops"],
    "sklearn": [],
    "smtplib": ["notify.email.smtp"],
    "sqlalchemy": ["data.database"],
    "sqlglot": ["data.dialects"],
    "ssl": ["notify.email.smtp"],
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


def layer_of(module: str) -> tuple[int, int]:
    [found] = [
        (depth, place)
        for depth, names in enumerate(LAYERS)
        for place, name in enumerate(names)
        if within(module, name)
    ]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_one_place_in_the_layers(module: str) -> None:
    assert layer_of(module) >= (0, 0)


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module: str) -> None:
    own = module.split(".", maxsplit=1)[0]
    for name in imported(module):
        below = name.removeprefix("model_checks.")
        if below == name or below.split(".")[0] == own or below not in MODULES:
            continue
        assert layer_of(below) > layer_of(module), f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_takes_a_name_from_the_package_itself(module: str) -> None:
    inside = {name.split(".")[0] for name in MODULES}
    taken = [name for name in imported(module) if name.startswith("model_checks.")]
    assert {name.split(".")[1] for name in taken} <= inside


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


NAMES_OF_OTHERS = {"predict.sources.arguments": {"log_loss"}}
"""Functions of scikit-learn's that happen to be called as a metric is."""


@pytest.mark.parametrize("module", [name for name in MODULES if name != "metrics"])
def test_the_table_of_metrics_alone_names_a_metric(module: str) -> None:
    path = PACKAGE / Path(*module.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    texts = {node.value for node in ast.walk(ast.parse(source.read_text())) if is_text(node)}
    assert texts & METRICS.keys() == NAMES_OF_OTHERS.get(module, set())


def is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
