"""The rows of data files, opened as a run opens them, for tests of what is read."""

from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from model_checks.data import open_engine
from model_checks.data import rows as reading
from model_checks.data.rows import Rows, open_rows
from model_checks.errors import DataError
from model_checks.plan.checks import Segment
from model_checks.settings import Segmentation, Settings
from model_checks.settings.column_roles import roles_of
from support.sample_data import AS_OF, settings_of

FEW = {"y": [0, 1, 1], "p": [0, 1, 0]}
DAYS = [date(2013, 4, day) for day in (1, 2, 30)] + [date(2013, 5, 1), date(2013, 5, 2)]


class Reader:
    """The engine that was opened last; all are closed at the end of a test."""

    def __init__(self, engines: ExitStack) -> None:
        self._engines = engines
        self.scratch = None

    def open(self, settings: Settings, as_of: datetime = AS_OF) -> Rows:
        model = settings.models["m"]
        opened = self._engines.enter_context(open_engine(model.data, settings, roles_of(model)))
        self.run, self.columns, self.batches = opened.run, opened.columns, opened.batches
        return open_rows(opened, model, as_of)


def opened(
    engine: Reader, folder: Path, columns: Any = None, *, as_of: datetime = AS_OF, **keys: Any
) -> Rows:
    return engine.open(settings_of(folder, columns, **keys), as_of)


def refusal(engine: Reader, folder: Path, columns: Any = None, **keys: Any) -> str:
    with pytest.raises(DataError, match="data '") as caught:
        opened(engine, folder, columns, **keys)
    text = str(caught.value)
    assert "\n" not in text
    return text.replace(str(folder), "FOLDER")


def by(*columns: str, most: int = 1000) -> Segmentation:
    return Segmentation.model_construct(by=list(columns), thresholds={}, max_segments=most)


def segment_rows(engine: Reader, rows: Rows, one: Segmentation) -> dict[Segment, int]:
    """The values of a segmentation, each with its labelled rows."""
    found = reading.segment_rows(engine, rows, one)
    return {segment: counts.labelled for segment, counts in found.items()}


def judged(engine: Reader, rows: Rows) -> list[Any]:
    """The labels of the rows to judge, in order."""
    found = engine.run(f"select y from {rows.relation} where {rows.condition} order by y")
    return [label for (label,) in found]
