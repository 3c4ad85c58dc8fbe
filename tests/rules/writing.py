"""People, programs and the clock write in any order; after every deed what must hold is proved."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import ClassVar

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from rules import selectors
from rules.engine.content import RuleContent
from rules.enums import CheckName, CheckState
from rules.models import AuditEvent, Change, Proposal, Release, Review, Rule, RuleVersion
from rules.selectors.rebase import conflicts_of
from rules.selectors.reviews import standing_of
from rules.services.schedule import publish_due
from tests.rules.chances import CHECKS, ages, authors, contents, judges, leads, names, places, ways
from tests.rules.people import CONTENTS, SOON, People, disturb, file_of, take_step
from tests.rules.recount import prove_everything, prove_moves, prove_release, prove_state


@contextmanager
def refusable() -> Iterator[None]:
    """What is refused changes nothing, and is no failure."""
    with suppress(ValidationError, PermissionDenied, CommandError), transaction.atomic():
        yield


class Writing(RuleBasedStateMachine):
    """Any order of deeds. `shown` keeps the digests that people saw of a proposal, so that they decide late;
    `held` the rows as they first read them, so that a program writes with what it kept."""

    people: ClassVar[People]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        cache.clear()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.shown: dict[int, list[str]] = {}
        self.held: dict[int, Proposal] = {}
        self.proven, self.read, self.sound = 0, 0, False

    def teardown(self) -> None:
        try:
            if self.sound:
                prove_everything()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def has_room(self) -> bool:
        """More open proposals than people can be in the middle of are of no interest."""
        return Proposal.objects.exclude(state__in=["published", "withdrawn"]).count() < 3

    @initialize(way=ways, required=st.sampled_from([[], [CheckName.EXAMPLES]]))
    def begin(self, way: int, required: list[CheckName]) -> None:
        self.people["lead", way].policy({"forbid": 2}, 1, 2, required)
        self.people["author", way].take_file(file_of((3, CONTENTS[2]), (2, CONTENTS[3])), False)

    @precondition(has_room)
    @rule(way=ways, name=names)
    def open(self, way: int, name: str) -> None:
        with refusable():
            self.people[name, way].open()

    @rule(way=ways, name=authors, place=places, words=contents, kept=st.booleans())
    def add(self, way: int, name: str, place: int, words: object, kept: bool) -> None:
        with refusable():
            self.people[name, way].add(self.proposal(place, kept), words)

    @rule(way=ways, name=names, place=places, number=st.integers(1, 3), deed=st.sampled_from(["edit", "retire"]))
    def take_in(self, way: int, name: str, place: int, number: int, deed: str) -> None:
        found = Rule.objects.filter(number=number).first()
        if found:
            with refusable():
                getattr(self.people[name, way], deed)(self.proposal(place), found)

    @rule(way=ways, name=authors, place=places, number=st.integers(1, 3))
    def restore(self, way: int, name: str, place: int, number: int) -> None:
        version = RuleVersion.objects.filter(rule__number=number).select_related("rule").order_by("pk").first()
        if version:
            with refusable():
                self.people[name, way].restore(self.proposal(place), version)

    @rule(way=ways, name=names, place=places, which=places, words=contents, age=ages)
    def save(self, way: int, name: str, place: int, which: int, words: object, age: int) -> None:
        change = self.change(place, which)
        if change is None:
            return
        with refusable():
            self.people[name, way].save(change, words, change.edition - age)
        if age:
            assert Change.objects.get(pk=change.pk).content == change.content, "a stale edit wrote over a newer one"

    @rule(way=ways, name=names, place=places, which=places)
    def discard(self, way: int, name: str, place: int, which: int) -> None:
        change = self.change(place, which)
        if change is not None:
            with refusable():
                self.people[name, way].discard(change)

    @rule(way=ways, name=names, place=places, title=st.sampled_from(["One", "Two"]))
    def describe(self, way: int, name: str, place: int, title: str) -> None:
        with refusable():
            self.people[name, way].describe(self.proposal(place), title)

    @rule(
        way=ways, name=names, place=places, deed=st.sampled_from(["ask_for_review"] * 6 + ["take_back"] * 2 + ["withdraw"]),
    )  # fmt: skip
    def put_forward(self, way: int, name: str, place: int, deed: str) -> None:
        with refusable():
            getattr(self.people[name, way], deed)(self.proposal(place))

    @rule(way=ways, name=judges, place=places, deed=st.sampled_from(["approve"] * 4 + ["ask_for_changes"]), age=ages)
    def decide(self, way: int, name: str, place: int, deed: str, age: int) -> None:
        proposal = self.proposal(place)
        before, seen = Review.objects.count(), self.seen(proposal, age)
        with refusable():
            getattr(self.people[name, way], deed)(proposal, seen)
        if Review.objects.count() > before:
            assert Review.objects.order_by("pk").last().digest == seen, "signed what was not seen"

    @rule(way=ways, name=names, place=places)
    def comment(self, way: int, name: str, place: int) -> None:
        with refusable():
            self.people[name, way].comment(self.proposal(place))

    @rule(way=ways, name=leads, place=places, after=st.sampled_from([SOON, SOON, timedelta(days=1), None]))
    def schedule(self, way: int, name: str, place: int, after: timedelta | None) -> None:
        at = timezone.localtime() + after if after else None
        with refusable():
            self.people[name, way].schedule(self.proposal(place), at)

    @rule(command=st.booleans())
    def fall_due(self, command: bool) -> None:
        time.sleep(SOON.total_seconds())
        call_command("publish_due", stdout=StringIO()) if command else publish_due()

    @rule(way=ways, name=leads, place=places, kept=st.booleans())
    def publish(self, way: int, name: str, place: int, kept: bool) -> None:
        with refusable():
            self.people[name, way].publish(self.proposal(place, kept))

    @rule(
        way=ways, name=names, place=places, check=st.sampled_from(CHECKS), behind=st.sampled_from(["", "run 1", "run 2"]),
        state=st.sampled_from([CheckState.PASSED, CheckState.PASSED, CheckState.FAILED, CheckState.PENDING]), late=st.booleans(),
    )  # fmt: skip
    def report(
        self, way: int, name: str, place: int, check: CheckName, behind: str, state: CheckState, late: bool
    ) -> None:
        proposal = self.proposal(place)
        digest = "" if late else standing_of(proposal).content
        with refusable():
            self.people[name, way].report(proposal, check, state, digest, behind)

    @rule(way=ways, name=names, place=places)
    def override(self, way: int, name: str, place: int) -> None:
        with refusable():
            self.people[name, way].override(self.proposal(place), CheckName.EXAMPLES)

    @rule(
        way=ways, name=names, otherwise=st.integers(1, 2), safety=st.integers(1, 3),
        required=st.sampled_from([[], [], [CheckName.EXAMPLES]]),
    )  # fmt: skip
    def policy(self, way: int, name: str, otherwise: int, safety: int, required: list[CheckName]) -> None:
        with refusable():
            self.people[name, way].policy({"forbid": 2}, otherwise, safety, required)

    @rule(way=ways, name=names, place=places, side=st.sampled_from(["mine", "theirs", "neither"]))
    def rebase(self, way: int, name: str, place: int, side: str) -> None:
        proposal, current = self.proposal(place), selectors.current_release()
        if current is None:
            return
        met = [one.number for one in conflicts_of(proposal, current)] if side != "neither" else []
        chosen = (met, []) if side == "mine" else ([], met)
        with refusable():
            self.people[name, way].rebase(proposal, current.number, *chosen)

    @precondition(has_room)
    @rule(way=ways, name=names, place=places)
    def roll_back(self, way: int, name: str, place: int) -> None:
        release = Release.objects.order_by("number")[min(place, Release.objects.count() - 1)]
        with refusable():
            self.people[name, way].roll_back(release)

    @precondition(has_room)
    @rule(way=ways, name=names, words=contents, number=st.integers(1, 3), rest=st.booleans(), command=st.booleans())
    def take_file(self, way: int, name: str, words: object, number: int, rest: bool, command: bool) -> None:
        data = file_of((number, words))
        with refusable():
            if not command:
                self.people[name, way].take_file(data, rest)
                return
            (self.folder / "rules.yaml").write_bytes(data)
            given = {"title": "Commanded", "by": name, "replace": rest}
            call_command("import_rules", self.folder / "rules.yaml", stdout=StringIO(), **given)

    @rule(way=ways, place=places, steps=st.integers(1, 3))
    def carry_on(self, way: int, place: int, steps: int) -> None:
        """The way that proposals usually go: whoever may takes the next steps."""
        pk = self.proposal(place).pk
        for _step in range(steps):
            with refusable():
                take_step(self.people, way, Proposal.objects.select_related("base").get(pk=pk))

    @rule(way=ways, place=places)
    def carry_through(self, way: int, place: int) -> None:
        """As far as it goes."""
        self.carry_on(way=way, place=place, steps=8)

    @rule(
        way=ways, place=places, name=st.sampled_from(["author", "second author", "reviewer", "lead", "everything"]), words=contents,
        deed=st.sampled_from(["add", "save", "discard", "describe", "schedule", "report", "policy"]), clock=st.booleans(),
    )  # fmt: skip
    def disturb(self, way: int, place: int, name: str, words: RuleContent, deed: str, clock: bool) -> None:
        """Everybody approves, authors too; then somebody changes something, and somebody publishes all the same."""
        pk = self.made_ready(way, self.proposal(place))
        self.what_must_hold()
        with refusable():
            disturb(self.people[name, way], Proposal.objects.get(pk=pk), deed, words)
        self.what_must_hold()
        if clock:
            self.fall_due(command=False)
        with refusable():
            self.people["lead", way].publish(Proposal.objects.get(pk=pk))

    @precondition(has_room)
    @rule(way=ways, place=places)
    def overtake(self, way: int, place: int) -> None:
        """Two are approved at once; one comes into force, and somebody publishes the other all the same."""
        self.people["author", 0].open()
        both = [self.made_ready(way, self.proposal(one)) for one in (0, place + 1)]
        for pk in both:
            with refusable():
                self.people["lead", way].publish(Proposal.objects.get(pk=pk))

    def made_ready(self, way: int, proposal: Proposal) -> int:
        """The key of a proposal that was brought as far as it goes without being published."""
        for _step in range(5):
            with refusable():
                take_step(self.people, way, Proposal.objects.select_related("base").get(pk=proposal.pk), publish=False)
        return proposal.pk

    @invariant()
    def what_must_hold(self) -> None:
        self.sound = False
        assert selectors.verify_chain() is None
        for release in Release.objects.filter(pk__gt=self.proven).order_by("pk"):
            prove_release(release)
            self.proven = release.pk
        for proposal in self.touched():
            prove_moves(proposal)
            prove_state(proposal)
            self.look(proposal)
        self.sound = True

    def touched(self) -> list[Proposal]:
        """The proposals that the audit trail told of since it was read; every one when the policy is another."""
        events = AuditEvent.objects.filter(sequence__gt=self.read).order_by("sequence")
        told = list(events.values_list("sequence", "subject"))
        self.read = told[-1][0] if told else self.read
        subjects, found = {subject for _sequence, subject in told}, Proposal.objects.select_related("base")
        return [one for one in found if "policy" in subjects or f"proposal:{one.pk}" in subjects]

    def look(self, proposal: Proposal) -> None:
        """Somebody opens the page of a proposal, and leaves it open."""
        digest, shown = standing_of(proposal).signed.digest, self.shown.setdefault(proposal.pk, [])
        self.held.setdefault(proposal.pk, proposal)
        if digest not in shown[-1:]:
            shown.append(digest)

    def proposal(self, place: int, kept: bool = False) -> Proposal:
        """The open proposal that was opened at a place from the last, else the last; as it is, or as first read."""
        found = list(Proposal.objects.exclude(state__in=["published", "withdrawn"]).order_by("-pk")[: place + 1])
        chosen = found[-1] if found else Proposal.objects.order_by("-pk").first()
        return self.held[chosen.pk] if kept and chosen.pk in self.held else chosen

    def change(self, place: int, which: int) -> Change | None:
        return self.proposal(place).changes.select_related("proposal").order_by("pk")[which : which + 1].first()

    def seen(self, proposal: Proposal, age: int) -> str:
        return self.shown[proposal.pk][-1 - min(age, len(self.shown[proposal.pk]) - 1)]
