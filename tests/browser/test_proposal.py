"""Three people and one rule, with the keyboard alone: proposed, discussed, approved, published, taken back."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import BACK, Person

pytestmark = pytest.mark.browser
RULE, SEARCHED = 26, "过敏史"
"""Advice to ask for allergies: its rationale decides no judgment."""
EDITOR = re.compile(r"/changes/\d+/$")


def test_three_people_change_a_rule_and_take_it_back(browser: Browser, served: str) -> None:
    author, reviewer, lead = (Person(browser, served, name) for name in ("expert", "reviewer", "lead"))
    proposal = proposes(author)
    is_asked_for_changes(reviewer, author, proposal)
    is_approved_twice(reviewer, author, proposal)
    number = is_published(lead)
    is_taken_back(lead, reviewer, number)
    assert [person.complaints for person in (author, reviewer, lead)] == [[], [], []]


def proposes(author: Person) -> str:
    """A change of the rule, found and edited with keys, put before reviewers."""
    author.page.keyboard.press("g")
    author.page.keyboard.press("r")
    author.sees("rules in force")
    author.page.keyboard.press("/")
    author.page.keyboard.type(SEARCHED)
    expect(author.page).to_have_url(re.compile(f"q={quote(SEARCHED)}&"))  # the address follows what is typed
    expect(author.page.locator("[data-keys=rows] > tr")).to_have_count(1)
    author.follows(f"R{RULE}", re.compile(rf"/rules/{RULE}/$"))
    author.press("Edit")
    author.page.wait_for_url(EDITOR)
    author.adds_to_rationale(" Ask.")
    proposal = author.page.url
    author.sees("1 rule changed")
    author.press("Ask for review: 1 rule changed", key=BACK)
    author.sees("It has 0 of 1 approvals.")
    return proposal


def is_asked_for_changes(reviewer: Person, author: Person, proposal: str) -> None:
    """The reviewer finds it on the first page and asks for words; the author adds them."""
    reviewer.page.reload()
    reviewer.press(re.compile("waits for your review$"))
    reviewer.opens(proposal)
    reviewer.says("Say whom to ask.", "Ask for changes")
    reviewer.sees("reviewer asks for changes.")
    author.opens(proposal)
    author.sees("Say whom to ask.")
    author.press(f"Edit R{RULE}")
    author.adds_to_rationale(" The shopper.")
    author.sees(f"Changed since: R{RULE} was changed.")


def is_approved_twice(reviewer: Person, author: Person, proposal: str) -> None:
    """An edit voids the first approval, and the page says why."""
    reviewer.opens(proposal)
    reviewer.press("Approve", key=BACK)
    reviewer.sees("1 of 1 approvals")
    author.opens(proposal)
    author.press(f"Edit R{RULE}")
    author.sees("An edit voids the approvals it has.")
    author.adds_to_rationale(" Always.")
    author.sees(f"This approval counts no more: R{RULE} was changed.")
    author.sees("It has 0 of 1 approvals.")
    reviewer.opens(proposal)
    reviewer.says("Good.", "Approve")
    reviewer.sees("1 of 1 approvals")


def is_published(lead: Person) -> int:
    """The lead finds it on the first page; the number of the release it becomes."""
    lead.page.reload()
    lead.press(re.compile("waits to be published$"))
    lead.press(re.compile(r"^Publish as release \d+: 1 rule changed$"), key=BACK)
    lead.sees("is in force.")
    return int(lead.page.url.rstrip("/").rpartition("/")[2])


def is_taken_back(lead: Person, reviewer: Person, number: int) -> None:
    """The older release comes back as a proposal like any other."""
    lead.page.goto(f"/releases/{number - 1}/")
    lead.press(re.compile("[Rr]oll back|[Rr]estore|[Gg]o back"))
    lead.press("Ask for review: 1 rule changed", key=BACK)
    proposal = lead.page.url
    reviewer.opens(proposal)
    reviewer.press("Approve", key=BACK)
    lead.opens(proposal)
    lead.press(f"Publish as release {number + 1}: 1 rule changed", key=BACK)
    lead.sees(f"Release {number + 1}")
    lead.page.goto(f"/rules/{RULE}/")
    assert "Always." not in lead.page.locator("main > .panel").first.inner_text()
