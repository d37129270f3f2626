"""The checks of one pytest session: settings, plan and measurements, each made once."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from model_checks.curves import curves_of
from model_checks.errors import SettingsError
from model_checks.gate import Gate, gate_of
from model_checks.judging import plan_of
from model_checks.measuring import Measurement, measure, moment_of, reopen
from model_checks.metrics import METRICS, TASKS
from model_checks.notes import notes_on
from model_checks.plan import Check, Plan, Segment
from model_checks.plugin import session_key, shared_key
from model_checks.plugin.once import Once
from model_checks.plugin.progress import progress_bar
from model_checks.results import Chart, ModelFacts, Result
from model_checks.rulings import rulings
from model_checks.scratch import Scratch, remove_abandoned
from model_checks.settings import Settings, load_settings

DIED = "the process that measured it died"


@dataclass(frozen=True)
class Options:
    """The options of the command line that concern the checks; ``here`` is the working folder."""

    root: Path
    here: Path
    thresholds: Path
    report_dir: Path
    as_of: datetime | None
    gate: bool
    candidates: tuple[str, ...]
    charts: str
    email: str

    @classmethod
    def of(cls, config: pytest.Config) -> "Options":
        """Read off pytest's configuration; a path that was given starts at the working folder."""
        here, root = config.invocation_params.dir, config.rootpath
        thresholds, report_dir = config.getoption("thresholds"), config.getoption("report_dir")
        sending = "none" if config.getoption("no_email") else "send"
        return cls(
            root=root,
            here=here,
            thresholds=here / thresholds if thresholds else root / "thresholds.toml",
            report_dir=here / report_dir if report_dir else root / "reports",
            as_of=config.getoption("as_of"),
            gate=config.getoption("gate"),
            candidates=tuple(config.getoption("candidate")),
            charts=config.getoption("charts"),
            email="dry-run" if config.getoption("email_dry_run") else sending,
        )


