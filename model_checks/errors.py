"""Every error that model-checks raises on purpose.

ModelChecksError
├── SettingsError        thresholds.toml does not say what it should: exit code 4
├── MeasurementError     one model could not be measured: its checks end in ERROR
│   ├── DataError        the labelled rows or logged predictions are not usable
│   ├── SourceError      the deployed model can't be loaded or does not predict
│   └── FunctionError    a metric of one's own can't be computed: an ERROR of its checks alone
└── DeliveryError        a mail could not be handed to the server: exit code 11
"""

from collections.abc import Iterable

from model_checks.text import clean

_LONGEST = 2_000
"""Characters of a mistake that are told."""


class ModelChecksError(Exception):
    """Base of all errors below; its text is one clean sentence made for a person to read."""

    def __init__(self, text: str = "") -> None:
        super().__init__(clean(text, _LONGEST))


class SettingsError(ModelChecksError):
    """The settings are wrong; carries every mistake that was found, in the order of the file."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(clean(mistake, _LONGEST) for mistake in mistakes)
        Exception.__init__(self, "\n".join(self.mistakes))

    def __reduce__(self) -> tuple[type["SettingsError"], tuple[tuple[str, ...]]]:
        return type(self), (self.mistakes,)


class MeasurementError(ModelChecksError):
    """A model could not be measured."""


class DataError(MeasurementError):
    """The rows a model is judged on can't be read, or hold what no metric can be computed from."""


class SourceError(MeasurementError):
    """A deployed model can't be loaded, raises, or answers with something that is no prediction."""


class FunctionError(MeasurementError):
    """A metric of somebody's own can't be imported, raises, or answers with no number."""


class DeliveryError(ModelChecksError):
    """A mail was not accepted for any receiver.

    Attributes
    ----------
    is_unreachable
        Whether the server was not even told of the mail, so that no other would come further.
    """

    def __init__(self, sentence: str, *, is_unreachable: bool = False) -> None:
        self.is_unreachable = is_unreachable
        super().__init__(sentence)
