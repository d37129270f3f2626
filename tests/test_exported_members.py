"""``model_checks.__all__`` is what is public: each name works, is documented and has a home."""

import importlib
import inspect

import pytest

import model_checks


def test_the_public_names_are_these_nine() -> None:
    assert sorted(model_checks.__all__) == model_checks.__all__
    assert len(model_checks.__all__) == 9
    assert {*model_checks.__all__, "__version__"} == model_checks._HOMES.keys()


@pytest.mark.parametrize("name", model_checks.__all__)
def test_a_public_name_is_documented_and_is_that_of_its_module(name: str) -> None:
    public = getattr(model_checks, name)
    home = importlib.import_module(public.__module__)
    assert inspect.getdoc(public)
    assert getattr(home, name) is public


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'model_checks' has no attribute 'jugde'"):
        model_checks.__getattr__("jugde")
