"""Asking a model about names that the knowledge lacks: a round is settled, asked batch by batch, and can be stopped."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.engines.asking import Asking
from inference.engines.protocol import ChatFailure, ChatRequest, Endpoint
from inference.enums import EndpointKind, RunState
from inference.knowledge.faults import Names, faults_of
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Kind
from inference.models import ModelEndpoint, ModelReply, NameInquiry, ProposedEntry
from inference.pipeline.model_answer import Fault, fault_of
from inference.pipeline.model_settings import ModelSettings
from inference.pipeline.model_stages import extension
from inference.pipeline.model_stages.extension import Facts, Subject, Vocabulary
from inference.selectors.endpoints import opened
from inference.selectors.entries import standing_of
from inference.selectors.knowledge import lexicon_in_use, tables_in_use
from inference.selectors.model_replies import ReplyKey, replies_by_key
from inference.selectors.unknown_names import names_to_ask
from inference.services.knowledge import PERMISSION, tidy
from inference.services.model_replies import Replied, keep_replies
from inference.services.runs import NOT_ASKED
from rules.services import audit
from rules.services.permissions import require

MOST_NAMES = 500
"""Names of one round: somebody has to look at what comes of it."""
BATCH = 20
"""Names of one batch: so many at most are asked about again where a process dies."""
BEAT = 5.0
"""Seconds after which a round says again that somebody works on it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of one name: the facts, or None for no usable reply; `kept`: nobody had to be asked."""

    row: Mapping[str, Any]
    facts: Facts | None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A name that a model is asked about, and whether this is to mend a reply."""

    place: int
    request: ChatRequest
    repairing: bool = False


@transaction.atomic
def begin_inquiry(*, by: User | None, endpoint: ModelEndpoint, most: int, language: str = "zh") -> NameInquiry:
    """Settle which names a model is asked about: the most frequent ones, up to `most`.

    `by` is None for a command. Raises PermissionDenied, and ValidationError where nothing can be asked.
    """
    if by is not None:
        require(by, PERMISSION)
    _refuse(endpoint, most)
    names = names_to_ask(model=endpoint.model, revision=endpoint.revision)[:most]
    if not names:
        raise ValidationError(_("There is no name that this model was not asked about."), code="nothing")
    settings = ModelSettings(endpoint.model, endpoint.revision, language)
    try:
        with transaction.atomic():
            inquiry = NameInquiry.objects.create(
                endpoint=endpoint, model_settings=settings.manner, names=[one.to_json() for one in names], created_by=by
            )
    except IntegrityError:
        raise ValidationError(_("A model is being asked already. Wait for it, or stop it."), code="running") from None
    data = {"names": len(names), "endpoint": endpoint.name, "model": endpoint.model}
    audit.record(by=by, verb="names.asked", subject=subject_of(inquiry), data=data)
    return inquiry


def stop_inquiry(*, by: User, inquiry: NameInquiry) -> None:
    """Ask about no further names. What was proposed stays. Raises ValidationError where it has ended."""
    require(by, PERMISSION)
    if not _stop(inquiry, by, done=inquiry.done):
        raise ValidationError(_("This has ended already."), code="ended")


@transaction.atomic
def _stop(inquiry: NameInquiry, by: User | None, **told: Any) -> bool:
    """Stop a round that is running, and say whether it was."""
    audit.take_turn()
    running = NameInquiry.objects.filter(pk=inquiry.pk, state=RunState.RUNNING)
    stopped = bool(running.update(state=RunState.CANCELLED, moved_at=timezone.now()))
    if stopped:
        audit.record(by=by, verb="names.stopped", subject=subject_of(inquiry), data=told)
    return stopped


