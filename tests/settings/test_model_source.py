"""``model = ...``: a loader and what goes with it, or a mistake that says what is missing."""

import pytest
from support.factories import CHURN, RECALL, settings
from support.settings_files import SHA, Mistakes

JOBLIB = (
    "a joblib file runs code when it is loaded; say allow_pickle = true and the file's sha256, "
    "or save it with skops"
)


# What loads.


@pytest.mark.parametrize(
    ("written", "loader", "source"),
    [
        ('{ skops = "m.skops", trusted_types = ["functools.partial"] }', "skops", "m.skops"),
        (f'{{ joblib = "m.joblib", allow_pickle = true, sha256 = "{SHA}" }}', "joblib", "m.joblib"),
        ('{ python = "package.module:name" }', "python", "package.module:name"),
    ],
)
def test_a_model_names_its_loader(written: str, loader: str, source: str) -> None:
    toml = CHURN.replace('"churn.skops"', written) + RECALL
    deployed = settings(toml).models["churn"].model
    assert deployed is not None
    assert deployed.source == getattr(deployed, loader) == source


# What is told.


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("''", "[models.churn] model = '': must not be empty"),
        ("3", "[models.churn] model = 3: must be a string or a table"),
        ("['m.skops']", "[models.churn] model = ['m.skops']: must be a string or a table"),
        ("{}", "[models.churn.model] must name one of skops, joblib, python"),
        (
            "{ skops = 'a', python = 'b:c' }",
            "[models.churn.model] must name one of skops, joblib, python, not several",
        ),
        ("{ skops = 3 }", "[models.churn.model] skops = 3: must be a string"),
        ("{ joblib = 'm' }", f"[models.churn.model] {JOBLIB}"),
        ("{ joblib = 'm', allow_pickle = true }", f"[models.churn.model] {JOBLIB}"),
        (f"{{ joblib = 'm', sha256 = '{SHA}' }}", f"[models.churn.model] {JOBLIB}"),
        (
            f"{{ joblib = 'm', allow_pickle = false, sha256 = '{SHA}' }}",
            f"[models.churn.model] {JOBLIB}",
        ),
        (
            f"{{ joblib = 'm', allow_pickle = 1, sha256 = '{SHA}' }}",
            "[models.churn.model] allow_pickle = 1: must be true or false",
        ),
        (
            "{ joblib = 'm', allow_pickle = true, sha256 = 'AB' }",
            "[models.churn.model] sha256 = 'AB': must be 64 hexadecimal digits in lower case",
        ),
        (
            "{ skops = 'm', allow_pickle = true }",
            "[models.churn.model] allow_pickle goes with joblib",
        ),
        (
            "{ python = 'a.b:c', trusted_types = ['x'] }",
            "[models.churn.model] trusted_types goes with skops",
        ),
        (
            "{ python = 'a.b' }",
            "[models.churn.model] python = 'a.b': must be 'package.module:name'",
        ),
        (
            "{ skops = 'm', trusted = ['x'] }",
            (
                "[models.churn.model] unknown key 'trusted'; did you mean 'trusted_types'? "
                "known: allow_pickle, joblib, python, sha256, skops, trusted_types"
            ),
        ),
    ],
)
def test_a_mistake_in_model_is_told(mistakes_in: Mistakes, written: str, told: str) -> None:
    assert mistakes_in(CHURN.replace('"churn.skops"', written) + RECALL) == [told]
