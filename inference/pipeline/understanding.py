"""Understanding a pair: every stage before the rules, from the two texts to how they compare."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.passages import Found, Search, local_search, no_search
from inference.knowledge.tables import Tables
from inference.pipeline.algorithm1 import mismatched
from inference.pipeline.align import align
from inference.pipeline.believed import believed, units_of
from inference.pipeline.case import Case, Picture
from inference.pipeline.compare import Comparison, compare
from inference.pipeline.evidence import gather, with_evidence
from inference.pipeline.instructing import flags_of
from inference.pipeline.key import digest_of
from inference.pipeline.model_part import Flag
from inference.pipeline.model_stages import entities
from inference.pipeline.model_stages import rewrite as rewrite_by_model
from inference.pipeline.model_stages.images import flags_heard
from inference.pipeline.parameters import Parameters
from inference.pipeline.read_product import read_product
from inference.pipeline.read_query import common_names, read_query, tags_of
from inference.pipeline.reading import Reading
from inference.pipeline.recall import broadened
from inference.pipeline.rewrite import rewrite
from inference.pipeline.stages import Stage
from inference.pipeline.steps import Asked, Evidence, ProductCheck, Rewritten
from inference.pipeline.told import ALL_LEXICAL, ByModel, Listening, NotTold, ToldPart, Unit
from inference.pipeline.trace import Mention, SideReading
from rules.engine.attributes import Attribute, Facts, Values

QUERIES_KEPT = 4096
PRODUCTS_KEPT = 2048
MOST_READ = 1000
"""Characters of a text in which words are looked for, so that a text without end takes no time; rules see all of it."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that is known of a pair before any rule is looked at. Deciding it takes microseconds.

    `knowledge` digests what of the lexicon, the documents, the catalogue and the pictures the pair rests on.
    `found` are the passages that the search gave for the query, used or not, `told` what models said at stages.
    `plain` is what rules read of it without any model, where that is something else: a hard effect binds by either.
    `found_plain` are the passages that were found for that reading.
    `flags` are words that try to instruct the models that perform stages; nothing where none does.
    """

    query: SideReading
    product: SideReading
    facts: Facts
    comparison: Comparison
    asked: Asked
    check: ProductCheck
    knowledge: str
    images: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    told: tuple[ToldPart, ...] = ()
    plain: Facts | None = None
    found_plain: tuple[Found, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def mismatched(self) -> frozenset[Attribute]:
        """The attributes on which the product is not what the query asks for, by the one reading or the other."""
        return self.facts.mismatched | self.missed_plainly

    @property
    def missed_plainly(self) -> frozenset[Attribute]:
        """Those of them that only the reading without any model has: what must match has to match by either."""
        return self.plain.mismatched - self.facts.mismatched if self.plain else frozenset()


@dataclass(frozen=True, slots=True)
class ReadSide:
    """A side as a trace shows it, its `values` as rules read them, and as it is `told` to the digest of a pair."""

    shown: SideReading
    values: Values
    told: str


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """A query after the stages that need no product."""

    reading: Reading
    side: ReadSide
    asked: Asked
    digest: str
    found: tuple[Found, ...] = ()
    heard: tuple[ToldPart, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What is read of a product: its normalised title and what the catalogue and its pictures say."""

    title: str
    attributes: tuple[tuple[Attribute, frozenset[str]], ...]
    indication: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product after the stages that need no query. `told` is its check as it is told to the digest of a pair."""

    reading: Reading
    side: ReadSide
    check: ProductCheck
    told: str
    heard: tuple[ToldPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadSides:
    """Both sides, each read alone."""

    query: ReadQuery
    product: ReadProduct


class Reader:
    """The stages before the rules, over one lexicon and one search; `by_model` says which of them models perform.

    A query is read once, whatever it is held against, and a product once, whatever is asked for. Reading raises
    NotTold where a model has to be asked first, and StageFailed where one failed: neither is remembered.
    """

    def __init__(
        self, lexicon: Lexicon, parameters: Parameters, search: Search = no_search, by_model: ByModel = ALL_LEXICAL
    ) -> None:
        self.lexicon = reduced(lexicon, parameters.switched_off)
        self.parameters = parameters
        self.search = search
        self.off = parameters.switched_off
        self.by_model = by_model
        self._plain = Reader(lexicon, parameters, local_search(search)) if by_model.stages else None
        self.ask: Callable[[str], ReadQuery] = lru_cache(maxsize=QUERIES_KEPT)(self._ask)
        self.show: Callable[[Given], ReadProduct] = lru_cache(maxsize=PRODUCTS_KEPT)(self._show)

    def understand(self, query_text: str, title: str, case: Case) -> Understanding:
        """A pair by its normalised texts, with what the catalogue knows of the product."""
        read = self._both(query_text, Given(title, tuple(case.given.items()), case.indication, case.pictures))
        asked, shown, heard = read.query, read.product, (*read.query.heard, *read.product.heard)
        query = align(asked.reading, shown.reading, self.lexicon, mended=Stage.REWRITE not in self.off)
        side = asked.side if query is asked.reading else self._side(query)
        comparison = compare(query, shown.reading, self.lexicon, self.parameters)
        by_model = Listening(self.by_model, self.off).asks(Stage.IMAGES)
        text = query.text if asked.asked.original == query.text else f"{query.text}\n{asked.asked.original}"
        facts = Facts(side.values, shown.side.values, text, title, mismatched(comparison))
        plain = self._plain.understand(query_text, title, case) if self._plain else None
        return Understanding(
            query=side.shown,
            product=shown.side.shown,
            facts=facts,
            comparison=comparison,
            asked=asked.asked,
            check=shown.check,
            knowledge=digest_of(
                [
                    *(asked.digest, title, side.told, shown.side.told, repr(comparison), shown.told),
                    *(part.deciding for part in heard),
                    *(sorted(plain.facts.mismatched - facts.mismatched) if plain else ()),
                ]
            ),
            images=tuple(picture.sha256 for picture in case.pictures if picture.is_read or by_model),
            found=asked.found,
            told=heard,
            plain=plain.facts if plain and plain.facts != facts else None,
            found_plain=plain.found if plain else (),
            flags=self._flags(case, asked, heard),
        )

    def _flags(self, case: Case, asked: ReadQuery, heard: Iterable[ToldPart]) -> tuple[Flag, ...]:
        if not self.by_model.stages:
            return ()
        return tuple(dict.fromkeys((*flags_of(case, asked.asked.passages, asked.shown), *flags_heard(heard))))

    def _both(self, query_text: str, given: Given) -> ReadSides:
        """Both sides. Raises NotTold with all that is missing on either, so that it is asked for together."""
        missing: list[Unit] = []
        try:
            asked = self.ask(query_text)
        except NotTold as error:
            missing += error.units
        try:
            shown = self.show(given)
        except NotTold as error:
            missing += error.units
        if missing:
            raise NotTold(*missing)
        return ReadSides(asked, shown)

    def _ask(self, text: str) -> ReadQuery:
        listening = Listening(self.by_model, self.off)
        rewritten = self._rewritten(text[:MOST_READ], listening)
        reading = read_query(rewritten.text, self.lexicon)
        more = self._recognised(reading, entities.of_query(reading.text), listening)
        reading = entities.with_entities(reading, more, self.lexicon)
        evidence = Evidence()
        if Stage.SEARCH not in self.off:
            evidence = gather(reading, self.search, self.lexicon, self.off, listening)
            reading = with_evidence(reading, evidence, self.lexicon)
        names = common_names(reading, self.lexicon, rewritten.rewrites)
        tags = tags_of(reading, self.lexicon) if rewritten.tags is None else rewritten.tags
        asked = Asked(text, rewritten.rewrites, tags, names, evidence.passages)
        heard = tuple(listening.parts)
        side = self._side(reading)
        return ReadQuery(reading, side, asked, digest_of(repr(asked)), evidence.found, heard, evidence.shown)

    def _rewritten(self, text: str, listening: Listening) -> Rewritten:
        """The query as it is read on."""
        checked = Stage.CHANGE_CHECK not in self.off
        if listening.asks(Stage.REWRITE):
            (said,) = listening.hear(Unit(Stage.REWRITE, text))
            listening.note(Stage.REWRITE, "query", text, said)
            return rewrite_by_model.rewritten_as(text, said.output, self.lexicon, checked=checked)
        if Stage.REWRITE in self.off:
            return Rewritten(text, text)
        return rewrite(text, self.lexicon, checked=checked)

    def _show(self, given: Given) -> ReadProduct:
        listening = Listening(self.by_model, self.off)
        case = Case("", given.title, dict(given.attributes), given.indication, given.pictures)
        read = read_product(case, given.title[:MOST_READ], self.lexicon)
        title = entities.of_title(read.text, case)
        names = (title,) if listening.asks(Stage.ENTITIES) else ()
        listening.hear(*names, *units_of(read, case, listening))  # all that is missing is asked about together
        more = self._recognised(read, title, listening)
        found = believed(read, case, self.lexicon, listening)
        reading, told = entities.with_entities(found.reading, more, self.lexicon), repr(found.check)
        return ReadProduct(reading, self._side(reading), found.check, told, tuple(listening.parts))

    def _recognised(self, reading: Reading, unit: Unit, listening: Listening) -> tuple[Mention, ...]:
        """What a model recognises in a text beside what was read of it, where one is asked."""
        if not listening.asks(Stage.ENTITIES):
            return ()
        (said,) = listening.hear(unit)
        found = entities.recognised(reading, said.output, self.lexicon)
        listening.note(Stage.ENTITIES, unit.context[0], unit.text, said, found.notes)
        return found.mentions

    def _side(self, reading: Reading) -> ReadSide:
        side = reading.side()
        return ReadSide(side, broadened(reading, self.lexicon), repr(side))


@lru_cache(maxsize=4)
def reduced(lexicon: Lexicon, off: frozenset[Stage]) -> Lexicon:
    """What is left of a lexicon for a chain that recognises no names, or knows names by their common one alone."""
    if Stage.ENTITIES in off:
        return Lexicon(Tables(digest=f"nothing of {lexicon.digest}"))
    if Stage.COMMON_NAME not in off:
        return lexicon
    tables = lexicon.tables
    medicines = tuple(replace(row, aliases=()) for row in tables.medicines)
    brands = tuple(replace(row, stands_for="") for row in tables.brands)
    return Lexicon(replace(tables, medicines=medicines, brands=brands, digest=f"common names of {lexicon.digest}"))