def ask_batch(*, inquiry_id: int) -> bool:
    """Ask about the next names, keep every reply, propose entries; whether others are left. Safe to call again."""
    inquiry = NameInquiry.objects.select_related("endpoint").get(pk=inquiry_id)
    if inquiry.state != RunState.RUNNING:
        return False
    try:
        endpoint = opened(inquiry.endpoint)
    except ValidationError:
        _stop(inquiry, None, done=inquiry.done, reason=NOT_ASKED)
        return False
    rows = inquiry.names[inquiry.done : inquiry.done + BATCH]
    batch = Batch(inquiry, rows, lexicon_in_use())
    batch.ask(endpoint)
    with transaction.atomic():
        keep_replies(endpoint=inquiry.endpoint, replied=batch.replied)
    return store(inquiry=inquiry, batch=batch)


class Batch:
    """Some names of an inquiry, and what a model says of each."""

    def __init__(self, inquiry: NameInquiry, rows: Sequence[Mapping[str, Any]], lexicon: Lexicon) -> None:
        by = inquiry.endpoint
        self.inquiry, self._beat_at = inquiry, 0.0
        self.settings = ModelSettings(model=by.model, revision=by.revision, **inquiry.model_settings)
        self.rows, self.lexicon = rows, lexicon
        self.vocabulary = Vocabulary.of(lexicon)
        self.subjects = [Subject(row["name"], tuple(row["titles"])) for row in rows]
        self.keys = [extension.key_of(one, self.settings, self.vocabulary) for one in self.subjects]
        self.told: dict[int, Facts | None] = {}
        self.kept: set[int] = set()
        self.replied: list[Replied] = []

    def ask(self, endpoint: Endpoint) -> None:
        """Find what was said before, and ask about the others."""
        rows = replies_by_key(self.keys, self._is_usable)
        for place, key in enumerate(self.keys):
            row = rows.get(ReplyKey(key))
            said = extension.read(row.text, row.finish_reason, self.lexicon) if row else None
            if isinstance(said, Facts):
                self.told[place] = said
                self.kept.add(place)
        left = [place for place in range(len(self.keys)) if place not in self.told]
        if not left or not self._goes_on():
            return
        with Asking(endpoint) as asking:
            asking.ask([(one, one.request) for one in map(self._question, left)])
            while asking.under_way and self._goes_on():
                if answered := asking.answered(timeout=1.0):
                    question, heard = answered
                    if again := self._take(question, heard.outcome):
                        asking.ask([(again, again.request)])

    def _is_usable(self, row: ModelReply) -> bool:
        return isinstance(extension.read(row.text, row.finish_reason, self.lexicon), Facts)

    def _goes_on(self) -> bool:
        """Say now and then that somebody works on this round; False once it was stopped."""
        if time.monotonic() < self._beat_at:
            return True
        self._beat_at = time.monotonic() + BEAT
        running = NameInquiry.objects.filter(pk=self.inquiry.pk, state=RunState.RUNNING)
        return bool(running.update(moved_at=timezone.now()))

    def outcomes(self) -> list[Asked]:
        """What is known of every name, in order."""
        return [Asked(row, self.told.get(at), at in self.kept) for at, row in enumerate(self.rows)]

    def _question(self, place: int) -> Question:
        return Question(place, extension.request_of(self.subjects[place], self.settings, self.vocabulary))

    def _take(self, question: Question, outcome: Any) -> Question | None:
        """Take what came of a question: another one, where the reply has to be mended."""
        failed = isinstance(outcome, ChatFailure)
        said = fault_of(outcome) if failed else extension.read(outcome.text, outcome.finish_reason, self.lexicon)
        fault = said.kind.value if isinstance(said, Fault) and not failed else ""
        self.replied.append(Replied(self.keys[question.place], outcome, 0, fault, question.repairing))
        if isinstance(said, Fault) and not question.repairing:
            again = extension.repair_of(question.request, said, self.settings)
            return Question(question.place, again, repairing=True)
        self.told[question.place] = said if isinstance(said, Facts) else None
        return None


