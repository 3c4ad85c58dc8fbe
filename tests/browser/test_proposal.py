"""Three people and one rule, with the keyboard alone: proposed, discussed, approved, published, taken back."""

import re

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.checked import open_checked

pytestmark = pytest.mark.browser
RULE = 26
"""Advice to ask for allergies: its rationale decides no judgment."""
FURTHEST = 200
EDITOR = re.compile(r"/changes/\d+/$")
BACK = "Shift+Tab"
FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
  return (at.getAttribute("aria-label") || label || at.innerText || "").trim();
}"""


class Person:
    """Somebody at a browser without a mouse."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        context = browser.new_context(base_url=address, locale="en-US", viewport={"width": 1280, "height": 900})
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto("/")
        self.reach("User name")
        self.page.keyboard.type(name)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(f"{name}-demo")
        self.page.keyboard.press("Enter")
        self.sees("What waits for you")

    def reach(self, name: str | re.Pattern[str], *, key: str = "Tab") -> None:
        """Press a key until what has the focus is called so; Shift+Tab begins at the foot of the page."""
        pattern = re.compile(f"^{re.escape(name)}") if isinstance(name, str) else name
        for _ in range(FURTHEST):
            self.page.keyboard.press(key)
            if pattern.search(self.focused()):
                return
        pytest.fail(f"no {pattern.pattern} within {FURTHEST} tabs of {self.page.url}")

    def focused(self) -> str:
        """What the thing in focus is called; a page that is just being loaded again is waited for."""
        try:
            said: str = self.page.evaluate(FOCUSED)
        except Error:
            self.page.wait_for_load_state()
            return ""
        return said

    def press(self, name: str | re.Pattern[str], *, key: str = "Tab") -> None:
        """Go to a button or a link and press Enter; what it leads to is awaited."""
        self.reach(name, key=key)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def says(self, words: str, button: str) -> None:
        """Fill the form under the discussion and press one of its buttons."""
        self.reach("What you say", key=BACK)
        self.page.keyboard.type(words)
        self.press(button)

    def adds_to_rationale(self, words: str) -> None:
        """Type in the editor, wait until it saved itself, and go to the proposal."""
        self.reach("Rationale", key=BACK)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words)
        self.sees("Draft saved at")
        self.page.reload()
        self.press("To the proposal")

    def opens(self, proposal: str) -> None:
        """Look at the proposal again, once its checks have answered."""
        open_checked(self.page, proposal)

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("main")).to_contain_text(words)


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
    author.page.keyboard.type("过敏史")
    expect(author.page.locator("[data-keys=rows] > tr")).to_have_count(1)
    author.press(f"R{RULE}")
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
