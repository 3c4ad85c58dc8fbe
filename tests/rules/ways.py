"""Every way in which somebody can write rules: the services, the pages, the API. Each does the same deeds."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from rules.engine.content import RuleContent
from rules.enums import CheckName, CheckState
from rules.forms.editor import editor_data
from rules.models import Change, Proposal, Release, Rule, RuleVersion
from rules.services import checks, exchange, proposals, reviews
from rules.services.conflicts import resolve_conflicts
from rules.services.releases import publish_proposal
from rules.services.tokens import create_token

ANSWERS = {200, 201, 204, 302, 400, 403, 404, 409, 422}
"""Done, or refused: nothing else may come of a request."""


class Services:
    """Calling the services."""

    def __init__(self, user: User) -> None:
        self.by = user

    def open(self) -> object:
        return proposals.open_proposal(by=self.by, title="Opened")

    def describe(self, proposal: Proposal, title: str) -> object:
        return proposals.describe_proposal(by=self.by, proposal=proposal, title=title, reason="")

    def add(self, proposal: Proposal, content: RuleContent) -> object:
        return proposals.add_rule(by=self.by, proposal=proposal, content=content)

    def edit(self, proposal: Proposal, rule: Rule) -> object:
        return proposals.edit_rule(by=self.by, proposal=proposal, rule=rule)

    def retire(self, proposal: Proposal, rule: Rule) -> object:
        return proposals.retire_rule(by=self.by, proposal=proposal, rule=rule)

    def restore(self, proposal: Proposal, version: RuleVersion) -> object:
        return proposals.restore_version(by=self.by, proposal=proposal, version=version)

    def save(self, change: Change, content: RuleContent, edition: int) -> object:
        return proposals.save_change(by=self.by, change=change, content=content, edition=edition)

    def discard(self, change: Change) -> object:
        return proposals.discard_change(by=self.by, change=change)

    def ask_for_review(self, proposal: Proposal) -> object:
        return reviews.ask_for_review(by=self.by, proposal=proposal)

    def take_back(self, proposal: Proposal) -> object:
        return reviews.take_back(by=self.by, proposal=proposal)

    def approve(self, proposal: Proposal, seen: str) -> object:
        return reviews.approve(by=self.by, proposal=proposal, seen=seen)

    def ask_for_changes(self, proposal: Proposal, seen: str) -> object:
        return reviews.ask_for_changes(by=self.by, proposal=proposal, seen=seen, text="No.")

    def comment(self, proposal: Proposal) -> object:
        return reviews.comment(by=self.by, proposal=proposal, text="Well.")

    def schedule(self, proposal: Proposal, at: datetime | None) -> object:
        return proposals.schedule_proposal(by=self.by, proposal=proposal, publish_at=at)

    def rebase(self, proposal: Proposal, onto: int, mine: Collection[int], theirs: Collection[int]) -> object:
        if not mine and not theirs:
            return proposals.rebase_proposal(by=self.by, proposal=proposal)
        return resolve_conflicts(by=self.by, proposal=proposal, onto=onto, mine=mine, theirs=theirs)

    def publish(self, proposal: Proposal) -> object:
        return publish_proposal(by=self.by, proposal=proposal)

    def withdraw(self, proposal: Proposal) -> object:
        return proposals.withdraw_proposal(by=self.by, proposal=proposal)

    def report(self, proposal: Proposal, name: CheckName, state: CheckState, content: str, behind: str) -> object:
        return checks.report_check(proposal=proposal, name=name, state=state, content=content, behind=behind)

    def override(self, proposal: Proposal, name: CheckName) -> object:
        return checks.override_check(by=self.by, proposal=proposal, name=name, reason="It may.")

    def policy(self, approvals: dict[str, int], otherwise: int, safety: int, required: list[CheckName]) -> object:
        told = {"approvals": approvals, "otherwise": otherwise, "safety": safety, "required": required}
        return checks.set_policy(by=self.by, **told)

    def roll_back(self, release: Release) -> object:
        return exchange.restore_release(by=self.by, release=release, title="Back")

    def take_file(self, data: bytes, replace: bool) -> object:
        return exchange.import_rules(by=self.by, data=data, title="From a file", replace=replace)


class Pages:
    """Sending the forms of the pages, as a browser without JavaScript does."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)

    def send(self, name: str, *place: object, **said: Any) -> object:
        response = self.client.post(reverse(f"rules:{name}", args=place), said)
        assert response.status_code in ANSWERS, response.status_code
        return response

    def open(self) -> object:
        return self.send("new")

    def describe(self, proposal: Proposal, title: str) -> object:
        return self.send("describe", proposal.pk, title=title)

    def add(self, proposal: Proposal, content: RuleContent) -> object:
        response = self.send("add_to", proposal.pk, deed="new")
        change = proposal.changes.order_by("pk").last()
        if change is None or not getattr(response, "url", "").endswith(f"/changes/{change.pk}/"):
            return response
        return self.save(change, content, change.edition)

    def edit(self, proposal: Proposal, rule: Rule) -> object:
        return self.send("add_to", proposal.pk, deed="change", number=rule.number)

    def retire(self, proposal: Proposal, rule: Rule) -> object:
        return self.send("add_to", proposal.pk, deed="retire", number=rule.number)

    def restore(self, proposal: Proposal, version: RuleVersion) -> object:
        return self.send("restore", version.rule.number, version.version)

    def save(self, change: Change, content: RuleContent, edition: int) -> object:
        data, kind = editor_data(content, edition).urlencode(), "application/x-www-form-urlencoded"
        place = reverse("rules:change", args=[change.proposal_id, change.pk])
        response = self.client.post(place, data, content_type=kind)
        assert response.status_code in ANSWERS, response.status_code
        return response

    def discard(self, change: Change) -> object:
        return self.send("discard", change.proposal_id, change.pk)

    def ask_for_review(self, proposal: Proposal) -> object:
        return self.send("ask_for_review", proposal.pk)

    def take_back(self, proposal: Proposal) -> object:
        return self.send("take_back", proposal.pk)

    def approve(self, proposal: Proposal, seen: str) -> object:
        return self.send("review", proposal.pk, verdict="approve", seen=seen)

    def ask_for_changes(self, proposal: Proposal, seen: str) -> object:
        return self.send("review", proposal.pk, verdict="ask", seen=seen, text="No.")

    def comment(self, proposal: Proposal) -> object:
        return self.send("review", proposal.pk, verdict="comment", seen="x", text="Well.")

    def schedule(self, proposal: Proposal, at: datetime | None) -> object:
        said = {"publish_at": at.isoformat()} if at else {"clear": "1"}
        return self.send("schedule", proposal.pk, **said)

    def rebase(self, proposal: Proposal, onto: int, mine: Collection[int], theirs: Collection[int]) -> object:
        said = {f"rule-{n}": "mine" for n in mine} | {f"rule-{n}": "theirs" for n in theirs}
        return self.send("rebase", proposal.pk, onto=onto, **said)

    def publish(self, proposal: Proposal) -> object:
        return self.send("publish", proposal.pk)

    def withdraw(self, proposal: Proposal) -> object:
        return self.send("withdraw", proposal.pk)

    def report(self, proposal: Proposal, name: CheckName, state: CheckState, content: str, behind: str) -> object:
        """No page reports a check."""
        return None

    def override(self, proposal: Proposal, name: CheckName) -> object:
        return self.send("override", proposal.pk, name, reason="It may.")

    def policy(self, approvals: dict[str, int], otherwise: int, safety: int, required: list[CheckName]) -> object:
        kinds = {f"kind_{kind}": count for kind, count in approvals.items()}
        return self.send("policy", otherwise=otherwise, safety=safety, required=required, **kinds)

    def roll_back(self, release: Release) -> object:
        return self.send("rollback", release.number)

    def take_file(self, data: bytes, replace: bool) -> object:
        said = {"replace": "on"} if replace else {}
        return self.send("import", file=SimpleUploadedFile("rules.yaml", data), title="Uploaded", **said)


