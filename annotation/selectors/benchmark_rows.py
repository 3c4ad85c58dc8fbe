"""The labelled pairs of a benchmark as the rows of a release, with where each label comes from."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.conf import settings

from annotation.enums import LabelKind
from annotation.manifest import Answer, Provenance, Row, in_order
from annotation.models import Assignment, Benchmark, BenchmarkPair, Label, ProductImage, QueuedPair
from rules.engine.attributes import Attribute

BATCH = 2000
ATTRIBUTES = tuple(attribute.value for attribute in Attribute)
MEMBER = (
    *("pair_id", "must_hold", "pair__external_id", "pair__query__text", "pair__product_id"),
    *("pair__product__external_id", "pair__product__title", "pair__product__given", "pair__product__parsed"),
    *("label__level", "label__kind", "label__source", "label__votes", "label__note", "label__created_at"),
    *("label__created_by__username", "label__created_by_id", "label__guideline__number"),
)


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A row with the pair it is of."""

    pair: int
    row: Row


class Names:
    """How people are called in a release: by their account, or by a name that says nothing of them.

    That name is the same in every release of a benchmark, and another in every other benchmark.
    """

    def __init__(self, benchmark: Benchmark, *, accounts: bool) -> None:
        self.key = f"{settings.SECRET_KEY} {benchmark.slug}".encode()
        self.accounts = accounts
        self.known: dict[int, str] = {}

    def of(self, person: int | None, username: str | None) -> str:
        """What to call somebody; nothing for nobody."""
        if person is None or username is None:
            return ""
        return username if self.accounts else self.known.setdefault(person, self._hidden(person))

    def _hidden(self, person: int) -> str:
        return f"person-{hmac.new(self.key, str(person).encode(), hashlib.sha256).hexdigest()[:8]}"


def live_rows(benchmark: Benchmark, *, accounts: bool = False) -> list[LiveRow]:
    """What a release would hold now, in its order."""
    names = Names(benchmark, accounts=accounts)
    found: dict[str, int] = {}
    rows = []
    for members in _batches(BenchmarkPair.objects.filter(benchmark=benchmark).order_by("id").values(*MEMBER)):
        beside = _Beside.of(benchmark, members, names)
        for member in members:
            row = _row(member, beside, names)
            found[row.pair_id] = member["pair_id"]
            rows.append(row)
    return [LiveRow(found[row.pair_id], row) for row in in_order(rows)]


def name_of_pair(pk: int, external_id: str | None) -> str:
    """What a pair is called in files."""
    return external_id or f"pair-{pk}"


def attributes_in(given: Mapping[str, Sequence[str]], parsed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What is known of a product: what the merchant gave, and where that is silent what the title says."""
    return {name: list(values) for name in ATTRIBUTES if (values := given.get(name) or parsed.get(name))}


def category_in(attributes: Mapping[str, Sequence[str]]) -> str:
    """The first category of a product; empty where it has none."""
    return next(iter(attributes.get(Attribute.CATEGORY.value, ())), "")[:200]


def images_by_product(products: Iterable[int]) -> dict[int, list[str]]:
    """The digests of products' photographs, in their order."""
    found: dict[int, list[str]] = defaultdict(list)
    images = ProductImage.objects.filter(product__in=list(products)).order_by("product", "position", "id")
    for product, digest in images.values_list("product_id", "sha256"):
        found[product].append(digest)
    return found


@dataclass(frozen=True, slots=True)
class _Beside:
    """What belongs to the pairs of a batch, by pair (images: by product)."""

    images: Mapping[int, Sequence[str]]
    queued: Mapping[int, tuple[str, bool]]
    answers: Mapping[int, Sequence[Answer]]
    models: Mapping[int, Sequence[Answer]]

    @classmethod
    def of(cls, benchmark: Benchmark, members: Sequence[Mapping[str, Any]], names: Names) -> "_Beside":
        pairs = [member["pair_id"] for member in members]
        queued = QueuedPair.objects.filter(benchmark=benchmark, pair__in=pairs)
        return cls(
            images=images_by_product({member["pair__product_id"] for member in members}),
            queued={
                pair: (category, hard) for pair, category, hard in queued.values_list("pair", "category", "is_hard")
            },
            answers=_answers(benchmark, pairs, names),
            models=_models(benchmark, pairs),
        )


def _answers(benchmark: Benchmark, pairs: Sequence[int], names: Names) -> dict[int, list[Answer]]:
    """What people said of pairs: of each the label that counts."""
    done = Assignment.objects.filter(
        queued__benchmark=benchmark, queued__pair__in=pairs, queued__gold="", label__isnull=False
    )
    fields = ("person", "person__username", "label__level", "label__created_at", "label__guideline__number")
    found: dict[int, list[Answer]] = defaultdict(list)
    for pair, person, username, level, at, guideline in done.values_list("queued__pair", *fields).order_by("id"):
        found[pair].append(Answer(names.of(person, username), level, said_at(at), guideline))
    return {pair: sorted(said, key=lambda one: one.by) for pair, said in found.items()}


def _models(benchmark: Benchmark, pairs: Sequence[int]) -> dict[int, list[Answer]]:
    """The votes of models: of each model its last one."""
    votes = Label.objects.filter(benchmark=benchmark, kind=LabelKind.MODEL, pair__in=pairs).order_by("id")
    found: dict[int, dict[str, Answer]] = defaultdict(dict)
    for pair, source, level, at in votes.values_list("pair", "source", "level", "created_at"):
        found[pair][source] = Answer(source, level, said_at(at))
    return {pair: [said[name] for name in sorted(said)] for pair, said in found.items()}


def _row(member: Mapping[str, Any], beside: _Beside, names: Names) -> Row:
    pair = member["pair_id"]
    answers = tuple(beside.answers.get(pair, ())) if member["label__kind"] != LabelKind.GIVEN else ()
    votes = tuple(answer.level for answer in answers) or tuple(map(str, member["label__votes"]))
    category, hard = beside.queued.get(pair, ("", False))
    attributes = attributes_in(member["pair__product__given"], member["pair__product__parsed"])
    return Row(
        pair_id=name_of_pair(pair, member["pair__external_id"]),
        query=member["pair__query__text"],
        product_id=member["pair__product__external_id"],
        title=member["pair__product__title"],
        level=member["label__level"],
        label=_provenance(member, answers, tuple(beside.models.get(pair, ())), names),
        votes=votes,
        attributes=attributes,
        images=tuple(beside.images.get(member["pair__product_id"], ())),
        category=category or category_in(attributes),
        hard=hard or len(set(votes)) > 1,
        must_hold=member["must_hold"],
    )


def _provenance(
    member: Mapping[str, Any], answers: tuple[Answer, ...], models: tuple[Answer, ...], names: Names
) -> Provenance:
    """Where a label comes from. Nobody gave one on which people agreed: their answers say who they were."""
    kind = member["label__kind"]
    is_agreed = kind == LabelKind.AGREED
    numbers = [answer.guideline for answer in answers if answer.guideline is not None]
    return Provenance(
        kind=kind,
        by="" if is_agreed else names.of(member["label__created_by_id"], member["label__created_by__username"]),
        source=member["label__source"],
        at=said_at(member["label__created_at"]),
        guideline=member["label__guideline__number"] or max(numbers, default=None),
        note=member["label__note"],
        answers=answers,
        models=models,
    )


def said_at(moment: datetime) -> str:
    """A moment as it is written in files."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows, so many at a time. They are read at once, so that no cursor stays open."""
    left = iter(list(rows))
    while batch := list(islice(left, BATCH)):
        yield batch
