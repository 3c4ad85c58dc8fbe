"""The one story in a real browser: edit a rule, see what it flips, have it approved, publish, read the comparison."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.checked import open_checked

pytestmark = pytest.mark.browser
RULE = 17
"""Wind-cold against wind-heat: fires on two pairs of the demo, both labelled weakly relevant."""


@pytest.fixture(scope="module")
def context(browser: Browser, served: str) -> BrowserContext:
    return browser.new_context(base_url=served, locale="en-US", viewport={"width": 1280, "height": 900})


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda message: complain(message, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def complain(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error":
        complaints.append(message.text)


def sign_in(page: Page, name: str = "expert") -> None:
    page.goto("/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(f"{name}-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()


def look(browser: Browser, served: str, proposal: str, name: str) -> Page:
    """The proposal before somebody else, on a computer of their own."""
    page = browser.new_page(base_url=served, locale="en-US")
    sign_in(page, name)
    open_checked(page, proposal)
    return page


def approve(page: Page) -> None:
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#notices")).to_contain_text("You approved the proposal as it stands.")


def let_pass(page: Page, reason: str) -> None:
    """Say that the one check that keeps it back need not pass."""
    page.locator("summary", has_text="Let it pass").click()
    page.get_by_label("Why it need not pass").fill(reason)
    page.get_by_role("button", name="Let it pass").click()
    expect(page.locator("#checks")).to_contain_text(f"lead let it pass: {reason}")


def test_a_rule_edit_seen_before_and_after(page: Page, browser: Browser, served: str, complaints: list[str]) -> None:
    sign_in(page)
    page.goto(f"/rules/{RULE}/")
    page.get_by_role("button", name="Edit").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("fires on 2 pairs")
    expect(preview).to_contain_text("no level changes")

    page.locator("select[name=effect]").select_option("forbid")
    expect(preview).to_contain_text("breaks 2")
    expect(preview).to_contain_text("no longer holds")
    expect(page.locator("body")).to_contain_text("must not be offered")
    page.locator("select[name=examples-0-level]").select_option("irrelevant")
    expect(preview).not_to_contain_text("no longer holds")
    expect(page.locator("body")).to_contain_text("Draft saved")

    page.get_by_role("link", name="To the proposal").click()
    page.get_by_role("button", name="Ask for review: 1 rule changed").click()
    expect(page.locator("#obstacles")).to_contain_text("It has 0 of 2 approvals.")
    lead = look(browser, served, page.url, "lead")
    expect(lead.locator("#checks")).to_contain_text("2 of the 14 pairs that must hold would move away")
    let_pass(lead, "Only to see it work.")
    for name in ("reviewer", "reviewer2"):
        approve(look(browser, served, page.url, name))
    page.reload()
    page.get_by_role("button", name=re.compile(r"Publish as release \d+")).click()
    expect(page.get_by_role("heading", name=re.compile(r"^Release \d+$"))).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^Run \d+$")).first.click()
    expect(page.locator("#progress")).to_contain_text("379 of 379 pairs judged", timeout=20_000)
    expect(page.locator("#progress")).to_contain_text("2 judged anew")

    page.get_by_role("link", name=re.compile("[Cc]ompare")).first.click()
    expect(page.locator("#verdict")).to_contain_text("0 fixed, 2 broken of 379")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("rule R17 forbids it: irrelevant")).to_be_visible()
    assert complaints == []


PATHS = (
    "/",
    "/rules/",
    "/rules/17/",
    "/proposals/",
    "/proposals/1/",
    "/policy/",
    "/runs/",
    "/runs/1/",
    "/benchmarks/demo/",
    "/products/1/",
    "/imports/",
    "/try/?query=001&title=001",
    "/knowledge/",
    "/knowledge/medicine/?name=感冒灵",
    "/knowledge/documents/",
    "/products/1/pictures/",
    "/runs/ablations/",
    "/models/",
    "/audit/",
)


def test_pages_fit_a_phone_and_break_no_policy(page: Page, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    if "login" in page.url:
        sign_in(page)
    assert {path: overflow(page, path) for path in PATHS} == dict.fromkeys(PATHS, 0)
    assert complaints == []


def overflow(page: Page, path: str) -> int:
    """How many pixels of a page lie beyond the right edge of the window."""
    page.goto(path)
    beyond: int = page.evaluate("Math.max(document.documentElement.scrollWidth - innerWidth, 0)")
    return beyond
