"""Every way in which the content of a rule is invalid."""

from collections.abc import Iterator

from rules.engine.attributes import Level, Side, gettext_noop
from rules.engine.content import RuleContent
from rules.engine.contradiction import contradictions
from rules.engine.problem import Problem, count_problems, text_problems
from rules.engine.rule import ATTRIBUTED, LEVELLED, RELATIONAL, VALUED, Condition, Effect, EffectKind, Operator
from rules.engine.text import normalise

__all__ = ["Problem", "content_problems", "limit_problems"]

MOST_CONDITIONS, MOST_VALUES, MOST_EXAMPLES = 20, 50, 50
TITLE_LENGTH, INSTRUCTION_LENGTH, RATIONALE_LENGTH, SOURCE_LENGTH, VALUE_LENGTH = 200, 2000, 4000, 300, 100
QUERY_LENGTH, PRODUCT_TITLE_LENGTH = 200, 500

IDLE = {
    (EffectKind.CAP, Level.HIGHLY),
    (EffectKind.REQUIRE, Level.HIGHLY),
    (EffectKind.FLOOR, Level.IRRELEVANT),
}
"""Limits that no level is beyond."""


def content_problems(content: RuleContent) -> tuple[Problem, ...]:
    """Why `content` can't be published, in the order of the form. Empty when it can."""
    return (
        *limit_problems(content),
        *_title_problems(content),
        *_condition_problems(content),
        *_effect_problems(content.effect),
        *_instruction_problems(content),
        *_validity_problems(content),
        *_example_problems(content),
    )


def limit_problems(content: RuleContent) -> tuple[Problem, ...]:
    """Why `content` can't even be kept as a draft: too long, too many, or control characters."""
    return tuple(_limit_problems(content))


def _limit_problems(content: RuleContent) -> Iterator[Problem]:
    yield from text_problems(content.title, "title", most=TITLE_LENGTH)
    yield from text_problems(content.instruction, "instruction", most=INSTRUCTION_LENGTH, lines=True)
    yield from text_problems(content.rationale, "rationale", most=RATIONALE_LENGTH, lines=True)
    yield from text_problems(content.source, "source", most=SOURCE_LENGTH)
    yield from count_problems(len(content.conditions), "conditions", most=MOST_CONDITIONS)
    for place, condition in enumerate(content.conditions):
        yield from count_problems(len(condition.values), f"conditions-{place}", most=MOST_VALUES)
        for value in condition.values:
            yield from text_problems(value, f"conditions-{place}", most=VALUE_LENGTH)
    yield from count_problems(len(content.examples), "examples", most=MOST_EXAMPLES)
    for place, example in enumerate(content.examples):
        yield from text_problems(example.query, f"examples-{place}", most=QUERY_LENGTH)
        yield from text_problems(example.title, f"examples-{place}", most=PRODUCT_TITLE_LENGTH)


def _title_problems(content: RuleContent) -> Iterator[Problem]:
    if not content.title.strip():
        yield Problem("no_title", gettext_noop("Give the rule a title."), field="title")


def _condition_problems(content: RuleContent) -> Iterator[Problem]:
    if not content.conditions:
        yield Problem("no_conditions", gettext_noop("Add at least one condition."), field="conditions")
    for place, condition in enumerate(content.conditions):
        for code, message in _shape_problems(condition):
            yield Problem(code, message, field=f"conditions-{place}")
    yield from _repeated(content.conditions)
    message = gettext_noop("Conditions %(first)d and %(second)d can never hold together.")
    for first, second in contradictions(content.conditions):
        yield Problem("contradiction", message, {"first": first + 1, "second": second + 1}, f"conditions-{second}")


def _shape_problems(condition: Condition) -> Iterator[tuple[str, str]]:
    """Whether one condition is whole."""
    reads_text = condition.operator is Operator.TEXT_CONTAINS
    if reads_text and condition.attribute is not None:
        yield "needless_attribute", gettext_noop("Text contains reads the whole text; choose no attribute.")
    if not reads_text and condition.attribute is None:
        yield "no_attribute", gettext_noop("Choose an attribute.")
    if condition.operator in RELATIONAL and condition.side is not Side.BOTH:
        yield "not_both", gettext_noop("This compares query and product; choose both sides.")
    if condition.operator not in VALUED:
        if condition.values:
            yield "needless_values", gettext_noop("This comparison takes no values.")
    elif not condition.values:
        yield "no_values", gettext_noop("Give at least one value.")
    elif not all(normalise(value) for value in condition.values):
        yield "blank_value", gettext_noop("A value is empty.")
    elif condition.operator is Operator.IS and len(condition.values) > 1:
        yield "many_values", gettext_noop("“Is” takes one value; for several, choose “is any of”.")


def _repeated(conditions: tuple[Condition, ...]) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for place, one in enumerate(conditions):
        operator = Operator.IS if one.operator is Operator.IS_ANY_OF else one.operator
        key = (one.side, operator, one.attribute, frozenset(normalise(value) for value in one.values))
        if (first := seen.setdefault(key, place)) != place:
            message = gettext_noop("Conditions %(first)d and %(second)d say the same.")
            yield Problem("repeated", message, {"first": first + 1, "second": place + 1}, f"conditions-{place}")


def _effect_problems(effect: Effect) -> Iterator[Problem]:
    if effect.kind in LEVELLED and effect.level is None:
        yield Problem("no_level", gettext_noop("Choose a level."), field="level")
    if effect.kind not in LEVELLED and effect.level is not None:
        yield Problem("needless_level", gettext_noop("This effect takes no level."), field="level")
    if (effect.kind, effect.level) in IDLE:
        yield Problem("idle", gettext_noop("With this level the rule would never change anything."), field="level")
    if effect.kind in ATTRIBUTED and not effect.attributes:
        yield Problem("no_attributes", gettext_noop("Choose at least one attribute."), field="attributes")
    if effect.kind not in ATTRIBUTED and effect.attributes:
        yield Problem("needless_attributes", gettext_noop("This effect takes no attributes."), field="attributes")
    if len(set(effect.attributes)) < len(effect.attributes):
        yield Problem("repeated_attribute", gettext_noop("An attribute is named twice."), field="attributes")


def _instruction_problems(content: RuleContent) -> Iterator[Problem]:
    if content.effect.kind is EffectKind.ADVISE and not content.instruction.strip():
        message = gettext_noop("Advice needs an instruction to the model.")
        yield Problem("no_instruction", message, field="instruction")


def _validity_problems(content: RuleContent) -> Iterator[Problem]:
    if content.valid_from and content.valid_until and content.valid_until < content.valid_from:
        yield Problem("ends_early", gettext_noop("The last day is before the first."), field="valid_until")


def _example_problems(content: RuleContent) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for place, example in enumerate(content.examples):
        if not example.query.strip() or not example.title.strip():
            message = gettext_noop("An example needs a query and a product title.")
            yield Problem("incomplete_example", message, field=f"examples-{place}")
        key = (normalise(example.query), normalise(example.title))
        if (first := seen.setdefault(key, place)) != place:
            message = gettext_noop("Examples %(first)d and %(second)d are of the same pair.")
            yield Problem("repeated_example", message, {"first": first + 1, "second": place + 1}, f"examples-{place}")
