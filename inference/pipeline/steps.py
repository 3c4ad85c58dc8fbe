"""What the stages around the reading of a pair found: rewrites, passages, the check of the product. Typed outputs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inference.knowledge.passages import Found
from rules.engine.attributes import Attribute, gettext_noop


class RewriteKind(StrEnum):
    """What was taken for wrong or unusual in the words of a query."""

    TRADITIONAL = "traditional"
    PINYIN = "pinyin"
    HOMOPHONE = "homophone"
    TYPO = "typo"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return REWRITE_LABELS[self]


REWRITE_LABELS = {
    RewriteKind.TRADITIONAL: gettext_noop("traditional characters"),
    RewriteKind.PINYIN: gettext_noop("pinyin"),
    RewriteKind.HOMOPHONE: gettext_noop("homophone"),
    RewriteKind.TYPO: gettext_noop("typing error"),
}


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One change of the query's words (QI). `kept` is False where the query-change check (QC) refused it, `why` says so.

    `why` is the name of a reason, for the page to word; empty where the change was kept.
    """

    kind: RewriteKind
    before: str
    after: str
    kept: bool = True
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "kind": self.kind.value,
            "before": self.before,
            "after": self.after,
            "kept": self.kept,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query as given (normalised) and as it is read on, with every change tried; `tags` where a model gave some."""

    original: str
    text: str
    rewrites: tuple[Rewrite, ...] = ()
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CommonName:
    """Words of the query that stand for a medicine by another name than its common one (CN)."""

    said: str
    name: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"said": self.said, "name": self.name}


@dataclass(frozen=True, slots=True)
class PassageUse:
    """A passage that the search found, and whether it was kept as evidence.

    `document` identifies it to the page that shows it; `source` says where it comes from and `dated` of what day it
    is (ISO, or empty). `why` names what dropped it: `same_page` (ISPI), `dissimilar` or `inconsistent` (TF). `detail`
    are the words that decided, `terms` the efficacy terms read in a passage kept.
    """

    document: str
    title: str
    source: str
    dated: str
    heading: str
    excerpt: str
    score: float
    kept: bool = True
    why: str = ""
    detail: str = ""
    terms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "document": self.document,
            "title": self.title,
            "source": self.source,
            "dated": self.dated,
            "heading": self.heading,
            "excerpt": self.excerpt,
            "score": round(self.score, 3),
            "kept": self.kept,
            "why": self.why,
            "detail": self.detail,
            "terms": list(self.terms),
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the search found for one query, and what was read of the passages kept: medicines and efficacy terms.

    `found` are the passages as the search gave them, so that the same evidence can be read again. `shown` are the texts
    of those that a model was asked about.
    """

    passages: tuple[PassageUse, ...] = ()
    names: tuple[str, ...] = ()
    efficacy: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the query before it is held against a product."""

    original: str
    rewrites: tuple[Rewrite, ...] = ()
    tags: tuple[str, ...] = ()
    common_names: tuple[CommonName, ...] = ()
    passages: tuple[PassageUse, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "original": self.original,
            "rewrites": [one.to_json() for one in self.rewrites],
            "tags": list(self.tags),
            "common_names": [one.to_json() for one in self.common_names],
            "passages": [one.to_json() for one in self.passages],
        }


@dataclass(frozen=True, slots=True)
class Trick:
    """Words of a title that claim what the product does not own: `title[start:end]` says `value`.

    `kind` is the name of the trick, for the page to word; `against` is what the title says it is instead.
    """

    kind: str
    attribute: Attribute
    value: str
    start: int
    end: int
    against: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "kind": self.kind,
            "attribute": self.attribute.value,
            "value": self.value,
            "start": self.start,
            "end": self.end,
            "against": self.against,
        }


class Consistency(StrEnum):
    """How a picture stands to the title on one attribute (AR-Med, Table 6)."""

    CONSISTENT = "consistent"
    PARTLY = "partly"
    INCONSISTENT = "inconsistent"
    NOT_SHOWN = "not_shown"

    @property
    def label(self) -> str:
        """Its English name, the key of its translation."""
        return CONSISTENCY_LABELS[self]


CONSISTENCY_LABELS = {
    Consistency.CONSISTENT: gettext_noop("consistent"),
    Consistency.PARTLY: gettext_noop("partly consistent"),
    Consistency.INCONSISTENT: gettext_noop("inconsistent"),
    Consistency.NOT_SHOWN: gettext_noop("not shown"),
}


@dataclass(frozen=True, slots=True)
class AttributeMatch:
    """One attribute, title and picture. `words` are indices into the words read on the picture."""

    attribute: Attribute
    consistency: Consistency
    title: tuple[str, ...]
    picture: tuple[str, ...]
    words: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "attribute": self.attribute.value,
            "consistency": self.consistency.value,
            "title": list(self.title),
            "picture": list(self.picture),
            "words": list(self.words),
        }


@dataclass(frozen=True, slots=True)
class PictureMatch:
    """One picture of the product held against its title."""

    sha256: str
    matches: tuple[AttributeMatch, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"sha256": self.sha256, "matches": [one.to_json() for one in self.matches]}


@dataclass(frozen=True, slots=True)
class ProductCheck:
    """What the product stage found (SI): the product's standard name, tricks in its title, its pictures."""

    standard_name: str = ""
    tricks: tuple[Trick, ...] = ()
    pictures: tuple[PictureMatch, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "standard_name": self.standard_name,
            "tricks": [one.to_json() for one in self.tricks],
            "pictures": [one.to_json() for one in self.pictures],
        }
