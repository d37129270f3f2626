import hashlib
from pathlib import Path
from typing import Any

import pytest
from support.factories import CHURN, RECALL

from model_checks.errors import SettingsError
from model_checks.settings import Deployed, Settings, load_settings
from model_checks.settings.candidates import candidate, with_candidates

SHA = hashlib.sha256(b"new").hexdigest()
TRUSTING = '{ skops = "churn.skops", trusted_types = ["a.B"] }'


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A working folder beside that of the file, with models in it."""
    for name in ("new.skops", "new.joblib", "NEW.SKOPS", "new"):
        (tmp_path / name).write_bytes(b"new")
    (tmp_path / "agreed").mkdir()
    return tmp_path


def agreed(here: Path, deployed: str = '"churn.skops"') -> Settings:
    toml = (CHURN + RECALL).replace('"churn.skops"', deployed)
    other = (CHURN + RECALL).replace("models.churn", "models.fares")
    (here / "agreed" / "thresholds.toml").write_text(toml + other)
    return load_settings(here / "agreed" / "thresholds.toml")


def judged(here: Path, written: str, deployed: str = '"churn.skops"') -> Any:
    """The model that is judged for ``churn``."""
    model = with_candidates(agreed(here, deployed), [written], here).models["churn"].model
    assert model
    return model


def mistakes(here: Path, *written: str) -> list[str]:
    with pytest.raises(SettingsError, match="--checks-candidate ") as caught:
        with_candidates(agreed(here), written, here)
    return [line.replace(str(here), "HERE") for line in caught.value.mistakes]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("churn=new.skops", ("churn", "new.skops")),
        (" churn = new.skops ", ("churn", "new.skops")),
        ("churn=a=b.skops", ("churn", "a=b.skops")),
        ("churn={ python = 'a:b' }", ("churn", "{ python = 'a:b' }")),
    ],
)
def test_a_candidate_is_a_name_and_a_model(written: str, parts: tuple[str, str]) -> None:
    assert candidate(written) == parts


@pytest.mark.parametrize("written", ["", "churn", "=", "churn=", "=new.skops", " = "])
def test_what_is_no_name_and_model_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"must be NAME=MODEL, as in churn=new\.skops"):
        candidate(written)


def test_a_path_is_of_the_working_folder_and_told_as_of_the_file(here: Path) -> None:
    model = judged(here, "churn=new.skops")
    assert model == Deployed(skops=str(here / "new.skops"))
    (here / "agreed" / "new.skops").write_bytes(b"new")
    assert judged(here, "churn=./agreed/../agreed/new.skops").skops == "new.skops"


@pytest.mark.parametrize("path", ["NEW.SKOPS", "new"])
def test_a_bare_path_is_of_a_skops_file_whatever_its_name(here: Path, path: str) -> None:
    assert judged(here, f"churn={path}").skops == str(here / path)


def test_a_bare_path_may_hold_the_types_of_what_is_deployed(here: Path) -> None:
    assert judged(here, "churn=new.skops", TRUSTING).trusted_types == ["a.B"]
    assert judged(here, "churn={ skops = 'new.skops' }", TRUSTING).trusted_types == []
    assert judged(here, "churn=new.skops", '{ python = "a:b" }').trusted_types == []


def test_a_table_is_as_in_the_file(here: Path) -> None:
    joblib = f'churn={{ joblib = "new.joblib", allow_pickle = true, sha256 = "{SHA}" }}'
    assert judged(here, joblib) == Deployed(
        joblib=str(here / "new.joblib"), allow_pickle=True, sha256=SHA
    )
    assert judged(here, 'churn={ python = "pkg.mod:model" }') == Deployed(python="pkg.mod:model")


def test_other_models_stay_as_they_are(here: Path) -> None:
    changed = with_candidates(agreed(here), ["churn=new.skops"], here)
    assert changed.models["fares"] == agreed(here).models["fares"]
    assert changed.candidates == {"churn"}
    both = with_candidates(agreed(here), ["churn=new.skops", "fares=new"], here)
    assert both.candidates == {"churn", "fares"}


PICKLE = "is no skops file; what runs code when it is loaded is given as"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "chrun=new.skops",
            "chrun: thresholds.toml has no model 'chrun'; did you mean 'churn'? known: churn, ",
        ),
        ("churn=lost.skops", "churn: 'lost.skops': no such file in HERE"),
        ("churn=agreed", "churn: 'agreed': is no file in HERE"),
        ("churn={ skops = 'lost.skops' }", "churn: 'lost.skops': no such file in HERE"),
        (
            "churn=new.joblib",
            (
                f"churn: 'new.joblib' {PICKLE} "
                """'churn={ joblib = "new.joblib", allow_pickle = true, sha256 = "..." }'"""
            ),
        ),
        (
            "churn=new.PKL",
            (
                f"churn: 'new.PKL' {PICKLE} "
                """'churn={ joblib = "new.PKL", allow_pickle = true, sha256 = "..." }'"""
            ),
        ),
        ("churn={ skops = }", "churn: '{ skops = }' is no table: not valid TOML: Invalid value"),
        ("churn={}", "churn: [model] must name one of skops, joblib, python"),
        (
            "churn={ skop = 'new.skops' }",
            "churn: [model] unknown key 'skop'; did you mean 'skops'? known: ",
        ),
        ("churn={ joblib = 'new.joblib' }", "churn: [model] a joblib file runs code when it is "),
        (
            "churn={ python = 'a.b' }",
            "churn: [model] python = 'a.b': must be 'package.module:name'",
        ),
        (
            "churn={ skops = 'new.skops' }\nthresholds = 3",
            "churn: unknown key 'thresholds'; known: model",
        ),
    ],
)
def test_a_mistake_in_a_candidate_is_told(here: Path, written: str, told: str) -> None:
    assert any(line.startswith(f"--checks-candidate {told}") for line in mistakes(here, written))


def test_all_mistakes_are_told_at_once(here: Path) -> None:
    assert mistakes(here, "chrun=new.skops", "churn=lost.skops", "fares=new.pkl") == [
        mistakes(here, one)[0] for one in ("chrun=new.skops", "churn=lost.skops", "fares=new.pkl")
    ]


def test_a_model_has_one_candidate(here: Path) -> None:
    assert mistakes(here, "churn=new.skops", "churn=new.skops") == [
        "--checks-candidate churn: is given more than once; a model has one candidate"
    ]
