"""Every way in which the content of a rule is invalid."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.engine.attributes import gettext_noop
from rules.engine.content import RuleContent


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a content can't be published.

    `message` is the key of its translation, to be filled with `params`; `field` is the part of the form it
    belongs to: `title`, `conditions`, `conditions-<n>`, `effect`, `validity`, `examples-<n>`...
    """

    code: str
    message: str
    params: Mapping[str, int] = field(default_factory=dict)
    field: str = ""


def content_problems(content: RuleContent) -> tuple[Problem, ...]:
    """Why `content` can't be published, in the order of the form. Empty when it can."""
    problems: list[Problem] = []
    if not content.title.strip():
        problems.append(Problem("no_title", gettext_noop("Give the rule a title."), field="title"))
    if not content.conditions:
        problems.append(Problem("no_conditions", gettext_noop("Add at least one condition."), field="conditions"))
    return tuple(problems)


def limit_problems(content: RuleContent) -> tuple[Problem, ...]:
    """Why `content` can't even be kept as a draft: too long, too many, or control characters."""
    return ()
