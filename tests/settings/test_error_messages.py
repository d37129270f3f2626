"""The words of mistakes: the nearest name, known keys, and one short line each."""

from support.factories import CHURN, RECALL
from support.settings_files import KNOWN_OF_EMAIL, KNOWN_OF_MODEL, WINDOW, Mistakes

from model_checks.metrics import METRICS
from model_checks.settings import Email, Model
from model_checks.settings.error_messages import keys_of
from model_checks.text import nearest


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("ROC-AUC", METRICS).startswith("did you mean 'roc_auc'? known: accuracy, ")


def test_a_long_value_is_told_shortened(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in(f"{CHURN}window = '{'x' * 500}'\ntime_column = 't'\n{RECALL}")
    assert line == f"[models.churn] window = '{'x' * 76}...: {WINDOW}"


def test_a_mistake_is_one_line_whatever_the_key(mistakes_in: Mistakes) -> None:
    assert mistakes_in(f'{CHURN}"a\\nb" = 1\n{RECALL}') == [
        f"[models.churn] unknown key 'a\\nb'; known: {KNOWN_OF_MODEL}"
    ]


def test_keys_that_nobody_may_write_are_not_among_the_known_ones() -> None:
    assert ", ".join(sorted(keys_of(Model))) == KNOWN_OF_MODEL
    assert ", ".join(sorted(keys_of(Email))) == KNOWN_OF_EMAIL
