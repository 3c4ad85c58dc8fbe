"""Gaps: pinned examples that the rule which pins them does not fire on."""

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils import timezone

from inference.pipeline.trace import Failure
from inference.selectors.check_examples import understood_examples
from inference.selectors.drafted import drafted
from rules.engine.analysis import gaps
from rules.engine.content import Example, RuleContent
from rules.engine.findings import Gap
from rules.engine.situation import Situation
from rules.models import Proposal, Release
from rules.selectors.releases import rules_in


def gaps_of_release(release: Release) -> tuple[Gap, ...]:
    """The gaps of the rules of a release, each on the first day from today on that its rule is valid on."""
    rules = rules_in(release)
    pinned = _pinned({rule.number: rule.content for rule in rules}, timezone.localdate())
    return tuple(gaps((rule.engine_rule for rule in rules), pinned))


def gaps_of_proposal(proposal: Proposal) -> tuple[Gap, ...]:
    """The gaps of the rules as a proposal would leave them."""
    found = drafted(proposal)
    return tuple(gaps(found.after, _pinned(found.contents, found.day)))


def _pinned(contents: Mapping[int, RuleContent], day: date) -> Iterator[tuple[int, Example, Situation]]:
    """Each example of a rule that is or will be valid, as the pipeline understands it."""
    understood = understood_examples(one for content in contents.values() for one in content.examples)
    for number, content in sorted(contents.items()):
        first = max(content.valid_from or day, day)
        if content.valid_until is not None and content.valid_until < first:
            continue
        for example in content.examples:
            known = understood[example]
            if not isinstance(known, Failure):
                yield number, example, Situation(known.facts, first)
