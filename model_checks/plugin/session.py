"""The checks of one pytest session: settings, plan and measurements, each made once."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from model_checks.data.model_rows import ModelRows, OpenModels
from model_checks.errors import SettingsError
from model_checks.judging.gate import Gate, gate_of, unjudged_models
from model_checks.judging.results import Result, Run
from model_checks.measure.curves import curves_of
from model_checks.measure.facts import ModelFacts
from model_checks.measure.model import Measurement, measure, reopen
from model_checks.measure.planning import plan_of
from model_checks.pipeline import Ended, Occasion, Planned, results_of, run_of
from model_checks.plan.checks import Check, Plan, Segment
from model_checks.plugin.options import Options
from model_checks.plugin.progress import progress_bar
from model_checks.plugin.report_folder import ReportFolder
from model_checks.plugin.session_settings import load_agreed, load_in_force, marker_names
from model_checks.plugin.shared_cache import SharedCache
from model_checks.plugin.signals import Signals
from model_checks.plugin.stash import session_key, shared_key, signals_key
from model_checks.predict.sources import raised
from model_checks.report.picture import Chart
from model_checks.scratch import Scratch, remove_abandoned
from model_checks.settings import Settings

DIED = "the process that measured it died"


class CheckSession:
    """The settings, plan and results of a session's checks; made only where one was collected.

    Attributes
    ----------
    started
        The time in UTC at which the run began, equal in all of its processes.
    folder
        A private folder for what lasts as long as the run.
    reports
        The report folder.
    signals
        The signals that this process heeds, with the one that stopped the run.
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
        self.occasion = Occasion(self.started, self.options.as_of, gate=self.options.gate)
        self.reports = ReportFolder(self.options.report_dir)
        self.signals = config.stash.get(signals_key, Signals())
        self._once = SharedCache(self.folder if shared else None)
        self._charts: dict[tuple[str, Segment], Chart] = {}
        self._results: dict[str, Mapping[str, Result]] = {}
        self._models: OpenModels | None = None
        self._reserved = marker_names(config)

    @property
    def settings(self) -> Settings:
        """Return the settings that the checks were planned from, with the candidates in place.

        Raises
        ------
        SettingsError
            If ``thresholds.toml`` has mistakes.
        """
        return self._planned().settings

    @property
    def plan(self) -> Plan:
        """Return the plan of the run.

        Raises
        ------
        SettingsError
            If ``thresholds.toml`` has mistakes.
        """
        return self._planned().plan

    def _planned(self) -> Planned:
        planned = self._once.get("plan", self._planned_or_error)
        if isinstance(planned, SettingsError):
            raise planned
        return planned

    @property
    def planned(self) -> Plan | SettingsError | None:
        """Return the plan, or the mistakes in the settings; None if no process has planned yet."""
        found = self._once.found("plan")
        return found.plan if isinstance(found, Planned) else self.mistakes

    @property
    def mistakes(self) -> SettingsError | None:
        """Return the mistakes in the settings, if they are why there is no plan."""
        found = self._once.found("plan")
        return found if isinstance(found, SettingsError) else None

    def result(self, check: Check) -> Result:
        """Return the verdict on a check; the first call for a model measures that model."""
        name = check.model
        if name not in self._results:
            self._results[name] = results_of(self.plan.of_model(name), self.measurement(name))
        return self._results[name][check.id]

    def measurement(self, name: str) -> Measurement:
        """Return the measurement of a model, made at the first call."""
        return self._once.get(
            f"model {name}", lambda: self._measure(name), lambda: self.not_measured(name)
        )

    def not_measured(self, name: str) -> Measurement:
        """Return the empty measurement of a model whose measuring ended a worker process."""
        model = self.settings.models[name]
        source = model.model.source if model.model else "logged predictions"
        return Measurement(ModelFacts(model.task, source, error=DIED), {})

    def gate(self, results: Mapping[str, Result]) -> Gate | None:
        """Return the gate's state, where a gate is asked for and there is a plan."""
        if not self.options.gate or not isinstance(self.planned, Plan):
            return None
        loosened = () if self.options.allow_loosened else self.planned.loosened
        return gate_of(self.planned.checks, results, self.settings.candidates, loosened)

    def _unjudged(self, ids: Sequence[str], results: Mapping[str, Result]) -> tuple[str, ...]:
        """Return the models that were to be judged but have no check with a verdict.

        Parameters
        ----------
        ids
            The ids of the selected checks; without a selection all checks of the plan count.
        """
        chosen = set(ids)
        checks = self.plan.checks
        if self.options.narrowed:
            checks = tuple(check for check in checks if check.id in chosen)
        return unjudged_models(checks, results)

    def detail_chart(self, result: Result) -> Chart | None:
        """Return the chart of a check's rows, where ``--checks-charts`` asks for one."""
        wanted = self.options.charts == "all" or (self.options.charts == "failed" and result.failed)
        predictions = self.measurement(result.check.model).predictions
        if not wanted or predictions is None or not (result.estimate and result.estimate.n):
            return None
        from model_checks.report.charts import detail_chart

        key = (result.check.model, result.check.segment)
        if key not in self._charts:
            with reopen(self._rows(result.check.model), predictions) as engine:
                curves = curves_of(engine, predictions, result.check.segment)
            self._charts[key] = detail_chart(*key, curves)
        return self._charts[key]

    def run(self, ids: Sequence[str], results: Mapping[str, Result], ended: Ended) -> Run:
        """Return the run, as far as it has come, of the checks that were selected."""
        found = self._once.found("plan")
        if not isinstance(found, Planned):
            return run_of(self.occasion, None, {}, {}, ended, selected=len(ids))
        judged = {result.check.model for result in results.values()}
        made = self.measured()
        measured = {
            name: made.get(name) or self.not_measured(name)
            for name in found.settings.models
            if name in judged
        }
        ended = replace(ended, unjudged=self._unjudged(ids, results))
        return run_of(self.occasion, found, results, measured, ended, selected=len(ids))

    def measured(self) -> dict[str, Measurement]:
        """Return the measurements that were made, in the order of the file."""
        found = {name: self._once.found(f"model {name}") for name in self.settings.models}
        return {name: one for name, one in found.items() if isinstance(one, Measurement)}

    def close(self) -> None:
        """Remove the files that were kept for the run; under xdist the controller does."""
        self.reports.release()
        self.close_rows()
        if not self.is_worker and isinstance(self.planned, Plan):
            shutil.rmtree(self._scratch(self.settings), ignore_errors=True)
        if self._owns_folder:
            self._own.remove()

    def _scratch(self, settings: Settings) -> Path:
        """Return the folder for large files: named as the run's, where ``[engine]`` says."""
        parent = settings.engine.temp_directory
        return Path(parent) / self.folder.name if parent else self.folder

    def _rows(self, name: str) -> ModelRows:
        if self._models is None:
            self._models = self._unopened(self.settings)
        return self._models.rows(name)

    def _unopened(self, settings: Settings) -> OpenModels:
        """Return the unopened rows of all models; a worker that is killed leaves nothing."""
        return OpenModels(self._spilled(settings), self.occasion.moments(settings))

    def close_rows(self) -> None:
        """Close the rows that are open in this process, as when others than checks are tested."""
        if self._models:
            self._models.close()

    def _spilled(self, settings: Settings) -> Settings:
        scratch = self._scratch(settings)
        try:
            remove_abandoned(scratch.parent)
            self._large = Scratch(scratch)  # marks the folder as in use
        except OSError:  # every model will report it, with the folder's name as written
            return settings
        return settings.spilling_to(scratch)

    def _measure(self, name: str) -> Measurement:
        # Where a model's threads wait for each other they are not to keep a core busy with it: on a
        # busy machine, or beside another worker, that takes many times as long.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        rows, checks = self._rows(name), self.plan.checks
        with progress_bar(self._config, name) as progress:
            scratch, interrupted = self._scratch(self.settings), self.signals.interrupted
            measured = measure(rows, checks, scratch, progress, interrupted=interrupted)
        if interrupted and interrupted():  # which the model may have caught
            raise KeyboardInterrupt
        return measured

    def _planned_or_error(self) -> Planned | SettingsError:
        """Plan the checks, once the report folder is ours and clear of old verdicts.

        An error is kept like a plan, so that every worker and the controller learn of it.
        """
        try:
            if self.options.collect_only:
                self.reports.clear_unless_held()
            else:
                self.reports.claim()
            settings = load_agreed(self.options, self._reserved)
            in_force = load_in_force(self.options)
            models = self._unopened(settings)
            if not self.is_worker and not self.options.collect_only:
                self._models = models  # else nothing is measured here, or perhaps by another
            plan = plan_of(
                models.settings,
                models.moments,
                gate=self.options.gate,
                against=in_force,
                interrupted=self.signals.interrupted,
                models=self._models,
            )
            return Planned(settings, plan)
        except SettingsError as error:
            return error
        except Exception as error:  # noqa: BLE001 (what nobody foresaw is told as well)
            return SettingsError([f"the checks can't be planned: it {raised(error)}"])
        finally:
            if self.is_worker:  # from here on the controller holds it
                self.reports.release()


def session_of(config: pytest.Config) -> CheckSession:
    """Return the session's checks, made at the first call."""
    if session_key not in config.stash:
        config.stash[session_key] = CheckSession(config)
    return config.stash[session_key]
