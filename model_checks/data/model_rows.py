"""The labelled rows of models: opened once, and whatever is asked of a model is asked of them."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from time import monotonic

from model_checks.data import open_engine
from model_checks.data.columns import sql_of
from model_checks.data.engine import Engine
from model_checks.data.rows import LabelCounts, Rows, listed_rows, open_rows, segment_rows
from model_checks.data.sql import literal
from model_checks.data.values import label_of
from model_checks.plan.checks import Segment
from model_checks.settings import Data, Model, Settings
from model_checks.settings.column_roles import Roles, roles_of
from model_checks.settings.places.files import DataFiles
from model_checks.text import label_text

SegmentCounts = Mapping[tuple[str, ...], Mapping[Segment, LabelCounts]]
"""The values of segmentations, by their columns, each with its rows."""

_MOST_WAITING = 8
_LONGEST_PAUSE = 60.0
"""After so many seconds without a question, a server or a firewall may have cut a connection."""


class ModelRows:
    """The rows of one model at one moment; opened when they are first asked for.

    From then on all who ask see the same rows in a database that reads in one transaction, and one
    reading of a CSV serves them all. Whatever is raised while they are in use closes them, and what
    was found is forgotten: they may have changed when they are opened again.

    Attributes
    ----------
    settings, name
        Of the model.
    as_of
        When it is judged.
    stays
        Whether they are still open when they are measured after they were counted.
    """

    def __init__(
        self, settings: Settings, name: str, as_of: datetime, *, stays: bool = False
    ) -> None:
        self.settings, self.name, self.as_of, self.stays = settings, name, as_of, stays
        self._open = ExitStack()
        self._engine: Engine | None = None
        self._roles: Roles | None = None
        self._rows: Rows | None = None
        self._lent = monotonic()

    def __enter__(self) -> "ModelRows":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model(self) -> Model:
        """Return the settings of the model."""
        return self.settings.models[self.name]

    @contextmanager
    def opened(self, *, called: bool = True) -> Iterator[Engine]:
        """Lend the engine that has the rows as ``given``.

        Parameters
        ----------
        called
            Whether models may be called on them; a CSV has fewer columns to be read if not.

        Raises
        ------
        DataError
            If the data can't be reached or read.
        """
        roles = roles_of(self.model, called=called)
        fewer = self._roles is not None and roles.every and not self._roles.every
        if fewer or monotonic() - self._lent > _LONGEST_PAUSE:
            self.close()  # which closes none that is lent already
        with self._open.pop_all() as stack:
            if self._engine is None:
                opened = open_engine(self.model.data, self.settings, roles)
                self._engine, self._roles = stack.enter_context(opened), roles
                stack.callback(self._forget)
            yield self._engine
            self._lent = monotonic()
            self._open = stack.pop_all()

    def close(self) -> None:
        """Give back the engine, where one was opened."""
        self._open.close()

    def _forget(self) -> None:
        self._engine = self._roles = self._rows = None

    def counted(self) -> Rows:
        """Return the rows to judge, counted at the first call.

        Raises
        ------
        DataError
            If the data is empty, can't be read, or is not as the settings say.
        """
        with self.opened(called=False) as engine:
            if self._rows is None:
                self._rows = open_rows(engine, self.model, self.as_of)
            return self._rows

    def find_segments(self, *, positives: bool = False) -> SegmentCounts:
        """Return the values of the segmentations that list none, by one query for each.

        Parameters
        ----------
        positives
            Whether the positives of a binary model are counted as well.

        Raises
        ------
        DataError
            If the data can't be read, or there are more values than may be judged.
        """
        unlisted = [one for one in self.model.segments if one.values is None]
        if not unlisted:
            return {}
        with self.opened(called=self.stays) as engine:
            rows = self.counted()
            positive = self._positive(rows) if positives else None
            return {tuple(one.by): segment_rows(engine, rows, one, positive) for one in unlisted}

    def count(
        self, segments: Iterable[Segment], *, positives: bool = False
    ) -> Mapping[Segment, LabelCounts]:
        """Count the labelled rows of segments that the file lists; the whole may be among them.

        Raises
        ------
        DataError
            If the data can't be read.
        """
        wanted = list(segments)
        with self.opened(called=self.stays) as engine:
            rows = self.counted()
            positive = self._positive(rows) if positives else None
            counts = dict.fromkeys(wanted, LabelCounts(0, 0 if positives else None))
            if () in counts and positive is None:
                counts[()] = LabelCounts(rows.labelled)
                wanted.remove(())
            return {**counts, **listed_rows(engine, rows, wanted, positive)}

    def _positive(self, rows: Rows) -> str:
        """Return SQL that holds for the positives of a binary model."""
        [target] = self.model.targets
        label = label_of(sql_of(target, rows.types), rows.types[target])
        return f"{label} = {literal(label_text(self.model.positive_label))}"


class OpenModels:
    """The models of a file whose rows are open in this process.

    That is one at a time: a connection that idles in a transaction while other models are measured
    may be cut off, or keep a database from its chores, and a CSV is held in memory. Parquet files
    may wait, for they are only looked at; not those of any number of models.

    Attributes
    ----------
    settings, moments
        Settings of each model, and the moment at which it is judged.
    stay
        Whether what was opened to plan checks is still open when the first model is measured.
    """

    def __init__(
        self, settings: Settings, moments: Mapping[str, datetime], *, stay: bool = True
    ) -> None:
        self.settings, self.moments, self.stay = settings, moments, stay
        first = next(iter(moments), None)
        parquet = [name for name in moments if _is_looked_at(settings.models[name].data)]
        self._waiting = frozenset(parquet[:_MOST_WAITING] if stay else ())
        self._rows = {
            name: ModelRows(
                settings, name, at, stays=stay and (name == first or name in self._waiting)
            )
            for name, at in moments.items()
        }

    def __enter__(self) -> "OpenModels":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, name: str) -> ModelRows:
        """Return the rows of one model, which closes those of others that do not wait."""
        for other, rows in self._rows.items():
            if other != name and other not in self._waiting:
                rows.close()
        return self._rows[name]

    def close(self) -> None:
        """Give back all engines."""
        for rows in self._rows.values():
            rows.close()


def _is_looked_at(data: Data) -> bool:
    """Return whether rows lie in files that are read anew by each query."""
    return isinstance(data, DataFiles) and data.is_parquet
