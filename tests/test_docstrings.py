"""Docstrings name what there is: every attribute and parameter that they describe."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "model_checks"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DOCUMENTED = (ast.ClassDef, *FUNCTIONS)


def described(node: ast.AST, section: str) -> set[str]:
    """The names in a section of a docstring in numpydoc's style."""
    text = inspect.cleandoc(ast.get_docstring(node) or "") if isinstance(node, DOCUMENTED) else ""
    found = re.search(
        rf"^{section}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    lines = found[1].splitlines() if found else []
    named = [line for line in lines if re.fullmatch(r"[a-z_]\w*(, [a-z_]\w*)*", line)]
    return {name for line in named for name in line.split(", ")}


def attributes(node: ast.ClassDef) -> Iterator[str]:
    """The names of a class: of its methods, and whatever is assigned in it or to ``self``."""
    for one in ast.walk(node):
        if isinstance(one, FUNCTIONS):
            yield one.name
        elif isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, ast.Store):
            yield one.id if isinstance(one, ast.Name) else one.attr


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_what_is_described_is_there(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            missing = described(node, "Attributes") - set(attributes(node))
            assert not missing or node.bases, f"{node.name}: {missing}"
        elif isinstance(node, FUNCTIONS):
            given = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
            assert described(node, "Parameters") <= given, node.name
