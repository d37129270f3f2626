"""Sentences on who did not get a mail, and why."""

from collections.abc import Mapping

from model_checks.notify.email.problems import Problem


def total_failure_sentence(problems: Mapping[str, Problem]) -> str:
    """Return one sentence on why nobody got a mail; a reason that several share is named once."""
    parts = []
    for (what, remedy), names in _alike(problems).items():
        first = problems[names[0]]
        if first.stage == "receiver":
            parts.append(f"{what}: {', '.join(_named(one, problems[one]) for one in names)}")
        else:
            parts.append(f"{what} ({first.answer})" if first.answer else what)
        parts.append(remedy)
    return "; ".join(parts)


def partial_failure_words(problems: Mapping[str, Problem]) -> str:
    """Return words on who did not get a mail that others got, and why."""
    return "; ".join(
        f"{', '.join(_named(one, problems[one]) for one in names)}: {what}; {remedy}"
        for (what, remedy), names in _alike(problems).items()
    )


def _alike(problems: Mapping[str, Problem]) -> dict[tuple[str, str], list[str]]:
    names: dict[tuple[str, str], list[str]] = {}
    for name, problem in problems.items():
        names.setdefault((problem.what, problem.remedy), []).append(name)
    return names


def _named(name: str, problem: Problem) -> str:
    return f"{name} ({problem.answer})" if problem.answer else name
