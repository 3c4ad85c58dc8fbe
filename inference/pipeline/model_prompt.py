"""A pair in the words of a prompt: what was read of both sides, evidence, and the rules that bind."""

from collections.abc import Iterable, Iterator, Sequence

from inference.pipeline.attribute_words import LABELS
from inference.pipeline.fence import as_data, fenced
from inference.pipeline.prompts import Prompt
from inference.pipeline.steps import Asked, Consistency, PassageUse, ProductCheck
from inference.pipeline.trace import SideReading
from inference.pipeline.understanding import Understanding
from rules.engine.recall import Recalled
from rules.engine.rule import EffectKind, EngineRule
from rules.engine.wording import LANGUAGES

MOST_PASSAGES = 5
LONGEST_PASSAGE = 400
"""Characters of a passage that a model reads."""
LONGEST_VALUE = 60
MOST_VALUES = 8
"""Values of an attribute that are named; those that weigh most come first."""


def pair_in_words(understood: Understanding, recalled: Sequence[Recalled], words: Prompt) -> str:
    """The pair's own part of a prompt. What pairs of one query share comes first, for a server's prefix cache."""
    passages = [one for one in understood.asked.passages if one.kept][:MOST_PASSAGES]
    return words.words(
        "pair",
        query=fenced("query", query_lines(understood.asked, understood.query, words)),
        evidence=evidence_in_words(passages, words),
        product=fenced("product", product_lines(understood.product, understood.check, words)),
        rules="\n".join(rule_lines(recalled, words)) or words.words("no rules"),
    )


def query_lines(asked: Asked, query: SideReading, words: Prompt) -> Iterator[str]:
    """The query as typed, as it was read, and what its words stand for."""
    yield _line(words.words("typed"), asked.original)
    if query.text != asked.original:
        yield _line(words.words("read as"), query.text)
    for one in asked.common_names:
        yield _line(words.words("stands for"), f"{one.said} = {one.name}")
    yield from side_lines(query, words)
    if query.excluded:
        yield _line(words.words("without"), _listed((one.value for one in query.excluded), words))


def product_lines(product: SideReading, check: ProductCheck, words: Prompt) -> Iterator[str]:
    """The title, what was read of it and of the catalogue, and what of it is not to be believed."""
    yield _line(words.words("title"), product.text)
    if check.standard_name:
        yield _line(words.words("standard name"), check.standard_name)
    yield from side_lines(product, words)
    if check.tricks:
        yield _line(words.words("not its own"), _listed((one.value for one in check.tricks), words))
    denied = {
        match.attribute
        for picture in check.pictures
        for match in picture.matches
        if match.consistency is Consistency.INCONSISTENT
    }
    if denied:
        yield _line(words.words("photo"), _listed((LABELS[words.language](one) for one in sorted(denied)), words))


def side_lines(side: SideReading, words: Prompt) -> Iterator[str]:
    """The attributes of a side."""
    for attribute, values in side.values:
        if values:
            yield _line(LABELS[words.language](attribute), _listed(values, words))


def evidence_in_words(passages: Sequence[PassageUse], words: Prompt) -> str:
    """Every passage with its source, each in a fence of its own."""
    if not passages:
        return words.words("no evidence")
    return "\n".join(fenced(f"passage {at}", passage_lines(one, words)) for at, one in enumerate(passages, start=1))


def passage_lines(passage: PassageUse, words: Prompt) -> Iterator[str]:
    """A passage: where it stands, then what it says."""
    where = [one for one in (passage.title, passage.heading, passage.source, passage.dated) if one]
    yield _line(words.words("source"), " · ".join(dict.fromkeys(where)))
    yield _line(words.words("text"), as_data(passage.excerpt, LONGEST_PASSAGE))


def rule_lines(recalled: Iterable[Recalled], words: Prompt) -> Iterator[str]:
    """Every rule by number and version, with what it does and what its authors say; another version is another prompt."""
    for rule in sorted((one.rule for one in recalled), key=lambda rule: (rule.number, rule.version)):
        effect = as_data(effect_in_words(rule, words.language))
        yield words.words("rule", number=rule.number, version=rule.version, kind=rule.effect.kind.value, effect=effect)
        if rule.instruction.strip() and rule.effect.kind is not EffectKind.ADVISE:
            yield words.words("instruction", instruction=as_data(rule.instruction))


def effect_in_words(rule: EngineRule, language: str) -> str:
    """What a rule does, as its page says it."""
    return "".join(text for text, _kind in LANGUAGES[language].effect(rule.effect, rule.instruction))


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"


def _listed(values: Iterable[str], words: Prompt) -> str:
    """The first few values in a row."""
    some = [as_data(value, LONGEST_VALUE) for value in list(dict.fromkeys(values))[:MOST_VALUES]]
    return words.words("between values").join(some)
