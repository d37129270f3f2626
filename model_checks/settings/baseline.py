"""``[models.NAME.baseline]``: what a model must not be worse than."""

from typing import Annotated, NamedTuple

from model_checks.settings.columns import Columns, Score
from model_checks.settings.data import Data
from model_checks.settings.deployed import Deployed, string_as
from model_checks.settings.values import Moment, Table, Window


class Degradation(NamedTuple):
    """``max_degradation``: by how much a model may be worse than its baseline.

    Attributes
    ----------
    amount
        In the metric's unit; relative: as a share of the baseline's size, 0.05 for "5%".
    """

    amount: float
    relative: bool


class Baseline(Table):
    """``[models.NAME.baseline]``: the same model on other rows, or another on the same rows.

    ``data`` are other rows, all of them unless a window is named; ``model`` is another model, and
    ``prediction`` or ``score`` what another model has answered, logged beside the labels.
    """

    model: Annotated[Deployed, string_as("skops")] | None = None
    prediction: Columns | None = None
    score: Score | None = None
    data: Annotated[Data, string_as("files")] | None = None
    window: Window | None = None
    as_of: Moment | None = None

    @property
    def paired(self) -> bool:
        """Whether it is another model, judged on the same rows."""
        return self.data is None
