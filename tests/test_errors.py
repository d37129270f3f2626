"""Whatever somebody's code raises is an error of ours, and only a person ends the run."""

import asyncio
import gc
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.project import churn_project
from support.sample_data import (
    AS_OF,
    measured_for,
    python_model,
    python_module,
    results_of,
    settings_of,
)

from model_checks.data.model_rows import ModelRows
from model_checks.errors import DataError, MeasurementError, guarded, heeding
from model_checks.judging.decide import decisions
from model_checks.judging.verdict import Verdict
from model_checks.measure.model import Measurement
from model_checks.measure.planning import plan_of
from model_checks.metrics.statistics import Statistics
from model_checks.pipeline import judge
from model_checks.predict.sources import raised, unforeseen
from model_checks.settings import Settings, load_settings

MEASURING = unforeseen("measuring")
ROWS = {"y": [0, 1, 1, 0], "x": [0, 1, 0, 1]}
PANIC = type("PanicException", (BaseException,), {})
RAISED: list[BaseException] = [
    ValueError("x"),
    asyncio.CancelledError("x"),
    SystemExit("x"),
    GeneratorExit("x"),
    StopIteration("x"),
    MemoryError("x"),
    PANIC("x"),
    pytest.fail.Exception("x"),
    pytest.skip.Exception("x"),
    pytest.exit.Exception("x"),
]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_becomes_an_error_of_ours(error: BaseException) -> None:
    name = type(error).__name__
    expected = pytest.raises(MeasurementError, match=f"^measuring raised {name}: x$")
    with expected as told, guarded(MEASURING):
        raise error
    assert told.value.__cause__ is error


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = DataError("no rows")
    with pytest.raises(DataError) as told, guarded(MEASURING):
        raise error
    assert told.value is error


def test_an_error_that_somebody_derived_from_ours_is_not_trusted() -> None:
    class MuteError(DataError):
        def __str__(self) -> str:
            raise ValueError

    expected = pytest.raises(MeasurementError, match=r"^measuring raised MuteError$")
    with expected, guarded(MEASURING):
        raise MuteError


def test_an_error_whose_text_ends_the_process_is_told_by_its_name() -> None:
    class Mute(Exception):  # noqa: N818
        def __str__(self) -> str:
            raise SystemExit

    assert raised(Mute()) == "raised Mute"


# Who has raised a KeyboardInterrupt


def test_a_keyboard_interrupt_is_a_persons_if_nobody_knows_better() -> None:
    with pytest.raises(KeyboardInterrupt), guarded(MEASURING):
        raise KeyboardInterrupt


def test_a_keyboard_interrupt_without_a_signal_is_an_error() -> None:
    expected = pytest.raises(MeasurementError, match="raised KeyboardInterrupt")
    with expected, heeding(lambda: False), guarded(MEASURING):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), guarded(MEASURING):
        raise KeyboardInterrupt


def test_what_is_made_of_an_interruption_ends_the_run_all_the_same() -> None:
    with pytest.raises(KeyboardInterrupt), heeding(lambda: True), guarded(MEASURING):
        raise ValueError("stopped by Ctrl-C")


def interrupting(folder: Path, where: str) -> dict[str, Any]:
    """The settings of a model that raises a KeyboardInterrupt, and rows that it is judged on."""
    stop = "exec('raise KeyboardInterrupt')"
    if where == "loading":
        return {"model": python_module(folder, "raise KeyboardInterrupt")}
    if where == "answer":
        return {"model": python_module(folder, _ANSWER)}
    return {"model": python_model(folder, stop)}


_ANSWER = """
class Lazy:
    def __array__(self, *_, **__): raise KeyboardInterrupt
class Model:
    feature_names_in_ = ["x"]
    def predict(self, frame): return Lazy()
model = Model()
"""


def measured_with(settings: Settings, folder: Path, interrupted: Callable[[], bool]) -> Measurement:
    checks = plan_of(settings, {"m": AS_OF}, gate=False, interrupted=interrupted).checks
    return measured_for(settings, checks, folder, interrupted=interrupted)


@pytest.mark.parametrize("where", ["loading", "predict", "answer"])
def test_a_model_that_interrupts_is_an_error_of_its_own(tmp_path: Path, where: str) -> None:
    settings = settings_of(tmp_path, ROWS, **interrupting(tmp_path, where))
    error = measured_with(settings, tmp_path, lambda: False).facts.error
    assert error is not None
    assert "raised KeyboardInterrupt" in error
    with pytest.raises(KeyboardInterrupt):
        measured_with(settings, tmp_path, lambda: True)


def test_a_real_ctrl_c_ends_the_measuring_though_a_model_hides_it(tmp_path: Path) -> None:
    came: list[int] = []

    def handle(number: int, _: object) -> None:
        came.append(number)
        raise KeyboardInterrupt

    lines = [
        "import os, signal, time",
        "class Model:",
        "    feature_names_in_ = ['x']",
        "    def predict(self, frame):",
        "        try:",
        "            os.kill(os.getpid(), signal.SIGINT)",
        "            time.sleep(5)",
        "        except KeyboardInterrupt:",
        "            raise ValueError('interrupted') from None",
        "model = Model()",
    ]
    settings = settings_of(tmp_path, ROWS, model=python_module(tmp_path, "\n".join(lines)))
    before = signal.signal(signal.SIGINT, handle)
    try:
        with pytest.raises(KeyboardInterrupt):
            measured_with(settings, tmp_path, lambda: bool(came))
    finally:
        signal.signal(signal.SIGINT, before)
    assert came == [signal.SIGINT]


# What is raised beside a model: in planning, in its baseline, in a function, in judging


