"""Writing documents: leaflets, knowledge entries told as text, passages that experts add."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from inference.enums import DocumentKind
from inference.knowledge.cutting import cut
from inference.models import Document, Passage
from inference.pipeline.key import digest_of
from inference.pipeline.read_passage import subject_of
from inference.selectors.knowledge import lexicon_in_use
from inference.services.passage_index import add_to_index, take_from_index
from inference.signals import documents_imported
from rules.services.audit import record, take_turn
from rules.services.permissions import require

PERMISSION = "inference.import_documents"
LONGEST = {"title": 300, "text": 50_000, "source": 300}
WRITTEN = ("kind", "title", "about", "source", "dated", "digest")


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it should be. `sections` are headings with texts of any length."""

    external_id: str
    kind: DocumentKind
    title: str
    source: str
    sections: tuple[tuple[str, str], ...]
    about: str = ""
    dated: date | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what somebody wrote. What it is `about` is read of that with the knowledge of the day."""
        dated = self.dated.isoformat() if self.dated else ""
        return digest_of([self.kind.value, self.title, self.source, dated, self.sections])


@dataclass(slots=True)
class Stored:
    """What storing documents came to. `changed` are the ids of those made or replaced."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    passages: int = 0
    changed: list[int] = field(default_factory=list)


def store_documents(*, drafts: Iterable[Draft], by: User | None, reason: str = "") -> Stored:
    """Make documents, and give those whose content changed new passages. Storing the same again changes nothing.

    `by` is None for what a command does. `reason` says in the audit trail where they come from, a file for example.
    """
    if by:
        require(by, PERMISSION)
    wanted = {draft.external_id: draft for draft in drafts}
    with transaction.atomic():
        take_turn()  # two who import the same at once: the second finds what the first stored
        known = {one.external_id: one for one in Document.objects.select_for_update().filter(external_id__in=wanted)}
        differing = [draft for key, draft in wanted.items() if key not in known or known[key].digest != draft.digest]
        stored = Stored(
            created=sum(draft.external_id not in known for draft in differing),
            updated=sum(draft.external_id in known for draft in differing),
            unchanged=len(wanted) - len(differing),
        )
        if differing:
            documents = write_documents(differing, known, by)
            stored.passages = write_passages(zip(documents, differing, strict=True))
            stored.changed = [document.pk for document in documents]
            record(by=by, verb="documents.stored", subject=named(documents), data=told(stored, documents, reason))
            announce(stored, differing[0].kind, by)
    return stored


def write_documents(drafts: Sequence[Draft], known: dict[str, Document], by: User | None) -> list[Document]:
    """The rows of documents, in the order of their drafts; what they had of passages is gone."""
    found = [known.get(draft.external_id) or Document(external_id=draft.external_id, created_by=by) for draft in drafts]
    for document, draft in zip(found, drafts, strict=True):
        for name in WRITTEN:
            setattr(document, name, getattr(draft, name))
    old = [document for document in found if document.pk is not None]
    drop_passages(old)
    if old:
        Document.objects.bulk_update(old, WRITTEN)
    Document.objects.bulk_create([document for document in found if document.pk is None])
    return found


def drop_passages(documents: Sequence[Document]) -> None:
    """Take the passages of documents out of the index and out of the database."""
    passages = list(Passage.objects.filter(document__in=documents).values_list("pk", flat=True)) if documents else []
    if passages:
        take_from_index(passages)
        Passage.objects.filter(pk__in=passages).delete()


def write_passages(pairs: Iterable[tuple[Document, Draft]]) -> int:
    """Cut every section into passages, store and index them; how many."""
    rows = [
        Passage(document=document, ordinal=ordinal, heading=heading, text=text)
        for document, draft in pairs
        for ordinal, (heading, text) in enumerate(
            (heading, part) for heading, section in draft.sections for part in cut(section)
        )
    ]
    Passage.objects.bulk_create(rows)
    add_to_index([row.pk for row in rows])
    return len(rows)


def told(stored: Stored, documents: Sequence[Document], reason: str) -> dict[str, object]:
    """What the audit trail keeps: how many, where from, and which content by digest."""
    digests = "\n".join(f"{one.external_id} {one.digest}" for one in documents)
    return {
        "created": stored.created,
        "updated": stored.updated,
        "unchanged": stored.unchanged,
        "passages": stored.passages,
        "title": documents[0].title if len(documents) == 1 else "",
        "file": reason,
        "digest": hashlib.sha256(digests.encode()).hexdigest(),
    }


def named(documents: Sequence[Document]) -> str:
    """What an event is about: the document, or documents of a kind."""
    return f"document:{documents[0].pk}" if len(documents) == 1 else f"documents:{documents[0].kind}"


def announce(stored: Stored, kind: DocumentKind, by: User | None) -> None:
    """Tell the edges, once it is certain."""
    ids, by_id = tuple(stored.changed), by.pk if by else None
    transaction.on_commit(
        lambda: documents_imported.send(sender=Document, kind=kind.value, document_ids=ids, by_id=by_id)
    )


def add_passage(*, by: User | AnonymousUser, title: str, text: str, source: str, dated: date | None = None) -> Document:
    """A passage that an expert adds, as a document of its own."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    draft = passage_draft(f"passage-{uuid.uuid4().hex}", title, text, source, dated)
    store_documents(drafts=[draft], by=by)
    return Document.objects.get(external_id=draft.external_id)


def replace_passage(
    *, by: User | AnonymousUser, document: Document, title: str, text: str, source: str, dated: date | None = None
) -> Document:
    """Write a passage anew that somebody added. Leaflets and entries change by importing them again."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    if document.kind != DocumentKind.PASSAGE:
        raise ValidationError(
            _("Only a passage that a person added can be rewritten here. Import a leaflet again instead.")
        )
    store_documents(drafts=[passage_draft(document.external_id, title, text, source, dated)], by=by)
    return Document.objects.get(pk=document.pk)


def passage_draft(external_id: str, title: str, text: str, source: str, dated: date | None) -> Draft:
    """A checked passage; ValidationError says which field is wrong."""
    values = {"title": title.strip(), "text": text.strip(), "source": source.strip()}
    errors: dict[str, str] = {}
    for name, value in values.items():
        if not value:
            errors[name] = _("This may not be empty.")
        elif len(value) > LONGEST[name]:
            errors[name] = _("This has %(found)s characters; %(most)s are allowed.") % {
                "found": len(value),
                "most": LONGEST[name],
            }
        elif "\0" in value:
            errors[name] = _("This holds a character that can't be stored.")
    if errors:
        raise ValidationError(errors)
    sections = (("", values["text"]),)
    about = subject_of(values["title"], lexicon_in_use())
    return Draft(external_id, DocumentKind.PASSAGE, values["title"], values["source"], sections, about, dated)


def remove_document(*, by: User | AnonymousUser, document: Document) -> None:
    """Remove a document with its passages. The audit trail keeps what it was."""
    require(by, PERMISSION)
    assert isinstance(by, User)
    with transaction.atomic():
        row = Document.objects.select_for_update().filter(pk=document.pk).first()
        if row is None:
            raise ValidationError(_("Somebody else removed this document already."))
        drop_passages([row])
        row.delete()
        data = {"kind": row.kind, "title": row.title, "name": row.external_id, "digest": row.digest}
        record(by=by, verb="document.removed", subject=f"document:{document.pk}", data=data)
