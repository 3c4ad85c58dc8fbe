"""The check of conflicts: what changed rules do to one another and to those that stay."""

from collections.abc import Iterator
from dataclasses import dataclass

from inference.selectors.drafted import Drafted, Found
from rules.engine.analysis import Analysis
from rules.engine.attributes import gettext_noop
from rules.engine.findings import Conflict, Finding, NeverFires, Settled, Shadowed
from rules.enums import CheckState
from rules.selectors.analysis import drafted_analysis, findings_about, release_analysis, relevance

MOST = 50
"""Conflicts of each changed rule that are looked at."""
NONE = gettext_noop("No changed rule disagrees with another one, and each can fire and win.")
SETTLED = gettext_noop(
    "Conflicts of changed rules: %(kind)s settled by kind of effect, %(specificity)s by being more specific, "
    "%(old)s by age alone, as before. Other rules overruled everywhere from now on: %(shadows)s."
)
FAILED = gettext_noop(
    "Changed rules that never fire: %(never)s; that others overrule everywhere: %(shadowed)s; "
    "new conflicts that only age settles: %(age)s."
)


@dataclass(frozen=True, slots=True)
class ConflictFound:
    """A finding about a changed rule. `fails`: somebody has to look at it."""

    finding: Finding
    fails: bool


def check_conflicts(drafted: Drafted) -> Found:
    """Whether a changed rule never fires, is overruled everywhere, or newly disagrees with one that only age settles."""
    since = drafted.day
    before = release_analysis(drafted.proposal.base, since=since)
    after = drafted_analysis(before, drafted.after)
    found = [ConflictFound(one, _fails(one, drafted, before)) for one in _findings(drafted, after)]
    rows = tuple(sorted(found, key=lambda one: (not one.fails, relevance(one.finding))))
    params = _counts(rows)
    if any(one.fails for one in rows):
        return Found(CheckState.FAILED, FAILED, params, rows)
    return Found(CheckState.PASSED, SETTLED if rows else NONE, params, rows)


def _findings(drafted: Drafted, analysis: Analysis) -> Iterator[Finding]:
    """Every finding about changed rules, once."""
    known: set[tuple[int, ...]] = set()
    for number in sorted(drafted.changed):
        for one in findings_about(analysis, number, MOST):
            key = (one.one, one.other) if isinstance(one, Conflict) else (one.rule,)
            if key not in known:
                known.add(key)
                yield one


def _fails(finding: Finding, drafted: Drafted, before: Analysis) -> bool:
    if not isinstance(finding, Conflict):
        return finding.rule in drafted.changed
    return finding.settled is Settled.AGE and not _was_there(finding, before)


def _was_there(conflict: Conflict, before: Analysis) -> bool:
    """Whether the two rules disagreed already, and nothing but age settled it."""
    rules = {rule.number: rule for rule in before.rules}
    if conflict.one not in rules or conflict.other not in rules:
        return False
    old = before.conflict(rules[conflict.one], rules[conflict.other])
    return old is not None and old.settled is Settled.AGE


def _counts(rows: tuple[ConflictFound, ...]) -> dict[str, int]:
    """How many findings there are of each sort."""
    conflicts = [(one.finding.settled, one.fails) for one in rows if isinstance(one.finding, Conflict)]
    shadows = [one.fails for one in rows if isinstance(one.finding, Shadowed)]
    return {
        "never": sum(isinstance(one.finding, NeverFires) for one in rows),
        "shadowed": sum(shadows),
        "shadows": len(shadows) - sum(shadows),
        "age": conflicts.count((Settled.AGE, True)),
        "old": conflicts.count((Settled.AGE, False)),
        "specificity": conflicts.count((Settled.SPECIFICITY, False)),
        "kind": conflicts.count((Settled.KIND, False)),
    }
