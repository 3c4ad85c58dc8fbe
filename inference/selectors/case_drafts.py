"""The rule that a bad case asks for, filled in from what was at fault, and what it would do."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from annotation.enums import Severity
from annotation.models import BadCase, Benchmark, Pair
from annotation.selectors.cases import siblings_of
from inference.drafting import MOST_SIBLINGS, Draft, Known, draft_rule, told_by
from inference.pipeline.chain import Chain
from inference.selectors.benchmark_pairs import labelled_pairs
from inference.selectors.case_readings import known_pairs, known_text
from inference.selectors.chains import chain_in_force
from rules.engine.attributes import Level, Side
from rules.engine.compiled import Checks
from rules.engine.content import Example, RuleContent
from rules.engine.rule import EffectKind
from rules.engine.wording import sentence

MOST_GUARDS = 300
"""Labelled pairs that a draft is tried on, of those that it might fire on."""
MOST_NEIGHBOURS = 100
"""Pairs of the catalogue with the same query or product that a draft is tried on."""
MOST_PINNED = 10
TITLE = 80
LOCALES = {"en": "en", "zh": "zh-hans"}


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A rule drafted for a case. `fixes` are the case and the open ones like it that it would fix."""

    content: RuleContent
    fixes: tuple[BadCase, ...]
    broken: int
    moved: int


def draft_for(case: BadCase) -> CaseDraft | None:
    """The rule that would fix a case with an expected level; None where it has it, or no rule beside those in force can."""
    chain, siblings = chain_in_force(), siblings_of(case, most=MOST_SIBLINGS)
    level = Level(case.expected)
    known = known_pairs(dict.fromkeys([case.pair_id, *(one.pair_id for one in siblings)], level), chain)
    mine = known.get(case.pair_id)
    if mine is None or mine.level is level:
        return None
    alike = [one for one in siblings if one.pair_id in known and known[one.pair_id].level is not level]
    others = [known[one.pair_id] for one in alike]
    pinned = known_text(case.pair.query.text, case.pair.product.title, level, chain)
    draft = draft_rule(
        mine,
        harmful=case.severity == Severity.HARMFUL,
        siblings=[*others, *([pinned] if pinned and pinned.level is not level else [])],
        guards=guards_of(case, mine, others, chain),
        parameters=chain.parameters,
    )
    if draft is None:
        return None
    fixed = (case, *(one for place, one in enumerate(alike, start=1) if place in draft.fixes))
    return CaseDraft(content_of(case, fixed, draft), fixed, draft.broken, draft.moved)


def guards_of(case: BadCase, mine: Known, others: list[Known], chain: Chain) -> list[Known]:
    """Pairs that a draft should leave as they are: labelled ones it might fire on, and neighbours in the catalogue."""
    labelled = dict(possible(mine, others)[:MOST_GUARDS])
    near = Pair.objects.filter(Q(query=case.pair.query_id) | Q(product=case.pair.product_id)).order_by("pk")
    neighbours = dict.fromkeys(near.values_list("pk", flat=True)[:MOST_NEIGHBOURS])
    expected: Mapping[int, Level | None] = {**neighbours, **labelled}
    wrong = set(BadCase.objects.filter(pair__in=expected, is_open=True).values_list("pair_id", flat=True))
    return list(known_pairs({pair: level for pair, level in expected.items() if pair not in wrong}, chain).values())


def possible(mine: Known, others: list[Known]) -> list[tuple[int, Level]]:
    """The pairs of the first benchmark on which a draft might fire, with their levels."""
    benchmark = Benchmark.objects.order_by("pk").first()
    if benchmark is None:
        return []
    checks = Checks()
    asked, shown = (
        [checks[atom.condition] for one in (mine, *others) for atom in told_by(one, [], side)]
        for side in (Side.QUERY, Side.PRODUCT)
    )
    return [
        (pair.pair_id, pair.expected)
        for pair in labelled_pairs(benchmark)
        if any(check(pair.facts) for check in asked) and any(check(pair.facts) for check in shown)
    ]


def content_of(case: BadCase, fixed: Iterable[BadCase], draft: Draft) -> RuleContent:
    """The draft in words, in both languages: whoever reads it may have another than whoever asked for it."""
    bare = RuleContent(title="", conditions=draft.conditions, effect=draft.effect)
    return RuleContent(
        title=f"{case.pair.query.text} / {case.pair.product.title}"[:TITLE],
        conditions=draft.conditions,
        effect=draft.effect,
        instruction="\n".join(sentence(bare, language) for language in languages()),
        rationale="\n".join(part for part in (*in_languages(why, case), case.note.strip()) if part),
        source=" / ".join(in_languages(origin, case)),
        examples=tuple(
            Example(one.pair.query.text, one.pair.product.title, Level(one.expected))
            for one in list(fixed)[:MOST_PINNED]
        ),
        safety=draft.effect.kind is EffectKind.FORBID or case.severity == Severity.HARMFUL,
    )


def languages() -> list[str]:
    """The languages of the application, that of the page first."""
    return sorted(("en", "zh"), key=lambda one: not (get_language() or "en").startswith(one))


def in_languages(words: Callable[[BadCase], str], case: BadCase) -> list[str]:
    """What is said of a case, in every language."""
    said = []
    for language in languages():
        with override(LOCALES[language]):
            said.append(words(case))
    return list(dict.fromkeys(said))


def why(case: BadCase) -> str:
    """What was seen and what should have been."""
    said = {
        "query": case.pair.query.text,
        "title": case.pair.product.title,
        "given": _(Level(case.given).label) if case.given else _("no level"),
        "expected": _(Level(case.expected).label),
        "reports": case.reports,
    }
    return _("“%(query)s” showed “%(title)s” as %(given)s; it should be %(expected)s. Reports: %(reports)s.") % said


def origin(case: BadCase) -> str:
    """Where the rule comes from."""
    return _("bad case #%(pk)s") % {"pk": case.pk}
