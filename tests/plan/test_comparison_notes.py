import hashlib
from pathlib import Path

import pytest
from support.factories import CHURN, RECALL

from model_checks.plan.comparison_notes import notes_on
from model_checks.settings import Deployed, Settings, load_settings

COMPARED = "thresholds.recall = { min = 0.5, max_degradation = 0.02 }\n"
SHA = hashlib.sha256(b"one").hexdigest()[:12]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"churn": b"one", "copy": b"one", "new": b"two", "long": b"three"}.items():
        (tmp_path / f"{name}.skops").write_bytes(content)
    return tmp_path


def agreed(folder: Path, toml: str) -> Settings:
    (folder / "thresholds.toml").write_text(toml)
    return load_settings(folder / "thresholds.toml")


def challenged(folder: Path, candidate: Deployed, toml: str = CHURN + COMPARED) -> tuple[str, ...]:
    return notes_on(agreed(folder, toml).with_candidates({"churn": candidate}), "churn")


def test_the_same_file_as_candidate_and_deployed_model_is_said_aloud(folder: Path) -> None:
    told = (
        f"churn: candidate and deployed model are the same file (sha256 {SHA}…): "
        "the comparison says nothing"
    )
    assert challenged(folder, Deployed(skops="copy.skops")) == (told,)
    assert challenged(folder, Deployed(skops="churn.skops")) == (told,)


@pytest.mark.parametrize("name", ["new", "long", "lost"])
def test_of_other_files_nothing_is_said(folder: Path, name: str) -> None:
    assert challenged(folder, Deployed(skops=f"{name}.skops")) == ()


def test_the_same_object_is_said_aloud(folder: Path) -> None:
    toml = CHURN.replace('"churn.skops"', '{ python = "a.b:c" }') + COMPARED
    assert challenged(folder, Deployed(python="a.b:c"), toml) == (
        (
            "churn: candidate and deployed model are the same object (a.b:c): "
            "the comparison says nothing"
        ),
    )
    assert challenged(folder, Deployed(python="a.b:d"), toml) == ()
    assert challenged(folder, Deployed(skops="churn.skops"), toml) == ()


def test_the_same_file_as_model_and_baseline_is_said_aloud(folder: Path) -> None:
    settings = agreed(folder, f"{CHURN}baseline.model = 'copy.skops'\n{COMPARED}")
    [note] = notes_on(settings, "churn")
    assert note.startswith("churn: model and baseline are the same file (sha256 ")


def test_a_candidate_that_is_compared_with_nothing_is_said_aloud(folder: Path) -> None:
    assert challenged(folder, Deployed(skops="new.skops"), CHURN + RECALL) == (
        ("no threshold of churn has max_degradation: the candidate is held to the bounds alone"),
    )


def test_without_a_candidate_nothing_needs_to_be_compared(folder: Path) -> None:
    assert notes_on(agreed(folder, CHURN + RECALL), "churn") == ()


def test_a_candidate_for_logged_predictions_is_compared_with_no_file(folder: Path) -> None:
    toml = CHURN.replace('model = "churn.skops"', 'prediction = "p"') + COMPARED
    assert challenged(folder, Deployed(skops="new.skops"), toml) == ()


def test_what_has_nothing_to_compare_with_is_said_aloud(folder: Path) -> None:
    assert notes_on(agreed(folder, CHURN + COMPARED), "churn") == (
        (
            "churn: max_degradation of recall has nothing to compare with; "
            "add a [baseline], or judge a --checks-candidate"
        ),
    )
