"""Any rule as one sentence, in English and in Chinese."""

from dataclasses import dataclass

from rules.engine import wording_chinese, wording_english
from rules.engine.content import RuleContent
from rules.engine.phrases import Language, Phrase

LANGUAGES: dict[str, Language] = {"en": wording_english.LANGUAGE, "zh": wording_chinese.LANGUAGE}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: `text`, or a `value`, `attribute`, `level` or `instruction` for a page to mark."""

    text: str
    kind: str = "text"


def sentence(content: RuleContent, language: str) -> str:
    """What the rule says, as plain text. `language` is `en` or `zh`."""
    return "".join(part.text for part in parts(content, language))


def parts(content: RuleContent, language: str) -> tuple[Part, ...]:
    """What the rule says, in stretches that a page can mark. Joined, they are the sentence."""
    chosen = LANGUAGES[language]
    conditions = content.conditions
    named = [chosen.condition(condition, conditions[:place]) for place, condition in enumerate(conditions)]
    return _merged(chosen.whole(named, chosen.effect(content.effect, content.instruction)))


def _merged(phrase: Phrase) -> tuple[Part, ...]:
    """Neighbouring words of the sentence as one part; a value stays apart from the next."""
    merged: list[Part] = []
    for words, kind in phrase:
        if kind == "text" and merged and merged[-1].kind == "text":
            merged[-1] = Part(merged[-1].text + words)
        elif words:
            merged.append(Part(words, kind))
    return tuple(merged)