def store(*, inquiry: NameInquiry, batch: Batch) -> bool:
    """Propose what came of a batch, and say whether names are left. Who finds the inquiry moved on has nothing to store."""
    asked, names = batch.outcomes(), Names(tables_in_use())
    made = [_proposed(inquiry, one, key, batch.lexicon, names) for one, key in zip(asked, batch.keys, strict=True)]
    outcomes = [_outcome(one, entry) for one, entry in zip(asked, made, strict=True)]
    fields = _progress(inquiry, batch, outcomes)
    over = fields["state"] == RunState.FINISHED
    with transaction.atomic():
        audit.take_turn()
        mine = NameInquiry.objects.filter(pk=inquiry.pk, done=inquiry.done, state=RunState.RUNNING)
        if not mine.update(**fields):
            return False
        ProposedEntry.objects.bulk_create([one for one in made if one is not None])
        if over:
            data = {"names": fields["done"], "proposed": fields["proposed"], "failed": fields["failed"]}
            audit.record(by=None, verb="names.answered", subject=subject_of(inquiry), data=data)
    return not over


def _progress(inquiry: NameInquiry, batch: Batch, outcomes: Sequence[str]) -> dict[str, Any]:
    """The fields of an inquiry after a batch."""
    counts, done = Counter(outcomes), inquiry.done + len(outcomes)
    told = [{**row, "outcome": outcome} for row, outcome in zip(batch.rows, outcomes, strict=True)]
    spent = [one.outcome for one in batch.replied]
    return {
        "names": [*inquiry.names[: inquiry.done], *told, *inquiry.names[done:]],
        "done": done,
        "state": RunState.FINISHED if done >= inquiry.total else RunState.RUNNING,
        "found": inquiry.found + len(batch.kept),
        "proposed": inquiry.proposed + counts["proposed"],
        "unsure": inquiry.unsure + counts["unsure"],
        "failed": inquiry.failed + counts["failed"],
        "calls": inquiry.calls + len(spent),
        "prompt_tokens": inquiry.prompt_tokens + sum(one.prompt_tokens for one in spent),
        "completion_tokens": inquiry.completion_tokens + sum(one.completion_tokens for one in spent),
        "moved_at": timezone.now(),
    }


def _outcome(one: Asked, entry: ProposedEntry | None) -> str:
    if one.facts is None:
        return "failed"
    return "proposed" if entry is not None else "unsure"


def _proposed(inquiry: NameInquiry, one: Asked, key: str, lexicon: Lexicon, names: Names) -> ProposedEntry | None:
    """The entry that a name's facts make, unless the model does not know, or it could not be written as it is."""
    if one.facts is None or not one.facts.usable:
        return None
    name, standing = one.row["name"], standing_of(Kind.MEDICINE, one.row["name"])
    content = extension.content_of(one.facts, lexicon, one.row["forms"])
    if standing.number and not standing.withdrawn:  # what the knowledge says already stays
        content = {
            **standing.content,
            **{field: said for field, said in content.items() if not standing.content.get(field)},
        }
    content = tidy(Kind.MEDICINE, content)
    if standing.withdrawn or faults_of(Kind.MEDICINE, name, content, names, new=not standing.number):
        return None
    by, day = inquiry.endpoint, timezone.localdate().isoformat()
    model = f"{by.model} {by.revision}".strip()
    return ProposedEntry(
        inquiry=inquiry,
        kind=Kind.MEDICINE.value,
        name=name,
        content=content,
        expected_number=standing.number,
        source=f"model {model}, {day}"[:300],
        reason=one.facts.reason,
        titles=one.row["titles"],
        products=one.row["products"],
        reply_key=key,
    )


def _refuse(endpoint: ModelEndpoint, most: int) -> None:
    """Raise ValidationError for what can't be asked."""
    if endpoint.kind == EndpointKind.EMBEDDING:
        raise ValidationError({"endpoint": _("This endpoint embeds texts; it answers no questions.")})
    if not 1 <= most <= MOST_NAMES:
        raise ValidationError({"most": _("From 1 to %(most)s.") % {"most": MOST_NAMES}})
    opened(endpoint)


def subject_of(inquiry: NameInquiry) -> str:
    """How the audit trail names a round of asking."""
    return f"inquiry:{inquiry.pk}"
