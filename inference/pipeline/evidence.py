"""Evidence for a query: passages searched (IS), near-identical ones counted once (ISPI), the others filtered (TF), read.

What was found is kept with what became of it, whether it serves as evidence or why it does not.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Found, Search
from inference.knowledge.terms import query_terms
from inference.pipeline.model_stages.consistency import context_of, dropped_by_model
from inference.pipeline.passage_filters import Candidate, Dropped, dissimilar, inconsistent, same_pages, unknown_names
from inference.pipeline.read_passage import PassageReading, read_passage
from inference.pipeline.reading import Gathered, Reading
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Evidence, PassageUse
from inference.pipeline.told import Listening
from rules.engine.attributes import Attribute

MOST_FOUND = 8
"""Passages searched for one query; more cost time on every query and changed nothing. At most MOST_KEPT are kept."""
MOST_KEPT = 6
EXCERPT = 90
ORIGIN = "evidence"
AGREEING = 0.6
"""Share of the passages that have an unknown word which must agree on what it stands for."""


Read = tuple[Candidate, PassageReading]


def gather(
    query: Reading,
    search: Search,
    lexicon: Lexicon,
    off: frozenset[Stage],
    listening: Listening | None = None,
) -> Evidence:
    """What the documents say about a query. Each of the three filters can be switched off.

    Where a model performs the last one, it is asked about what the lexicon leaves, and can only drop more.
    """
    found = tuple(map(Candidate.of, search(query.text, MOST_FOUND)))
    if not found:
        return Evidence()
    terms = query_terms(query.text)
    dropped: dict[int, Dropped] = {}
    if Stage.IDENTITY not in off:
        dropped |= same_pages(found)
    if Stage.SIMILARITY not in off:
        dropped |= dissimilar(found, terms, dropped)
    read = {at: (one, read_passage(one.found, lexicon)) for at, one in enumerate(found) if at not in dropped}
    if Stage.CONSISTENCY not in off:
        dropped |= inconsistent(query, read, lexicon)
    left: dict[int, Found] = {}
    if listening is not None and listening.asks(Stage.CONSISTENCY):
        left = {at: one.found for at, (one, _reading) in read.items() if at not in dropped}
        dropped |= dropped_by_model(query.text, left, listening)
    kept = [at for at in read if at not in dropped][:MOST_KEPT]
    uses = (
        use_of(one.found, found[0].found.score, dropped.get(at), read[at][1] if at in read else None, terms)
        for at, one in enumerate(found)
        if at in kept or at in dropped
    )
    unknown, evidence = unknown_names(query, lexicon), [read[at] for at in kept]
    passages = tuple(one.found for one in found)
    shown = tuple(" ".join(context_of(one)) for one in left.values())
    return Evidence(tuple(uses), named(unknown, evidence, lexicon), said(unknown, evidence), passages, shown)


def use_of(
    one: Found, best: float, dropped: Dropped | None, reading: PassageReading | None, terms: Sequence[str]
) -> PassageUse:
    """What became of a passage. Its score is relative to the best, which no other document added can change much."""
    return PassageUse(
        document=one.document,
        title=one.title,
        source=one.source,
        dated=one.dated,
        heading=one.heading,
        excerpt=excerpt(one.text, terms),
        score=round(one.score / best, 2) if best > 0 else 0.0,
        kept=dropped is None,
        why=dropped.why if dropped else "",
        detail=dropped.detail if dropped else "",
        terms=reading.efficacy if reading and dropped is None else (),
    )


def excerpt(text: str, terms: Sequence[str]) -> str:
    """The part of a passage around the first of the terms."""
    first = min((at for term in terms if (at := text.find(term)) >= 0), default=0)
    start = max(first - EXCERPT // 3, 0)
    return text[start : start + EXCERPT]


def named(unknown: Sequence[str], read: Sequence[Read], lexicon: Lexicon) -> tuple[str, ...]:
    """The known medicines that the titles with an unknown word name, where most agree."""
    titles = [
        tuple(name for name in reading.names if name in lexicon.medicines)
        for one, reading in read
        if any(word in one.title for word in unknown)
    ]
    return agreed(titles)


def said(unknown: Sequence[str], read: Sequence[Read]) -> tuple[str, ...]:
    """What most of the passages with an unknown word that tell a use say it is for."""
    uses = [reading.efficacy for one, reading in read if reading.efficacy and any(map(one.says, unknown))]
    return agreed(uses)


def agreed(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """What AGREEING of the lists hold, in the order met."""
    counts = Counter(value for one in lists for value in dict.fromkeys(one))
    return tuple(value for value, count in counts.items() if count >= AGREEING * len(lists))


def with_evidence(query: Reading, evidence: Evidence, lexicon: Lexicon) -> Reading:
    """The query with what the evidence tells of words that the lexicon knows nothing of.

    Only where nothing else in the query says what is wanted: knowledge is never overruled.
    """
    unknown = unknown_names(query, lexicon)
    if not unknown or names_known_goods(query, lexicon) or not (evidence.names or evidence.efficacy):
        return query
    start = max(query.text.find(unknown[0]), 0)
    gathered = Gathered()
    for name in evidence.names:
        gathered.add(Attribute.CORE_NAME, name, start, start + len(unknown[0]), ORIGIN)
        for term in lexicon.medicines[name].efficacy:
            gathered.add(Attribute.EFFICACY, term, start, start + len(unknown[0]), ORIGIN)
        for kind in lexicon.medicines[name].kinds:
            gathered.add(Attribute.CATEGORY, kind, start, start + len(unknown[0]), ORIGIN)
    for term in () if evidence.names else evidence.efficacy:
        gathered.add(Attribute.EFFICACY, term, start, start + len(unknown[0]), ORIGIN)
    added = gathered.frozen_values()
    values = {name: tuple(dict.fromkeys((*query.of(name), *added.get(name, ())))) for name in (*query.values, *added)}
    return replace(query, mentions=(*query.mentions, *gathered.mentions), values=values)


def names_known_goods(query: Reading, lexicon: Lexicon) -> bool:
    """Whether the query says in known words what is wanted."""
    cores = any(name in lexicon.medicines for name in query.of(Attribute.CORE_NAME))
    return cores or bool(query.of(Attribute.CATEGORY) or query.of(Attribute.EFFICACY))
