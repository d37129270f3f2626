"""Notes on a model beside its results: comparisons that say nothing."""

import hashlib
from pathlib import Path

from model_checks.settings import Deployed, Settings
from model_checks.text import clean


def notes_on(settings: Settings, name: str) -> tuple[str, ...]:
    """Return sentences on how a model is compared, from the settings and the models' files."""
    model = settings.models[name]
    candidate = name in settings.candidates
    notes = []
    compared = list(model.compared())
    if compared and not model.baseline:
        what = ", ".join(dict.fromkeys(compared))
        notes.append(
            f"{name}: max_degradation of {what} has nothing to compare with; "
            "add a [baseline], or judge a --checks-candidate"
        )
    if candidate and not compared:
        notes.append(
            f"no threshold of {name} has max_degradation: the candidate is held to the bounds alone"
        )
    other = model.baseline.model if model.baseline else None
    same = _same(model.model, other, settings.folder) if model.model and other else None
    if same:
        both = "candidate and deployed model" if candidate else "model and baseline"
        notes.append(f"{name}: {both} are the same {same}: the comparison says nothing")
    return tuple(map(clean, notes))


def _same(one: Deployed, other: Deployed, folder: Path) -> str | None:
    """Return what two models both are, in words; None if they differ, or can't be read."""
    if one.file is None or other.file is None:
        return f"object ({one.source})" if one == other else None
    try:
        paths = [folder / file for file in (one.file, other.file)]
        if len({path.stat().st_size for path in paths}) > 1:
            return None
        first, second = (hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    except (OSError, ValueError, MemoryError):  # measuring meets it again
        return None
    return f"file (sha256 {first[:12]}…)" if first == second else None