class Api:
    """A program with somebody's token."""

    def __init__(self, user: User) -> None:
        self.client = APIClient()
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(by=user, days=1).token}")

    def send(self, name: str, *place: object, method: str = "post", **said: Any) -> object:
        call = getattr(self.client, method)
        response = call(reverse(f"api:{name}", args=place), said, format="json")
        assert response.status_code in ANSWERS, response.content
        return response

    def open(self) -> object:
        return self.send("proposals", title="Opened by a program")

    def describe(self, proposal: Proposal, title: str) -> object:
        return self.send("proposal", proposal.pk, method="put", title=title)

    def add(self, proposal: Proposal, content: RuleContent) -> object:
        return self.send("changes", proposal.pk, kind="add", content=content.to_json())

    def edit(self, proposal: Proposal, rule: Rule) -> object:
        return self.send("changes", proposal.pk, kind="edit", rule=rule.number)

    def retire(self, proposal: Proposal, rule: Rule) -> object:
        return self.send("changes", proposal.pk, kind="retire", rule=rule.number)

    def restore(self, proposal: Proposal, version: RuleVersion) -> object:
        number = version.rule.number
        return self.send("changes", proposal.pk, kind="edit", rule=number, version=version.version)

    def save(self, change: Change, content: RuleContent, edition: int) -> object:
        said = {"content": content.to_json(), "edition": edition}
        return self.send("change", change.proposal_id, change.pk, method="put", **said)

    def discard(self, change: Change) -> object:
        return self.send("change", change.proposal_id, change.pk, method="delete")

    def ask_for_review(self, proposal: Proposal) -> object:
        return self.send("ask_for_review", proposal.pk)

    def take_back(self, proposal: Proposal) -> object:
        return self.send("take_back", proposal.pk)

    def approve(self, proposal: Proposal, seen: str) -> object:
        return self.send("approve", proposal.pk, seen=seen)

    def ask_for_changes(self, proposal: Proposal, seen: str) -> object:
        return self.send("ask_for_changes", proposal.pk, seen=seen, text="No.")

    def comment(self, proposal: Proposal) -> object:
        return self.send("comment", proposal.pk, text="Well.")

    def schedule(self, proposal: Proposal, at: datetime | None) -> object:
        return self.send("schedule", proposal.pk, publish_at=at.isoformat() if at else None)

    def rebase(self, proposal: Proposal, onto: int, mine: Collection[int], theirs: Collection[int]) -> object:
        said = {"onto": onto, "mine": list(mine), "theirs": list(theirs)} if mine or theirs else {}
        return self.send("rebase", proposal.pk, **said)

    def publish(self, proposal: Proposal) -> object:
        return self.send("publish", proposal.pk)

    def withdraw(self, proposal: Proposal) -> object:
        return self.send("withdraw", proposal.pk)

    def report(self, proposal: Proposal, name: CheckName, state: CheckState, content: str, behind: str) -> object:
        said = {"state": state, "content": content, "behind": behind}
        return self.send("report", proposal.pk, name, method="put", **said)

    def override(self, proposal: Proposal, name: CheckName) -> object:
        return self.send("override", proposal.pk, name, reason="It may.")

    def policy(self, approvals: dict[str, int], otherwise: int, safety: int, required: list[CheckName]) -> object:
        told = {"approvals": approvals, "otherwise": otherwise, "safety": safety, "required": required}
        return self.send("policy", method="put", **told)

    def roll_back(self, release: Release) -> object:
        return self.send("restore", release.number, title="Back by a program")

    def take_file(self, data: bytes, replace: bool) -> object:
        return self.send("import", file=data.decode(), title="Sent", replace=replace)


Way = Services | Pages | Api
WAYS: tuple[type[Way], ...] = (Services, Pages, Api)
