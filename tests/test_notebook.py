"""The notebook is run as it is, and says what it said when it was kept."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# The notebook takes as long as all that it shows.
pytestmark = pytest.mark.slow

NOTEBOOK = Path(__file__).parents[1] / "examples" / "Model_Performance_Monitoring_System.ipynb"


def kept() -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(NOTEBOOK, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    notebook = kept()
    resources = {"metadata": {"path": str(NOTEBOOK.parent)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    return notebook


def outputs_of(notebook: nbformat.NotebookNode, kind: str) -> list[str]:
    """All outputs of a MIME type, with what was printed counted as plain text."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and kind == "text/plain":
                found.append(output.text)
            elif kind in output.get("data", {}):
                found.append(output.data[kind])
    return found


def test_it_says_what_it_said_when_it_was_kept(executed: nbformat.NotebookNode) -> None:
    assert outputs_of(executed, "text/plain") == outputs_of(kept(), "text/plain")


def test_it_measures_judges_draws_and_writes_the_mail(executed: nbformat.NotebookNode) -> None:
    text = "\n".join(outputs_of(executed, "text/plain"))
    assert "is below the agreed 0.750" in text
    assert "is at least the agreed 0.730" in text
    assert "model-checks: 20 of 43 checks failed" in text
    assert len(outputs_of(executed, "image/png")) == 3
    assert any("20 of 43 checks failed" in html for html in outputs_of(executed, "text/html"))


def test_it_repeats_nothing_of_the_package() -> None:
    cells = [cell.source for cell in kept().cells]
    code = "\n".join(cells)
    assert "sklearn" not in code
    assert "duckdb" not in code
    assert "smtplib" not in code


def test_what_was_kept_names_no_place_on_a_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert str(NOTEBOOK.parents[1]) not in text
    assert "/home/" not in text
    assert "site-packages" not in text