class CheckSession:
    """What the checks of a session are made of; exists only where a check was collected.

    Attributes
    ----------
    started
        When the run began: the same in all of its processes.
    folder
        A private folder for what lasts as long as the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.options = Options.of(config)
        self._config = config
        self.is_worker = hasattr(config, "workerinput")
        given = getattr(config, "workerinput", {}).get("model_checks")
        shared: dict[str, str] | None = given or config.stash.get(shared_key, None)
        self._owns_folder = shared is None
        self._own = Scratch(Path(shared["folder"])) if shared else Scratch.new()
        self.folder = self._own.path
        if not self.is_worker:
            remove_abandoned()
        self.started = datetime.fromisoformat(shared["started"]) if shared else datetime.now(UTC)
        self._once = Once(self.folder if shared else None)
        self._charts: dict[tuple[str, Segment], Chart] = {}
        self._rulings: dict[str, Mapping[str, Result]] = {}
        self._reserved = _marker_names(config)

    @cached_property
    def settings(self) -> Settings:
        """``thresholds.toml``, with the candidates in place of what is deployed.

        Raises
        ------
        SettingsError
            If it has mistakes.
        """
        settings = load_settings(self.options.thresholds)
        names = [
            (model, name)
            for model, agreed in settings.models.items()
            for name in dict.fromkeys((model, *agreed.metrics()))
            if name not in METRICS
        ]
        taken = [(model, name) for model, name in names if name in self._reserved]
        if taken:
            raise SettingsError(
                f"{settings.file}: [models.{model}] the name {name!r} is taken by a pytest marker; "
                "choose another"
                for model, name in taken
            )
        if not self.options.candidates:
            return settings
        from model_checks.settings.candidates import with_candidates

        return with_candidates(settings, self.options.candidates, self.options.here)

    @property
    def plan(self) -> Plan:
        """The checks of the run.

        Raises
        ------
        SettingsError
            If ``thresholds.toml`` has mistakes.
        """
        plan = self._once.get("plan", self._plan_or_error)
        if isinstance(plan, SettingsError):
            raise plan
        return plan

    @property
    def planned(self) -> Plan | SettingsError | None:
        """The plan or what was wrong with the settings, if a process of the run came so far."""
        found = self._once.found("plan")
        return found if isinstance(found, Plan | SettingsError) else None

    def result(self, check: Check) -> Result:
        """The verdict on a check; the first of a model's checks to be asked for measures it."""
        name = check.model
        if name not in self._rulings:
            self._rulings[name] = rulings(self.plan.of_model(name), self.measurement(name))
        return self._rulings[name][check.id]

    def measurement(self, name: str) -> Measurement:
        """All that was measured of a model."""
        return self._once.get(
            f"model {name}", lambda: self._measure(name), lambda: self.not_measured(name)
        )

    def not_measured(self, name: str) -> Measurement:
        """What there is of a model whose measuring ended a worker process."""
        model = self.settings.models[name]
        source = model.model.source if model.model else "logged predictions"
        return Measurement(ModelFacts(model.task, source, error=DIED), {})

    def notes_on(self, name: str) -> tuple[str, ...]:
        """What is worth saying of how a model is compared."""
        return self._notes[name]

    @cached_property
    def _notes(self) -> Mapping[str, tuple[str, ...]]:
        return {name: notes_on(self.settings, name) for name in self.settings.models}

    def gate(self, results: Mapping[str, Result]) -> Gate | None:
        """Whether the gate may open, where one is asked for and there is a plan."""
        if not self.options.gate or not isinstance(self.planned, Plan):
            return None
        return gate_of(self.planned.checks, results, self.settings.candidates)

    def detail_chart(self, result: Result) -> Chart | None:
        """The chart of a check that failed, or of each, as ``--charts`` says."""
        wanted = self.options.charts == "all" or (self.options.charts == "failed" and result.failed)
        predictions = self.measurement(result.check.model).predictions
        if not wanted or predictions is None or not (result.estimate and result.estimate.n):
            return None
        from model_checks.charts import detail_chart

        key = (result.check.model, result.check.segment)
        if key not in self._charts:
            with reopen(self._spilling, result.check.model, predictions) as engine:
                curves = curves_of(engine, predictions, result.check.segment)
            self._charts[key] = detail_chart(*key, curves)
        return self._charts[key]

    def measured(self) -> dict[str, Measurement]:
        """The measurements that were made, in the order of the file."""
        found = {name: self._once.found(f"model {name}") for name in self.settings.models}
        return {name: one for name, one in found.items() if isinstance(one, Measurement)}

    def as_of(self, name: str) -> datetime:
        """The moment a model is judged at."""
        return moment_of(self.settings, name, self.options.as_of, self.started)

    def close(self) -> None:
        """Remove what was kept for the run; under xdist the controller does."""
        if not self.is_worker:
            with suppress(SettingsError):
                shutil.rmtree(self._scratch, ignore_errors=True)
        if self._owns_folder:
            self._own.remove()

    @property
    def _scratch(self) -> Path:
        """The folder for what is large: named as the run's, where ``[engine]`` says."""
        parent = self.settings.engine.temp_directory
        return Path(parent) / self.folder.name if parent else self.folder

    @cached_property
    def _spilling(self) -> Settings:
        """The settings for the engine: what a worker that is killed leaves goes with the run."""
        try:
            remove_abandoned(self._scratch.parent)
            self._large = Scratch(self._scratch)  # in use as long as this is
        except OSError:  # which every model will tell, with the name that was written
            return self.settings
        return self.settings.spilling_to(self._scratch)

    def _measure(self, name: str) -> Measurement:
        # Where a model's threads wait for each other they are not to keep a core busy with it: on a
        # busy machine, or beside another worker, that takes many times as long.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        where = self._spilling, name, self.plan.checks, self.as_of(name), self._scratch
        with progress_bar(self._config, name) as progress:
            return measure(*where, progress)

    def _plan_or_error(self) -> Plan | SettingsError:
        """An error is kept like a plan, so that every worker and the controller learn of it."""
        try:
            moments = {name: self.as_of(name) for name in self.settings.models}
            return plan_of(self._spilling, moments, gate=self.options.gate)
        except SettingsError as error:
            return error


def session_of(config: pytest.Config) -> CheckSession:
    """The session's checks; made at the first call."""
    if session_key not in config.stash:
        config.stash[session_key] = CheckSession(config)
    return config.stash[session_key]


def _marker_names(config: pytest.Config) -> set[str]:
    lines = config.getini("markers")
    return {line.split(":")[0].split("(")[0].strip() for line in lines} | {*METRICS, *TASKS}
