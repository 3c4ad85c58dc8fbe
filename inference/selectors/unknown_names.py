"""Names of products of which the knowledge says nothing, or not what they are for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from annotation.models import Product
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.naming import named
from inference.models import NameInquiry, ProposedEntry
from inference.pipeline.model_stages.extension import MOST_TITLES
from inference.selectors.knowledge import State, lexicon_of, state_at
from inference.selectors.learning import first
from rules.engine.attributes import Attribute

ROWS = 500
MOST_FORMS = 4
LONGEST_TITLE = 200
SETTLED = frozenset({"proposed", "unsure"})
"""Outcomes after which the same model is not asked about a name again."""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name without its dosage form, the forms it comes in, some titles it stands in, and in how many products."""

    name: str
    forms: tuple[str, ...]
    titles: tuple[str, ...]
    products: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "forms": list(self.forms), "titles": list(self.titles)}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A state of the products, as far as their names go."""

    products: int
    updated: datetime | None


def unknown_names() -> tuple[UnknownName, ...]:
    """Those of the catalogue as it is, the most frequent first. Worked out once for each state of it."""
    seen = Product.objects.aggregate(products=Count("pk"), updated=Max("updated_at"))
    return _unknown(Catalogue(**seen), state_at())


def names_left() -> list[UnknownName]:
    """Those that nobody has to decide on or declined."""
    gone = set(_before_people())
    return [one for one in unknown_names() if one.name not in gone]


def names_to_ask(*, model: str, revision: str) -> list[UnknownName]:
    """Those that this model was not asked about, and that nobody has to decide on or declined."""
    gone = set(_settled(model, revision))
    return [one for one in names_left() if one.name not in gone]


@lru_cache(maxsize=2)
def _unknown(catalogue: Catalogue, knowledge: State) -> tuple[UnknownName, ...]:
    lexicon = lexicon_of(knowledge)
    titles: dict[str, list[str]] = defaultdict(list)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    for name, form, title in _named(lexicon):
        counts[name] += 1
        forms[name].update([form] if form else [])
        if len(titles[name]) < MOST_TITLES:
            titles[name].append(title[:LONGEST_TITLE])
    return tuple(
        UnknownName(
            name, tuple(form for form, _n in forms[name].most_common(MOST_FORMS)), tuple(titles[name]), products
        )
        for name, products in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )


def _named(lexicon: Lexicon) -> Iterator[tuple[str, str, str]]:
    """The name, the form and the title of every product whose name the knowledge can't use."""
    seen = lru_cache(maxsize=None)(lambda text: named(text, lexicon))
    rows = Product.objects.order_by("pk").values_list("title", "given", "parsed")
    for title, given, parsed in rows.iterator(ROWS):
        plain = first(parsed, Attribute.DOSAGE_FORM)
        said = first(given, Attribute.CORE_NAME) or (plain and first(parsed, Attribute.CORE_NAME))
        found = seen(said) if said else None
        known = lexicon.medicines.get(found.name) if found else None
        if found is None or (known is not None and known.efficacy):
            continue
        yield found.name, found.form, title


def _settled(model: str, revision: str) -> Iterator[str]:
    asked = NameInquiry.objects.filter(endpoint__model=model, endpoint__revision=revision)
    for names in asked.values_list("names", flat=True):
        yield from (one["name"] for one in names if one.get("outcome") in SETTLED)


def _before_people() -> Iterable[str]:
    """Names whose proposal waits for somebody, or was declined."""
    entries = ProposedEntry.objects.exclude(verdict__accepted=True)
    names: Iterable[str] = entries.values_list("name", flat=True).distinct()
    return names
