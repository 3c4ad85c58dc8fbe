"""Problems of a content as messages in the reader's language."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from rules.engine.check import Problem


def problem_message(problem: Problem) -> str:
    """What is wrong, for a person."""
    return gettext(problem.message) % problem.params


def problem_errors(problems: Iterable[Problem], *, rule: object = None) -> list[ValidationError]:
    """The problems for a ValidationError to carry, each naming `rule` if one is given."""
    prefix = f"{rule}{gettext(': ')}" if rule else ""
    return [ValidationError(f"{prefix}{problem_message(problem)}", code=problem.code) for problem in problems]
