"""Finds where a file agrees to less than the one in force: bounds looser, gone, or of others."""

from model_checks.plan.loosening.bounds import bounds_of, looser_bounds
from model_checks.plan.loosening.subject import judged_otherwise
from model_checks.settings import Settings

__all__ = ["loosened_bounds"]


def loosened_bounds(in_force: Settings, proposed: Settings) -> tuple[str, ...]:
    """Return a sentence on each bound that is looser than in force, or held against something else.

    The files are compared as they are written, whatever candidates stand in for their models; and
    both as a nightly run and as a gate hold them, which differ in the rule where a threshold names
    none. Bounds that are new, stricter or only written otherwise are left out.

    Raises
    ------
    SettingsError
        If two checks of a file would have the same id.
    """
    before, after = in_force.written, proposed.written
    by_night = bounds_of(before, gate=False), bounds_of(after, gate=False)
    in_a_gate = bounds_of(before, gate=True), bounds_of(after, gate=True)
    sentences: list[str] = []
    for name in before.models:
        if name in after.models:
            sentences += judged_otherwise(name, before, after)
            sentences += looser_bounds(name, by_night, in_a_gate)
        else:
            sentences.append(f"{name}: the model is not judged, in force it is")
    return tuple(sentences)