def test_a_plan_is_made_whatever_looking_at_one_model_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = churn_project(tmp_path)
    by_plan = '[[models.{}.segments]]\nby = "plan"\nthresholds = {{ recall = 0.7 }}\n'
    second = project.toml().replace("models.churn]", "models.other]")
    toml = project.toml() + by_plan.format("churn") + second + by_plan.format("other")
    project.write("thresholds.toml", toml)
    settings = load_settings(tmp_path / "thresholds.toml")

    find_segments = ModelRows.find_segments

    def panicking(rows: ModelRows, **asked: Any) -> Any:
        if rows.name == "churn":
            raise PANIC
        return find_segments(rows, **asked)

    monkeypatch.setattr(ModelRows, "find_segments", panicking)
    checks = plan_of(settings, dict.fromkeys(("churn", "other"), AS_OF), gate=False).checks
    assert {check.id for check in checks} >= {
        "churn-recall",
        "other-recall",
        "other-recall-plan=basic",
        "other-recall-plan=family",
    }


@pytest.mark.parametrize("statement", ["raise asyncio.CancelledError", "yield"])
def test_what_a_baseline_raises_is_no_error_of_the_model(tmp_path: Path, statement: str) -> None:
    text = (
        "import asyncio\nclass Model:\n    feature_names_in_ = ['x']\n"
        f"    def predict(self, frame): {statement}\nmodel = Model()\n"
    )
    results = results_of(
        tmp_path,
        ROWS,
        model=python_model(tmp_path),
        baseline={"model": python_module(tmp_path, text)},
        thresholds={"accuracy": {"min": 0.1, "max_degradation": 0.1}},
    )
    verdicts = {result.check.kind: result for result in results}
    assert verdicts["level"].verdict is Verdict.PASS
    assert verdicts["degradation"].verdict is Verdict.ERROR
    assert "to compare with, could not be measured" in verdicts["degradation"].message


_ODD_SIGNATURE = """
class Odd:
    __signature__ = property(lambda _: exit(1))
    def __call__(self, y_true): return 1
f = Odd()
"""
_ODD_NUMBER = """
import asyncio
class Odd(float):
    def __float__(self): raise asyncio.CancelledError
def f(y_true): return Odd(1)
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import asyncio\nraise asyncio.CancelledError", "can't be imported, it raised Cancelled"),
        ("import pytest\npytest.skip('x', allow_module_level=True)", "it raised Skipped: x"),
        ("def f(y_true): raise GeneratorExit('x')", "raised GeneratorExit: x"),
        (_ODD_SIGNATURE, "asked for its arguments, it raised SystemExit"),
        (_ODD_NUMBER, "raised CancelledError"),
    ],
)
def test_what_a_function_raises_is_an_error_of_its_own_checks(
    tmp_path: Path, text: str, told: str
) -> None:
    reference = python_module(tmp_path, text, "f")["python"]
    thresholds = {"accuracy": 0.1, "own": {"metric": reference, "min": 0.0}}
    log = {"y": [0, 1] * 30, "p": [0, 1] * 30}
    results = results_of(tmp_path, log, thresholds=thresholds)
    by_metric = {result.check.metric: result for result in results}
    assert by_metric.pop("accuracy").verdict is Verdict.PASS
    [own] = by_metric.values()
    assert own.verdict is Verdict.ERROR
    assert told in own.message


def test_what_judging_a_model_raises_is_an_error_of_its_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def panicking(findings: Any) -> Any:
        seen.append(findings[0].check.model)
        if seen == ["churn"]:
            raise PANIC("at lib.rs:7")
        return decisions(findings)

    monkeypatch.setattr("model_checks.judging.model.decisions", panicking)
    project = churn_project(tmp_path)
    second = project.toml().replace("models.churn]", "models.other]")
    project.write("thresholds.toml", project.toml() + second)
    run = judge(load_settings(tmp_path / "thresholds.toml"))
    messages = {one.check.id: (one.verdict, one.message) for one in run.results}
    told = "judging raised PanicException: at lib.rs:7"
    assert messages["churn-recall"] == (Verdict.ERROR, f"churn-recall: {told}")
    assert messages["churn-accuracy"] == (Verdict.ERROR, f"churn-accuracy: {told}")
    assert messages["other-recall"][0] is Verdict.PASS


def test_a_time_limit_that_strikes_anywhere_is_an_error_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest-timeout does, by an alarm that fails the test; here while its rows are summed."""

    def strike(*_: object) -> None:
        pytest.fail("Timeout >0.1s")

    def slowly(*_: object) -> Statistics:
        threading.Event().wait(5)
        raise AssertionError("the alarm did not go off")

    monkeypatch.setattr("model_checks.measure.predictors.find_statistics", slowly)
    before = signal.signal(signal.SIGALRM, strike)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        settings = settings_of(tmp_path, {"y": [0, 1], "p": [0, 1]})
        measurement = measured_with(settings, tmp_path, lambda: False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert measurement.facts.error == "measuring raised Failed: Timeout >0.1s"


def test_nothing_that_a_model_worked_on_is_kept_with_its_error(tmp_path: Path) -> None:
    kept: list[weakref.ref[Any]] = []

    class Model:
        feature_names_in_ = ("x",)

        def predict(self, frame: Any) -> Any:
            large = np.zeros(10)
            kept.append(weakref.ref(large))
            raise ValueError(len(frame))

    module = python_module(tmp_path, "")
    settings = settings_of(tmp_path, ROWS, model=module)
    name = module["python"].partition(":")[0]
    sys.modules[name] = type(sys)(name)
    sys.modules[name].model = Model()  # type: ignore[attr-defined]
    error = measured_with(settings, tmp_path, lambda: False).facts.error
    del sys.modules[name]
    gc.collect()
    assert error is not None
    assert "predict raised ValueError: 4" in error
    assert [one() for one in kept] == [None]
