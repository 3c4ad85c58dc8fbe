"""What the recalled rules do to a proposed level, and in which order.

Precedence: forbid, force, cap, floor, require and waive. Within one kind the more specific rule wins,
then the newer. `advise` changes nothing here: its words go to a model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.engine.attributes import Attribute, Level
from rules.engine.recall import Recalled
from rules.engine.rule import EffectKind, EngineRule


@dataclass(frozen=True, slots=True)
class EffectStep:
    """What one recalled rule did.

    `outcome`: `applied` (the level changed), `unchanged` (it held already), `overruled` (rule `by`
    won over it) or `advice`. `attributes` are those that a `require` or `waive` was settled on.
    """

    number: int
    version: int
    effect: EffectKind
    before: Level
    after: Level
    outcome: str
    by: int | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The level that the rules left, and each rule's part in it, weakest effect first."""

    level: Level
    steps: tuple[EffectStep, ...]


def precedence(rule: EngineRule) -> tuple[tuple[int, int], int, int]:
    """Sort key within one kind of effect: the highest wins."""
    return rule.specificity, rule.age_order, rule.number


def attribute_winners(recalled: Iterable[Recalled]) -> dict[Attribute, EngineRule]:
    """For every attribute that a `require` or `waive` names, the rule that settles it."""
    winners: dict[Attribute, EngineRule] = {}
    for rule in (r.rule for r in recalled if r.rule.effect.kind in (EffectKind.REQUIRE, EffectKind.WAIVE)):
        for attribute in rule.effect.attributes:
            if attribute not in winners or precedence(rule) > precedence(winners[attribute]):
                winners[attribute] = rule
    return winners


def waived_attributes(recalled: Iterable[Recalled]) -> frozenset[Attribute]:
    """The attributes on which a mismatch does not count for this pair."""
    return frozenset(a for a, rule in attribute_winners(recalled).items() if rule.effect.kind is EffectKind.WAIVE)


def decide(
    *, unwaived: Level, proposed: Level, recalled: Sequence[Recalled], mismatched: frozenset[Attribute]
) -> Decision:
    """Apply the hard effects of `recalled` to `proposed`.

    `unwaived` is what Algorithm 1 would have proposed had nothing been waived, so that a waiver
    can be shown at work. The result does not depend on the order of `recalled`.
    """
    if not recalled:
        return Decision(proposed, ())
    rules = sorted((r.rule for r in recalled), key=lambda rule: rule.number)
    winner = _winners(rules)
    final = winner.get(EffectKind.FORBID) or winner.get(EffectKind.FORCE)
    advice = [
        EffectStep(r.number, r.version, r.effect.kind, unwaived, unwaived, "advice")
        for r in rules
        if r.effect.kind is EffectKind.ADVISE
    ]
    if final is not None:
        return _decide_by(final, proposed, rules, advice)
    steps, level = _settle_attributes(rules, attribute_winners(recalled), unwaived, proposed, mismatched)
    for kind in (EffectKind.FLOOR, EffectKind.CAP):
        if (chosen := winner.get(kind)) is not None:
            after = bounded(level, chosen)
            steps += [_overruled(r, level, chosen) for r in rules if r.effect.kind is kind and r is not chosen]
            steps.append(_step(chosen, level, after))
            level = after
    return Decision(level, tuple(advice + steps))


def bounded(level: Level, rule: EngineRule) -> Level:
    """`level` after the one rule, taken alone, that caps, floors, forces or forbids it."""
    effect = rule.effect
    if effect.kind is EffectKind.FORBID:
        return Level.IRRELEVANT
    assert effect.level is not None
    if effect.kind is EffectKind.FORCE:
        return effect.level
    choose = max if effect.kind is EffectKind.FLOOR else min
    return choose(level, effect.level, key=lambda one: one.rank)


def _winners(rules: Iterable[EngineRule]) -> dict[EffectKind, EngineRule]:
    """For every kind of effect among `rules`, the rule that wins."""
    winners: dict[EffectKind, EngineRule] = {}
    for rule in rules:
        rival = winners.setdefault(rule.effect.kind, rule)
        if rival is not rule and precedence(rule) > precedence(rival):
            winners[rule.effect.kind] = rule
    return winners


def _decide_by(final: EngineRule, proposed: Level, rules: list[EngineRule], advice: list[EffectStep]) -> Decision:
    """A forbid or a force settles it alone; every other rule is overruled by it."""
    level = bounded(proposed, final)
    others = [
        _overruled(r, proposed, final) for r in rules if r is not final and r.effect.kind is not EffectKind.ADVISE
    ]
    return Decision(level, (*advice, *others, _step(final, proposed, level)))


def _settle_attributes(
    rules: list[EngineRule],
    winners: dict[Attribute, EngineRule],
    unwaived: Level,
    proposed: Level,
    mismatched: frozenset[Attribute],
) -> tuple[list[EffectStep], Level]:
    """Waivers turn `unwaived` into `proposed`; then each requirement that is not met caps it."""
    steps: list[EffectStep] = []
    level = unwaived
    for kind in (EffectKind.WAIVE, EffectKind.REQUIRE):
        for rule in (r for r in rules if r.effect.kind is kind):
            won = tuple(a for a in rule.effect.attributes if winners[a] is rule)
            if not won:
                steps.append(_overruled(rule, level, winners[rule.effect.attributes[0]]))
                continue
            met = not mismatched.intersection(won)
            after = level if met else proposed if kind is EffectKind.WAIVE else bounded(level, rule)
            steps.append(_step(rule, level, after, won))
            level = after
        if kind is EffectKind.WAIVE:
            level = proposed
    return steps, level


def _step(rule: EngineRule, before: Level, after: Level, attributes: tuple[Attribute, ...] = ()) -> EffectStep:
    outcome = "unchanged" if before is after else "applied"
    return EffectStep(rule.number, rule.version, rule.effect.kind, before, after, outcome, attributes=attributes)


def _overruled(rule: EngineRule, level: Level, by: EngineRule) -> EffectStep:
    return EffectStep(rule.number, rule.version, rule.effect.kind, level, level, "overruled", by=by.number)
