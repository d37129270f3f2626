"""Models that misbehave or are odd, beside one that is sound: what each does, and what is told."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.project import Project, churn_log

ROWS, WRONG = 2_000, 400  # more than one batch
KNOWN = 1 - WRONG / ROWS
"""Accuracy of all that are judged; their other metrics are as high."""

_SOUND = """
import asyncio, io, os, sys, time, warnings
import numpy as np
import pandas as pd

def right(frame):
    return (frame["p"] > 0.5).astype(int)

class Sound:
    feature_names_in_ = ["p"]
    classes_ = [0, 1]
    calls = 0
    def predict(self, frame):
        return right(frame)
    def predict_proba(self, frame):
        return np.column_stack([1 - frame["p"], frame["p"]])

"""


@dataclass(frozen=True)
class Odd:
    """A module with a model in it.

    Attributes
    ----------
    text
        Of the module, after what defines a sound one.
    told
        A pattern for how every check ends in ERROR; None if the oddity is harmless.
    metrics
        What is judged.
    """

    text: str
    told: str | None
    metrics: str = "accuracy = 0.7, recall = 0.7"


SCORES = "accuracy = 0.7, roc_auc = 0.7"


def _model(lines: Iterable[str], told: str | None, metrics: str) -> Odd:
    body = "".join(f"    {line}\n" for line in lines)
    return Odd(f"class Model(Sound):\n{body}\nmodel = Model()\n", told, metrics)


def predicts(code: str, told: str | None, metrics: str = "accuracy = 0.7, recall = 0.7") -> Odd:
    """A model that predicts by some statements; without a ``return`` among them, rightly."""
    lines = [f"    {line}" for line in f"{code}\nreturn right(frame)".splitlines()]
    return _model(["def predict(self, frame):", *lines], told, metrics)


def answers(expression: str, told: str | None) -> Odd:
    """A model that answers with an expression."""
    return predicts(f"return {expression}", told)


def scores(expression: str, told: str | None) -> Odd:
    """A model whose scores are an expression."""
    lines = ["def predict_proba(self, frame):", f"    return {expression}"]
    return _model(lines, told, SCORES)


def has(attribute: str, told: str | None, metrics: str = SCORES) -> Odd:
    """A model with an attribute of its own."""
    return _model(attribute.splitlines(), told, metrics)


RAISING = {
    "cancelled": predicts("raise asyncio.CancelledError", "predict raised CancelledError"),
    "panic": predicts(
        "raise type('PanicException', (BaseException,), {})('at lib.rs:7')",
        "predict raised PanicException: at lib.rs:7",
    ),
    "times_out": predicts(
        "__import__('pytest').fail('Timeout >1.0s')", "predict raised Failed: Timeout >1.0s"
    ),
    "skips": predicts("__import__('pytest').skip('no GPU')", "predict raised Skipped: no GPU"),
    "skips_module": Odd(
        "__import__('pytest').skip('no GPU', allow_module_level=True)",
        "can't be loaded, it raised Skipped: no GPU",
    ),
    "exits_pytest": predicts("__import__('pytest').exit('bye')", "predict raised Exit: bye"),
    "skips_unittest": predicts(
        "raise __import__('unittest').SkipTest('why')", "predict raised SkipTest: why"
    ),
    "exits": predicts("sys.exit(0)", "predict raised SystemExit: 0"),
    "exits_at_loading": Odd("sys.exit(0)", "can't be loaded, it raised SystemExit: 0"),
    "closes_itself": predicts("raise GeneratorExit", "predict raised GeneratorExit"),
    "stops": predicts("raise StopIteration", "predict raised StopIteration"),
    "no_memory": predicts("raise MemoryError", "predict raised MemoryError"),
    "endless": predicts("return self.predict(frame)", "predict raised RecursionError"),
    "group": predicts(
        "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
        r"predict raised ExceptionGroup: several \(2 sub-exceptions\)",
    ),
    "base_group": predicts(
        "raise BaseExceptionGroup('several', [KeyboardInterrupt()])",
        r"predict raised BaseExceptionGroup: several \(1 sub-exception\)",
    ),
    "mute": predicts(
        "class Mute(BaseException):\n"
        "    def __str__(self): sys.exit(3)\n"
        "    __repr__ = __str__\n"
        "raise Mute",
        "predict raised Mute",
    ),
    "disguised": predicts(
        "class Disguised(Exception):\n"
        "    @property\n"
        "    def __class__(self): raise asyncio.CancelledError\n"
        "raise Disguised('x')",
        "predict raised Disguised: x",
    ),
    "both_kinds": predicts(
        "class Both(ValueError, __import__('pytest').skip.Exception): pass\nraise Both('x')",
        "predict raised Both",
    ),
    "in_del": predicts(
        "class Late:\n    def __del__(self): raise asyncio.CancelledError\nLate()", None
    ),
    "warning": predicts(
        "warnings.simplefilter('error')\nwarnings.warn('old')", "predict raised UserWarning: old"
    ),
    "attribute": has(
        "@property\ndef predict(self): raise asyncio.CancelledError",
        "its predict raised CancelledError",
    ),
}

CHANGING = {
    "warnings": predicts("warnings.simplefilter('error')", None),
    "closes_streams": predicts(
        "sys.stdout.close()\nsys.stderr.close()\nsys.stdout.buffer.close()", None
    ),
    "replaces_streams": predicts("sys.stdout = sys.stderr = None", None),
    "wraps_streams": predicts(
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer)\nsys.stdout = None", None
    ),
    "moves": predicts("os.chdir(os.sep)", None),
    "moves_out": predicts(
        "folder = __import__('tempfile').mkdtemp()\nos.chdir(folder)\nos.rmdir(folder)", None
    ),
    "rounds": predicts("__import__('decimal').getcontext().prec = 1", None),
    "numpy_raises": predicts("np.seterr(all='raise')", None),
    "recursion_limit": predicts(
        "sys.setrecursionlimit(len(__import__('inspect').stack()) + 60)", None
    ),
    "signals": predicts(
        "import signal\nfor one in (signal.SIGINT, signal.SIGTERM):\n"
        "    signal.signal(one, signal.SIG_IGN)",
        None,
    ),
    "locale": predicts("__import__('locale').setlocale(0, 'C')", None),
    "leaves_a_thread": predicts(
        "import threading\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()",
        None,
    ),
    "forgets_the_path": predicts("sys.path.clear()", None),
    "seeds": predicts("np.random.seed(1)\n__import__('random').seed(1)", None),
    "writes_into_its_frame": predicts(
        "answer = right(frame)\nframe['p'] = 0.0\nframe['q'] = 1\nreturn answer",
        None,
        SCORES,
    ),
    "shortens_its_frame": predicts(
        "frame.__init__(frame[5:])",
        "predict answered with 1,019 values, expected 1,024 values",
    ),
}

ANSWERING = {
    "generator": predicts("yield from right(frame)", "a generator, expected 1,024 values"),
    "coroutine": has(
        "async def predict(self, frame): return 1", "a coroutine, expected 1,024 values"
    ),
    "async_generator": has(
        "async def predict(self, frame): yield 1", "a async_generator, expected 1,024 values"
    ),
    "lazy": answers(
        "type('Lazy', (), {'__array__': lambda *_, **__: 1 / 0})()",
        "predict raised ZeroDivisionError",
    ),
    "lazily_cancelled": predicts(
        "class Lazy:\n    def __array__(self, *_, **__): raise asyncio.CancelledError\n"
        "return Lazy()",
        "predict raised CancelledError",
    ),
    "no_length": answers(
        "type('Lazy', (), {'__len__': lambda _: 1 / 0, '__getitem__': lambda *_: 1})()",
        "predict raised ZeroDivisionError|a Lazy, expected",
    ),
    "wrong_length": answers(
        "type('Lazy', (), {'__len__': lambda _: 1024, '__getitem__': lambda *_: 1 / 0})()",
        "predict raised ZeroDivisionError",
    ),
    "lying_shape": answers(
        "type('Lazy', (), {'shape': (1024,), 'dtype': 'int64', 'ndim': 1})()",
        "a Lazy, expected 1,024 values",
    ),
    "odd_items": predicts(
        "class Odd:\n"
        "    def __ne__(self, other): raise asyncio.CancelledError\n"
        "    def __repr__(self): raise asyncio.CancelledError\n"
        "return [Odd()] * len(frame)",
        "its answer, looked at, raised CancelledError",
    ),
    "array_of_a_kind": predicts(
        "class Array(np.ndarray):\n    def tolist(self): sys.exit(0)\n"
        "    shape = property(lambda _: 1 / 0)\n"
        "return right(frame).to_numpy().view(Array)",
        None,
    ),
    "short": answers("right(frame)[1:]", "1,023 values, expected 1,024 values"),
    "long": answers("[*right(frame), 1]", "1,025 values, expected 1,024 values"),
    "deep": answers("np.zeros((len(frame), 1, 1))", "1,024 by 1 by 1 values"),
    "masked": answers(
        "np.ma.masked_array(right(frame), mask=frame['p'] > 0.5)",
        "prediction of the model is missing in",
    ),
    "unmasked": answers("np.ma.masked_array(right(frame))", None),
    "sparse": answers(
        "__import__('scipy.sparse').sparse.csr_matrix(right(frame).to_numpy()[:, None])", None
    ),
    "arrays": answers("[np.zeros(k % 2) for k in range(len(frame))]", "which is no label"),
    "times": answers("right(frame).astype('datetime64[ns]')", "datetime64.ns., which is no label"),
    "decimals": answers(
        "[__import__('decimal').Decimal(1)] * len(frame)", "a Decimal, which is no label"
    ),
    "huge": answers("[10 ** 5000] * len(frame)", "predict answered with .*digits"),
    "gaps": answers("right(frame).astype('Int64').where(frame['p'] > 0.5)", "is missing in"),
    "nested": answers("[[one] for one in right(frame)]", None),
    "texts": answers("right(frame).astype(str)", None),
    "fickle_types": predicts(
        "self.calls += 1\nreturn right(frame).astype([int, str][self.calls % 2])", None
    ),
    "fickle_columns": scores(
        "np.zeros((len(frame), 2 if len(frame) == 1024 else 3))",
        "predict_proba answered with 976 by 3 values, expected 976 by 2 values",
    ),
    "infinite": scores("np.column_stack([-1e999 * right(frame)] * 2)", "NaN|missing|infinite|inf"),
    "not_numbers": scores("np.full((len(frame), 2), np.nan)", "is NaN in 2,000 of"),
    "beyond_one": scores("np.column_stack([9 * frame['p'] - 4] * 2)", None),
    "scores_as_texts": scores("[['0.1', '0.9']] * len(frame)", "which is no number"),
}

TELLING = {
    "classes_raise": has("classes_ = property(lambda self: 1 / 0)", "its classes_ raised Zero"),
    "classes_unhashable": has("classes_ = [[0], [1]]", "its classes_ hold"),
    "classes_twice": has("classes_ = [1, 1]", "which the model does not know"),
    "classes_endless": has("classes_ = 5", "its classes_ are no list but a int"),
    "classes_odd": has(
        "class Odd(list):\n    def __iter__(self): raise asyncio.CancelledError\nclasses_ = Odd()",
        "its classes_, looked at, raised CancelledError",
    ),
    "features_raise": has(
        "feature_names_in_ = property(lambda self: sys.exit(1))",
        "its feature_names_in_ raised SystemExit",
    ),
    "features_none": has("feature_names_in_ = []", "tells of no feature"),
    "features_twice": has("feature_names_in_ = ['p', 'p']", "name a column twice: 'p'"),
    "features_a_number": has("feature_names_in_ = 5", "is no list but a int"),
    "features_unknown": has("feature_names_in_ = ['p', 'q']", "lacks features of the model: 'q'"),
    "mock": Odd("model = __import__('unittest.mock').mock.Mock()", "its feature_names_in_"),
    "magic_mock": Odd("model = __import__('unittest.mock').mock.MagicMock()", "of no feature"),
    "disguised_model": has("__class__ = property(lambda self: 1 / 0)", None),
    "called": Odd("model = right", "a function has no predict"),
    "a_class": Odd("model = Sound", "is a class; name an instance of it"),
    "a_module": Odd(
        "model = type(sys)('inner')\nmodel.__dict__.update(\n"
        "    predict=right, feature_names_in_=['p'], classes_=[0, 1])",
        None,
    ),
    "loud": Odd("print('loaded ' * 300_000)\nmodel = Sound()", None),
    "lacks_a_module": Odd("import no_such_module", "No module named 'no_such_module'"),
    "too_new": Odd(
        "raise ImportError('scikit-learn>=9 is needed')", "ImportError: scikit-learn>=9 is needed"
    ),
    "broken_off": Odd("class Model(", "it raised SyntaxError"),
    "no_name": Odd("", "has no 'model'"),
}

ODD: Mapping[str, Odd] = {**RAISING, **CHANGING, **ANSWERING, **TELLING}

SPOILING = {
    "environment": predicts("os.environ.clear()", None),
    "no_garbage": predicts("__import__('gc').disable()", None),
    "logging": predicts(
        "import logging\nlogging.disable()\nlogging.basicConfig(force=True, level=0)", None
    ),
    "at_exit": predicts("__import__('atexit').register(lambda: 1 / 0)", None),
}
"""What these change is not put back: they are tried in processes of their own."""


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


FILES = {
    "empty": ('{ skops = "empty.skops" }', b"", "the file is empty"),
    "text": ('{ skops = "text.skops" }', b"hello", "is no skops file, or a part of one"),
    "no_zip": ('{ skops = "no_zip.skops" }', b"PK\x05\x06" + bytes(18), "can't be loaded"),
    "folder": ('{ skops = "." }', None, "can't be read"),
    "absent": ('{ skops = "absent.skops" }', None, "no such file"),
    "pickle": (
        f'{{ joblib = "pickle.joblib", allow_pickle = true, sha256 = "{_sha256(b"no pickle")}" }}',
        b"no pickle",
        "can't be loaded, it raised",
    ),
    "changed": (
        f'{{ joblib = "changed.joblib", allow_pickle = true, sha256 = "{"0" * 64}" }}',
        b"changed",
        "thresholds.toml agreed on 0000",
    ),
}
"""Models in files: how each is named, its bytes, and what is told."""


def odd_project(folder: Path, names: Iterable[str], files: Iterable[str] = ()) -> Project:
    """A project with some odd models, between two that are sound."""
    project = Project(folder).log("churn.parquet", churn_log(ROWS, wrong=WRONG))
    every = {**ODD, **SPOILING}
    modules = {"first": Odd("model = Sound()\n", None), **{name: every[name] for name in names}}
    modules["last"] = modules["first"]
    tables = []
    for name, odd in modules.items():
        project.write(f"odd_{name}.py", f"{_SOUND}{odd.text}")
        tables.append(_table(name, f'{{ python = "odd_{name}:model" }}', odd.metrics))
    for name in files:
        model, content, _ = FILES[name]
        if content is not None:
            (folder / f"{name}.{'joblib' if 'joblib' in model else 'skops'}").write_bytes(content)
        tables.insert(1, _table(f"file_{name}", model, "accuracy = 0.7"))
    return project.write("thresholds.toml", "".join(tables))


def _table(name: str, model: str, metrics: str) -> str:
    return f"""
[models.{name}]
task = "binary"
data = "churn.parquet"
target = "left"
model = {model}
thresholds = {{ {metrics} }}
"""
