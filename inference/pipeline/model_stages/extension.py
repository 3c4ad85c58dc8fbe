"""Product extension by a model (SI): what a name stands for that the lexicon does not know, in the lexicon's own terms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from inference.engines.protocol import ChatRequest, Message
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.fence import as_data, fenced
from inference.pipeline.key import digest_of
from inference.pipeline.model_answer import Fault
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages.shapes import asked, read_shape, schema_of, words
from inference.pipeline.prompts import Prompt, prompt
from rules.engine.text import normalise

STAGE = "extension"
MOST_EFFICACY = 5
MOST_KINDS = 3
MOST_INGREDIENTS = 12
LONGEST_WORD = 40
LONGEST_REASON = 200
MOST_TITLES = 3
LONGEST_QUOTED = 2000
CLOSED = ("efficacy", "kinds")


@dataclass(frozen=True, slots=True)
class Subject:
    """A name that nothing is known of, with a few titles that it stands in."""

    name: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model says a name is, in terms that there are. `known`: it says it knows; `unknown` are words left out."""

    known: bool
    efficacy: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    reason: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether it says what the thing is for, which is what an entry is for."""
        return self.known and bool(self.efficacy)


class Reply(BaseModel):
    """What a model is asked for. The reason comes first, so that the facts follow it."""

    reason: words(LONGEST_REASON) = ""  # type: ignore[valid-type]
    known: bool
    efficacy: list[str] = []
    kinds: list[str] = []
    ingredients: list[str] = []


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms that an answer may use."""

    efficacy: tuple[str, ...]
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Vocabulary":
        """Those of a lexicon: every efficacy term, and every category that lies in another."""
        return cls(tuple(lexicon.efficacy), tuple(row.name for row in lexicon.categories.values() if row.parent))


@cache
def schema(vocabulary: Vocabulary) -> Mapping[str, Any]:
    """The JSON schema that a server holds a reply to: lists that hold terms of the lexicon alone."""
    plain = schema_of(Reply)
    lists = {
        "efficacy": _list({"type": "string", "enum": list(vocabulary.efficacy)}, MOST_EFFICACY),
        "kinds": _list({"type": "string", "enum": list(vocabulary.kinds)}, MOST_KINDS),
        "ingredients": _list({"type": "string", "maxLength": LONGEST_WORD}, MOST_INGREDIENTS),
    }
    return {**plain, "properties": {**plain["properties"], **lists}}


def _list(of: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": of, "maxItems": most}


def said(settings: ModelSettings) -> Prompt:
    """The words that a model is asked with."""
    return prompt(STAGE, settings.language)


def request_of(subject: Subject, settings: ModelSettings, vocabulary: Vocabulary) -> ChatRequest:
    """What a model is asked of a name."""
    form = said(settings)
    between = form.words("between terms")
    shared = form.words("shared", efficacy=between.join(vocabulary.efficacy), kinds=between.join(vocabulary.kinds))
    lines = [f"{form.words('name')}: {subject.name}"]
    lines += [f"{form.words('title')}: {title}" for title in subject.titles[:MOST_TITLES]]
    request = asked(form, settings, Reply, form.words("own", product=fenced("product", lines)), shared)
    return replace(request, schema=schema(vocabulary))


def repair_of(request: ChatRequest, fault: Fault, settings: ModelSettings) -> ChatRequest:
    """The same question once more, with the unusable reply and what was wrong with it."""
    form = said(settings)
    quoted = as_data(fault.raw, LONGEST_QUOTED)
    before = (Message("assistant", quoted),) if quoted else ()
    again = Message("user", form.words("repair", fault=form.words(fault.kind.value)))
    return replace(request, messages=(*request.messages, *before, again))


def key_of(subject: Subject, settings: ModelSettings, vocabulary: Vocabulary) -> str:
    """What a reply about a name is kept under."""
    told = [STAGE, subject.name, list(subject.titles[:MOST_TITLES])]
    by = [settings.to_json(), said(settings).digest, dict(schema(vocabulary))]
    return digest_of([told, by])


def read(text: str, finish_reason: str, lexicon: Lexicon) -> Facts | Fault:
    """What a reply says, in the terms of the lexicon: another word for a term is that term, what is none is left out."""
    reply = read_shape(Reply, text, finish_reason)
    if isinstance(reply, Fault):
        return reply
    efficacy = _terms(reply.efficacy, {**_meaning(lexicon), **{term: term for term in lexicon.efficacy}})
    kinds = _terms(reply.kinds, {row.name: row.name for row in lexicon.categories.values() if row.parent})
    known = (*efficacy.known[:MOST_EFFICACY],), (*kinds.known[:MOST_KINDS],)
    ingredients = tuple(dict.fromkeys(_ingredients(reply.ingredients)))[:MOST_INGREDIENTS]
    return Facts(reply.known, *known, ingredients, reply.reason, (*efficacy.unknown, *kinds.unknown))


@dataclass(frozen=True, slots=True)
class _Terms:
    """Words as terms, and the words that are none."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


def _terms(said: Iterable[str], names: Mapping[str, str]) -> _Terms:
    plain = [normalise(word)[:LONGEST_WORD] for word in said]
    known = dict.fromkeys(names[word] for word in plain if word in names)
    return _Terms(tuple(known), tuple(dict.fromkeys(word for word in plain if word and word not in names)))


def _meaning(lexicon: Lexicon) -> dict[str, str]:
    """Every other word for an efficacy, with its term."""
    return {word: row.term for row in lexicon.efficacy.values() for word in row.synonyms}


def _ingredients(said: Iterable[str]) -> Iterable[str]:
    """Ingredients as words without what separates words in the files."""
    for word in said:
        plain = " ".join(normalise(word).replace("|", " ").split())
        if 0 < len(plain) <= LONGEST_WORD and any(map(str.isalpha, plain)):
            yield plain


def content_of(facts: Facts, lexicon: Lexicon, forms: Iterable[str] = ()) -> dict[str, Any]:
    """The entry of a medicine that the facts make, as its form has it; what nobody told is left empty."""
    tops = [lexicon.kinds_of(kind)[-1] for kind in facts.kinds[:1]]
    return {
        "category": tops[0] if tops else "",
        "kinds": list(facts.kinds),
        "efficacy": list(facts.efficacy),
        "forms": [form for form in dict.fromkeys(forms) if form in lexicon.forms],
        "ingredients": list(facts.ingredients),
    }
