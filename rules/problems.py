"""Problems of a content, and what made an approval void, as messages in the reader's language."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from rules.engine.approval import Difference
from rules.engine.check import Problem
from rules.enums import CheckName


def found_text(summary: str, params: object) -> str:
    """What a check found, in the language of the page; as it was written where its parameters don't fit.

    A parameter that is a word with a translation, such as a level, is translated too.
    """
    told = gettext(summary)
    if isinstance(params, Mapping):
        params = {name: gettext(value) if value and isinstance(value, str) else value for name, value in params.items()}
    try:
        return told % params if params else told
    except (KeyError, TypeError, ValueError):
        return told


def problem_message(problem: Problem) -> str:
    """What is wrong, for a person."""
    return gettext(problem.message) % problem.params


def problem_errors(problems: Iterable[Problem], *, rule: object = None) -> list[ValidationError]:
    """The problems for a ValidationError to carry, each naming `rule` if one is given."""
    prefix = str(rule) + gettext(": ") if rule else ""
    return [ValidationError(f"{prefix}{problem_message(problem)}", code=problem.code) for problem in problems]


def void_reason(differences: Iterable[Difference], names: Mapping[str, str] | None = None) -> str:
    """What is no longer as an approval saw it. `names` says how the page calls a rule."""
    return gettext("; ").join(
        gettext(one.label) % {"what": _named(one, names or {})} if one.what else gettext(one.label)
        for one in differences
    )


def _named(difference: Difference, names: Mapping[str, str]) -> str:
    what = difference.what
    if difference.part == "check":
        return str(CheckName(what).label) if what in CheckName.values else what
    return names.get(what) or (what if what.startswith("R") else gettext("a new rule"))
