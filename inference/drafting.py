"""A rule that would fix a bad case: conditions from what was at fault, as wide as its siblings need and no wider. Pure.

Every fact that holds for the case is a possible condition. Of those about the query one is taken and of those about the
product one, told in the order of what was to blame; each pair of conditions is tried on the siblings of the case and on
the pairs whose level is known. The rule that fixes most siblings and moves nothing else is the draft.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from inference.comparison import Change, change_of
from inference.pipeline.effects import apply_rules
from inference.pipeline.parameters import Parameters
from inference.pipeline.trace import Agreement, Compared, Trace
from inference.pipeline.understanding import Understanding
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.compiled import Checks
from rules.engine.recall import Recalled
from rules.engine.rule import Condition, Effect, EffectKind, EngineRule, Operator

NEW = 10**9
"""The number that a draft has while it is tried: newer than every rule."""
FIRST = (
    *(Attribute.CORE_NAME, Attribute.EFFICACY, Attribute.CATEGORY, Attribute.INGREDIENT, Attribute.POPULATION),
    *(Attribute.DOSAGE_FORM, Attribute.BRAND, Attribute.STRENGTH, Attribute.REGION),
)
"""Attributes by how well they say what a pair is about."""
MOST_VALUES = 8
MOST_SIBLINGS = 50
VALUE, WORDS, WHOLE = "value", "words", "whole"
Name = tuple[str, Attribute | None]
"""What is said of a side: a value, the words for one, or all of its words."""
CASE = 0
"""The place of the case itself among those that a draft fixes; its siblings follow."""
SUBJECTS = frozenset({Attribute.CORE_NAME, Attribute.EFFICACY, Attribute.CATEGORY, Attribute.INGREDIENT})
"""Attributes that say what a rule is about: without one it would hold for all there is of a brand or a form."""
PIVOTS = frozenset({Attribute.CORE_NAME, Attribute.EFFICACY, Attribute.INGREDIENT})
"""Of these, one that siblings share makes what differs on the other side one matter: 六味地黄 for several other pills."""
MAIN = frozenset({Attribute.INGREDIENT, Attribute.STRENGTH, Attribute.POPULATION})
"""Attributes of which the first value says what a product is; the others it shares with many."""
SHORTEST_WORD = 2
FEW = 3
MISSED = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class Known:
    """A pair that a draft is tried on: understood, the rules recalled on it now, its level now and the one it should have.

    `expected` is None where nobody said: then it should stay as it is.
    """

    understood: Understanding
    recalled: tuple[Recalled, ...]
    trace: Trace
    expected: Level | None = None

    @property
    def level(self) -> Level:
        """Its level now."""
        return self.trace.level


@dataclass(frozen=True, slots=True)
class Draft:
    """Conditions and effect, and what they do: which siblings by their place, how many known pairs broken or moved."""

    conditions: tuple[Condition, ...]
    effect: Effect
    fixes: frozenset[int]
    broken: int
    moved: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft and how good it is, the lower the better."""

    score: tuple[int, ...]
    draft: Draft


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition that holds for the case; the lower its place, the more it says of what was at fault."""

    condition: Condition
    place: int


def draft_rule(
    case: Known, *, harmful: bool, siblings: Sequence[Known], guards: Sequence[Known], parameters: Parameters
) -> Draft | None:
    """The rule that fixes the case; None where no rule beside the ones in force can.

    `siblings` go wrong in the same way; `guards` are pairs whose level should not become wrong.
    """
    assert case.expected is not None
    trial = Trial(case, siblings, guards, parameters)
    for effect in effects_for(case, harmful=harmful):
        tried = (trial.run(atoms, effect) for atoms in candidates(case, siblings))
        fixing = [one for one in tried if CASE in one.draft.fixes]
        if fixing:
            return min(fixing, key=lambda one: one.score).draft
    return None


def effects_for(case: Known, *, harmful: bool) -> Iterator[Effect]:
    """What may bring a level to the one expected, the mildest first; the later ones overrule rules in force."""
    expected = case.expected
    assert expected is not None
    if expected.rank < case.level.rank:
        if harmful and expected is Level.IRRELEVANT:
            yield Effect(EffectKind.FORBID)
        yield Effect(EffectKind.CAP, expected)
    else:
        if case.trace.line == 4 and (missed := missed_of(case.trace)):
            yield Effect(EffectKind.WAIVE, attributes=missed)
        yield Effect(EffectKind.FLOOR, expected)
    yield Effect(EffectKind.FORCE, expected)
    if expected is Level.IRRELEVANT:
        yield Effect(EffectKind.FORBID)


def missed_of(trace: Trace) -> tuple[Attribute, ...]:
    """The attributes whose mismatch the deciding line names."""
    return tuple(Attribute(value) for name, value in trace.grounds if name == "mismatch")


def candidates(case: Known, siblings: Sequence[Known]) -> Iterator[tuple[Atom, ...]]:
    """Conditions that may say when the rule holds: one about the query with one about the product, then either alone.

    Each also with how the sides differ in what is at fault; and with what product it is about, where neither says so.
    One of the two may also name what siblings say in its place, but only those of which the other condition holds.
    """
    asked, shown = (told_by(case, [], side) for side in (Side.QUERY, Side.PRODUCT))
    differing = relation_atoms(case.trace)[:1]
    subject = [atom for atom in (*shown, *asked) if atom.condition.attribute in SUBJECTS][:4]
    pairs = [*product(asked, shown)]
    for one in (atom for atom in asked if atom.condition.attribute in PIVOTS):
        pairs += [(one, wide) for wide in told_by(case, holding(one, siblings), Side.PRODUCT)]
    for other in (atom for atom in shown if atom.condition.attribute in PIVOTS):
        pairs += [(wide, other) for wide in told_by(case, holding(other, siblings), Side.QUERY)]
    for one, other in dict.fromkeys(pairs):
        told = any(atom.condition.attribute in SUBJECTS for atom in (one, other))
        for more in product((None, *differing), (None,) if told else (None, *subject)):
            yield (one, other, *(atom for atom in more if atom))
    for one in asked:
        yield from ((one, atom) for atom in differing)
    yield from ((one,) for one in (*asked, *shown))


def holding(atom: Atom, siblings: Sequence[Known]) -> list[Known]:
    """The siblings of which a condition holds too."""
    check = Checks()[atom.condition]
    return [one for one in siblings[:MOST_SIBLINGS] if check(one.understood.facts)]


def told_by(case: Known, siblings: Sequence[Known], side: Side) -> list[Atom]:
    """What a side of the case says; with siblings, what they say in the same place besides."""
    order = {name: place for place, name in enumerate(names_of(case.trace, side))}
    mine = said_by(case, side)
    theirs = [said_by(one, side) for one in siblings]
    atoms = []
    for name in mine.keys() & order.keys():
        every = dict.fromkeys(value for said in (mine, *theirs) for value in said.get(name) or unknown_in(said, name))
        if not siblings or len(mine[name]) < len(every) <= MOST_VALUES:
            atoms.append(Atom(condition_of(side, name, tuple(every)), 2 * order[name] + bool(siblings)))
    checks = Checks()
    found = [atom for atom in atoms if checks[atom.condition](case.understood.facts)]
    return sorted(found, key=lambda one: one.place)


def unknown_in(said: Mapping[Name, tuple[str, ...]], name: Name) -> tuple[str, ...]:
    """The words nothing is known of, which may be what others say in known words."""
    return said.get((WORDS, None), ()) if name[0] == WORDS else ()


def names_of(trace: Trace, side: Side) -> list[Name]:
    """What may be said of a side: of the attributes at fault first their values, then their words; the whole text last."""
    found: list[Name] = []
    for attribute in ordered(trace):
        found += [(VALUE, attribute), (WORDS, attribute)]
    return [*found, (WORDS, None), (WHOLE, None)] if side is Side.QUERY else [*found, (WORDS, None)]


def said_by(one: Known, side: Side) -> dict[Name, tuple[str, ...]]:
    """What a side says: the values of what it names, the words that name them, words nothing is known of, all of it."""
    reading = one.understood.query if side is Side.QUERY else one.understood.product
    named = {m.attribute for m in reading.mentions if m.origin == "text"}
    term = one.trace.relation_on[0 if side is Side.QUERY else 1]
    said: dict[Name, tuple[str, ...]] = {}
    for attribute, values in reading.values:
        if side is Side.QUERY and attribute is Attribute.EFFICACY and attribute in named and len(values) > FEW:
            continue  # a kind of goods brings all its uses: only the words say which one was asked for
        if values and (side is Side.PRODUCT or attribute in named or attribute is Attribute.EFFICACY):
            said[VALUE, attribute] = telling(attribute, values, term)
    if side is Side.PRODUCT:
        tricks = one.trace.check.tricks if one.trace.check else ()
        return said | ({(WORDS, None): tuple(dict.fromkeys(trick.value for trick in tricks))} if tricks else {})
    kinds = {(m.start, m.end) for m in reading.mentions if m.origin == "knowledge"}
    for mention in reading.mentions:
        if mention.attribute is Attribute.EFFICACY and (mention.start, mention.end) in kinds:
            continue  # the word for a kind of goods
        word = reading.text[mention.start : mention.end]
        if mention.origin == "text" and len(word) >= SHORTEST_WORD:
            said[WORDS, mention.attribute] = tuple(dict.fromkeys((*said.get((WORDS, mention.attribute), ()), word)))
    if rest := tuple(word for word in reading.rest if len(word) >= SHORTEST_WORD and not word.isdigit()):
        said[WORDS, None] = rest[:2]
    said[WHOLE, None] = (one.understood.facts.query_text.split("\n")[0],)
    return said


def telling(attribute: Attribute, values: Sequence[str], term: str) -> tuple[str, ...]:
    """The values of a side that say what it is about: of uses, the one that was held against the other side."""
    if attribute is Attribute.EFFICACY:
        return (term,) if term in values else tuple(values[:1])
    return tuple(values[:1] if attribute in MAIN else values)


def condition_of(side: Side, name: Name, values: tuple[str, ...]) -> Condition:
    """That a side says one of these things."""
    kind, attribute = name
    if kind != VALUE:
        return Condition(side, Operator.TEXT_CONTAINS, values=values)
    return Condition(side, Operator.IS if len(values) == 1 else Operator.IS_ANY_OF, attribute, values[:MOST_VALUES])


def relation_atoms(trace: Trace) -> list[Atom]:
    """That the sides differ in what is at fault, or that the product does not show it."""
    by_attribute = {one.attribute: one for one in trace.compared if one.agreement in MISSED}
    return [Atom(relation_of(by_attribute[one]), 0) for one in ordered(trace) if one in by_attribute]


def relation_of(compared: Compared) -> Condition:
    """How the sides stand on one attribute."""
    if compared.product:
        return Condition(Side.BOTH, Operator.DIFFERS, compared.attribute)
    return Condition(Side.PRODUCT, Operator.IS_MISSING, compared.attribute)


def ordered(trace: Trace) -> list[Attribute]:
    """The attributes, those at fault first."""
    missed = [one.attribute for one in trace.compared if one.agreement in MISSED]
    return sorted(FIRST, key=lambda one: (one not in missed, FIRST.index(one)))


class Trial:
    """A case with its siblings and guards, on which rules are tried."""

    def __init__(self, case: Known, siblings: Sequence[Known], guards: Sequence[Known], parameters: Parameters) -> None:
        self.wanted = (case, *siblings)
        self.guards = guards
        self.parameters = parameters
        self.checks = Checks()

    def run(self, atoms: Sequence[Atom], effect: Effect) -> Tried:
        """A draft with its score."""
        conditions = tuple(dict.fromkeys(atom.condition for atom in atoms))
        rule = EngineRule(NEW, 1, conditions, effect, age_order=NEW)
        fixes = frozenset(
            place for place, one in enumerate(self.wanted) if self._fires(rule, one) and self._fixes(rule, one)
        )
        fired = [(one, self.level(one, rule)) for one in self.guards if self._fires(rule, one)]
        broken = sum(becomes(one, level) is Change.BROKEN for one, level in fired)
        moved = sum(one.level is not level and becomes(one, level) is Change.CHANGED for one, level in fired)
        places = sum(atom.place for atom in atoms)
        about = any(one.attribute in SUBJECTS and one.values for one in conditions)
        score = (broken, -len(fixes), moved, len(conditions) == 1, not about, places, -len(conditions))
        return Tried(score, Draft(conditions, effect, fixes, broken, moved))

    def level(self, one: Known, rule: EngineRule) -> Level:
        """The level of a pair once a rule is added to those recalled on it."""
        recalled = (*one.recalled, Recalled(rule, ()))
        understood = one.understood
        outcome = apply_rules(understood.comparison, recalled, understood.mismatched, self.parameters)
        return outcome.decision.level

    def _fires(self, rule: EngineRule, one: Known) -> bool:
        return all(self.checks[condition](one.understood.facts) for condition in rule.conditions)

    def _fixes(self, rule: EngineRule, one: Known) -> bool:
        return one.expected is not None and self.level(one, rule) is one.expected


def becomes(one: Known, level: Level) -> Change:
    """What a level makes of a guard whose label is known; of another one, that it changes."""
    return change_of(one.level, level, one.expected) if one.expected else Change.CHANGED
