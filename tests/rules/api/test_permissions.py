"""A role may do through the API exactly what it may do on the pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from rules.engine.content import RuleContent
from rules.forms import editor_data
from rules.models import AuditEvent, Check, Policy, Proposal, Release
from rules.selectors.exchange import release_text
from rules.selectors.reviews import standing_of
from rules.services import proposals, reviews
from rules.services.checks import report_check
from tests.rules.api.conftest import program_of
from tests.rules.publishing import approved
from tests.rules.rows import content

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=3)
POLICY = {"otherwise": 2, "safety": 3}
EXPERT, REVIEWER, LEAD = {"expert", "lead"}, {"reviewer", "expert", "lead"}, {"lead"}


@dataclass(frozen=True)
class Deed:
    """One write by both ways. `{draft}`, `{review}` and `{ready}` stand for proposals, `{change}` for a change."""

    name: str
    roles: set[str]
    api: str
    page: str
    said: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    method: str = "post"


DEEDS = [
    Deed("open", EXPERT, "proposals/", "/rules/new/", {"title": "x"}),
    Deed("describe", EXPERT, "proposals/{draft}/", "/proposals/{draft}/describe/", {"title": "y"}, {"title": "y"}, "put"),
    Deed("add", EXPERT, "proposals/{draft}/changes/", "/proposals/{draft}/rules/",
         {"kind": "add", "content": content().to_json()}, {"deed": "new"}),
    Deed("edit", EXPERT, "proposals/{draft}/changes/", "/proposals/{draft}/rules/",
         {"kind": "edit", "rule": 2}, {"number": "2"}),
    Deed("retire", EXPERT, "proposals/{draft}/changes/", "/proposals/{draft}/rules/",
         {"kind": "retire", "rule": 2}, {"number": "2", "deed": "retire"}),
    Deed("save", EXPERT, "proposals/{draft}/changes/{change}/", "/proposals/{draft}/changes/{change}/",
         {"content": content("Saved").to_json(), "edition": 1}, {"content": content("Saved")}, "put"),
    Deed("discard", EXPERT, "proposals/{draft}/changes/{change}/", "/proposals/{draft}/changes/{change}/discard/",
         method="delete"),
    Deed("ask for review", EXPERT, "proposals/{draft}/ask-for-review/", "/proposals/{draft}/ask-for-review/"),
    Deed("take back", EXPERT, "proposals/{review}/take-back/", "/proposals/{review}/take-back/"),
    Deed("approve", REVIEWER, "proposals/{review}/approve/", "/proposals/{review}/review/",
         {"seen": "{seen}"}, {"seen": "{seen}", "verdict": "approve"}),
    Deed("ask for changes", REVIEWER, "proposals/{review}/ask-for-changes/", "/proposals/{review}/review/",
         {"seen": "{seen}", "text": "x"}, {"seen": "{seen}", "text": "x", "verdict": "ask"}),
    Deed("comment", REVIEWER, "proposals/{review}/comment/", "/proposals/{review}/review/",
         {"text": "x"}, {"seen": "{seen}", "text": "x", "verdict": "comment"}),
    Deed("schedule", EXPERT, "proposals/{review}/schedule/", "/proposals/{review}/schedule/",
         {"publish_at": LATER.isoformat()}, {"publish_at": LATER.strftime("%Y-%m-%dT%H:%M")}),
    Deed("override", LEAD, "proposals/{review}/checks/coverage/override/", "/proposals/{review}/checks/coverage/override/",
         {"reason": "x"}, {"reason": "x"}),
    Deed("publish", EXPERT, "proposals/{ready}/publish/", "/proposals/{ready}/publish/"),
    Deed("withdraw", EXPERT, "proposals/{draft}/withdraw/", "/proposals/{draft}/withdraw/"),
    Deed("roll back", EXPERT, "releases/0/restore/", "/releases/0/rollback/", {"title": "Back"}),
    Deed("import", EXPERT, "proposals/import/", "/proposals/import/",
         {"title": "x", "file": "{file}"}, {"title": "x", "file": "{file}"}),
    Deed("policy", LEAD, "policy/", "/policy/", POLICY | {"approvals": {}, "required": []}, POLICY, "put"),
]  # fmt: skip


@dataclass(frozen=True)
class Set:
    """What there is to do something with."""

    names: dict[str, Any]

    def fill(self, said: Any) -> Any:
        return said.format(**self.names) if isinstance(said, str) and "{" in said else said


@pytest.fixture
def there(expert: User, release: Release) -> Set:
    ready = approved(drafted(expert, "Ready"))
    Policy.objects.create(approvals={}, required=["coverage"], by=expert)
    draft, review = drafted(expert, "Draft"), drafted(expert, "Review")
    reviews.ask_for_review(by=expert, proposal=review)
    for one in (review, ready):
        state = "passed" if one == ready else "failed"
        report_check(proposal=one, name="coverage", state=state, content=standing_of(one).content)
    names = {"draft": draft.pk, "review": review.pk, "ready": ready.pk, "change": draft.changes.get().pk}
    text = release_text(release).replace("Brand 999", "Other brand")
    return Set(names | {"seen": standing_of(review).signed.digest, "file": text})


def drafted(by: User, title: str) -> Proposal:
    proposal = proposals.open_proposal(by=by, title=title)
    proposals.add_rule(by=by, proposal=proposal, content=content(title, title))
    return proposal


def somebody(role: str) -> User:
    user = User.objects.create_user(f"a {role}")
    user.groups.set(Group.objects.filter(name=role))
    return User.objects.get(pk=user.pk)


def written(act: Callable[[], Any]) -> bool:
    """Whether an act was told to the audit trail. Undone afterwards."""
    with transaction.atomic():
        before = AuditEvent.objects.count()
        act()
        after = AuditEvent.objects.count()
        transaction.set_rollback(True)
    return after > before


def by_api(client: APIClient, deed: Deed, there: Set) -> int:
    said = {name: there.fill(value) for name, value in deed.said.items()}
    status: int = getattr(client, deed.method)(f"/api/v1/{there.fill(deed.api)}", said, format="json").status_code
    assert status in (200, 201, 204, 403), (deed.name, status)
    return status


def by_page(client: Client, deed: Deed, there: Set) -> None:
    typed = {name: there.fill(value) for name, value in deed.typed.items()}
    if isinstance(typed.get("content"), RuleContent):
        typed = editor_data(typed["content"], 1).dict()
    if deed.name == "import":
        typed["file"] = SimpleUploadedFile("rules.yaml", typed["file"].encode())
    client.post(there.fill(deed.page), typed)


@pytest.mark.parametrize("role", ["nothing", "annotator", "reviewer", "expert", "lead"])
def test_what_a_role_may_write(role: str, there: Set) -> None:
    user = somebody(role)
    program, browser = program_of(user), Client()
    browser.force_login(user)
    for deed in DEEDS:
        allowed = role in deed.roles
        statuses: list[int] = []
        done = written(lambda deed=deed, statuses=statuses: statuses.append(by_api(program, deed, there)))
        assert (done, statuses[0] != 403) == (allowed, allowed), (deed.name, role)
        assert written(lambda deed=deed: by_page(browser, deed, there)) == allowed, (deed.name, role, "page")
    assert Check.objects.filter(state="failed").exists()
