"""Somebody at a browser without a mouse."""

import re

import pytest
from playwright.sync_api import Browser, Error, Page, expect
from playwright.sync_api import TimeoutError as TimedOut

from tests.browser.checked import open_checked

FURTHEST = 200
TRIES = 5
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

    def follows(self, name: str, address: str | re.Pattern[str]) -> None:
        """Follow a link of a list that a search may just be loading anew, under the focus."""
        for _ in range(TRIES):
            self.reach(name)
            self.page.keyboard.press("Enter")
            try:
                self.page.wait_for_url(address, timeout=3000)
            except TimedOut:
                continue
            return
        pytest.fail(f"{name} does not lead to {address}")

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
