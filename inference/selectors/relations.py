"""How an entry of the knowledge relates to others, and which judgments and documents speak of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from inference.enums import RunState
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind, Medicine, Need
from inference.knowledge.references import Place, naming
from inference.models import Document, Judgment, Run
from inference.selectors.runs import standing_runs
from rules.engine.attributes import gettext_noop

SHOWN = 30
JUDGMENTS_SEARCHED = 20_000
"""Judgments of a run whose traces are looked through; more would take too long for a page."""

NAMED_IN: Mapping[Place, str] = {
    (Kind.EFFICACY, "broader"): gettext_noop("Narrower terms"),
    (Kind.CATEGORY, "parent"): gettext_noop("Categories in it"),
    (Kind.FORM, "parent"): gettext_noop("Forms that are a kind of it"),
    (Kind.POPULATION, "broader"): gettext_noop("Populations that belong to it"),
    (Kind.POPULATION, "excludes"): gettext_noop("Populations that exclude it"),
    (Kind.BRAND, "stands_for"): gettext_noop("Brands that stand for it"),
    (Kind.BRAND, "form"): gettext_noop("Brands in this form"),
    (Kind.NEED, "efficacy"): gettext_noop("Needs that mean it"),
    (Kind.NEED, "category"): gettext_noop("Needs that ask for it"),
    (Kind.NEED, "population"): gettext_noop("Needs that speak of it"),
    (Kind.MEDICINE, "relatives"): gettext_noop("Entries that name it as a relative"),
    (Kind.MEDICINE, "efficacy"): gettext_noop("Medicines and goods for it"),
    (Kind.MEDICINE, "kinds"): gettext_noop("Medicines and goods in it"),
    (Kind.MEDICINE, "category"): gettext_noop("Medicines and goods with this top category"),
    (Kind.MEDICINE, "forms"): gettext_noop("Medicines and goods in this form"),
    (Kind.MEDICINE, "population"): gettext_noop("Medicines and goods made for it"),
    (Kind.MEDICINE, "contraindicated"): gettext_noop("Medicines and goods contraindicated for it"),
}
"""How the entries that name an entry are called, by their kind and the field in which they name it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind that relate to an entry alike; `names` are the first of `total`.

    `place` is the field that they name it in; empty where they relate in another way.
    """

    label: str
    kind: Kind
    names: tuple[str, ...]
    total: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """An efficacy term with those that it stands to in each way, whichever of the two entries says so."""

    name: str
    near: tuple[str, ...]
    complementary: tuple[str, ...]
    opposed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """The judgments of a run that an entry had part in. `searched` of the run's judgments were looked through."""

    run: Run
    judgments: "QuerySet[Judgment]"
    searched: int
    all_searched: bool


def named_in(kind: Kind, name: str, lexicon: Lexicon) -> list[Group]:
    """The entries that name this one, by the way in which they do."""
    places = naming(kind, name, lexicon)
    return [
        Group(label, place[0], places[place][:SHOWN], len(places[place]), place[1])
        for place, label in NAMED_IN.items()
        if place in places
    ]


def led_by_needs(kind: Kind, name: str, lexicon: Lexicon) -> list[Group]:
    """For a medicine the needs that it may serve, for a need the medicines that may serve it: the most alike first."""
    medicine = lexicon.medicines.get(name) if kind is Kind.MEDICINE else None
    need = lexicon.needs.get(name) if kind is Kind.NEED else None
    if medicine:
        scored = {one.says: alike(one, medicine) for one in lexicon.needs.values()}
        return grouped(gettext_noop("Needs that lead to it"), Kind.NEED, scored)
    if need:
        scored = {one.name: alike(need, one) for one in lexicon.medicines.values()}
        return grouped(gettext_noop("Medicines and goods that may serve it"), Kind.MEDICINE, scored)
    return []


def alike(need: Need, medicine: Medicine) -> float:
    """How well a medicine serves a need: by the terms both have, those named first counting more."""
    if need.population and medicine.population and not set(need.population) & set(medicine.population):
        return 0.0
    terms = medicine.efficacy
    shared = sum(1 / (1 + terms.index(term)) for term in need.efficacy if term in terms)
    return shared + len(set(need.category) & set(medicine.kinds))


def grouped(label: str, kind: Kind, scored: Mapping[str, float]) -> list[Group]:
    """The names with a score, the highest first, as one group; none where no name has one."""
    names = sorted((name for name, score in scored.items() if score), key=lambda name: -scored[name])
    return [Group(label, kind, tuple(names[:SHOWN]), len(names))] if names else []


def terms_of(names: Sequence[str], lexicon: Lexicon) -> list[Term]:
    """Efficacy terms with how they relate to others."""
    rows = [lexicon.efficacy[name] for name in names if name in lexicon.efficacy]
    return [
        Term(row.term, tuple(sorted(row.near)), tuple(sorted(row.complementary)), tuple(sorted(row.opposed)))
        for row in rows
    ]


def lies_in(kind: Kind, name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What an entry is part of, the widest first and the entry itself last."""
    upwards: Mapping[Kind, Callable[[str], tuple[str, ...]]] = {
        Kind.EFFICACY: lexicon.broader_efficacy,
        Kind.CATEGORY: lexicon.kinds_of,
        Kind.FORM: lexicon.forms_of,
        Kind.POPULATION: lexicon.populations_of,
    }
    return tuple(reversed(upwards[kind](name))) if kind in upwards else ()


def documents_about(name: str) -> "QuerySet[Document]":
    """The documents about a medicine."""
    return Document.objects.filter(about=name).order_by("pk")


def touched_by(kind: Kind, name: str) -> Touched | None:
    """The judgments whose trace names an entry, of the newest run as the search stands; None before the first run.

    A trace keeps names of entries as whole JSON texts; of a need it keeps only what it means, hence the query.
    """
    finished = standing_runs().filter(state=RunState.FINISHED)
    run = finished.select_related("release", "benchmark").order_by("-pk").first()
    if run is None:
        return None
    mine = Judgment.objects.filter(run=run).order_by("pk")
    last = mine.values("pk")[:JUDGMENTS_SEARCHED].aggregate(last=Max("pk"))["last"] or 0
    searched = mine.filter(pk__lte=last)
    if kind is Kind.NEED:
        found = searched.filter(pair__query__text__icontains=name)
    else:
        # SQLite keeps JSON as it was written: letters beyond ASCII as themselves, or escaped in traces of older versions.
        written = {json.dumps(name, ensure_ascii=escaped) for escaped in (False, connection.vendor == "sqlite")}
        told = reduce(or_, (Q(told__contains=text) for text in written))
        found = searched.annotate(told=Cast("traced__content", TextField())).filter(told)
    count = searched.count()
    return Touched(run, found.select_related("pair__query", "pair__product"), count, run.total <= count)
