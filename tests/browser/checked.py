"""A proposal looked at once its checks have answered: what they rest on is signed by approvals."""

import re
import time

from playwright.sync_api import Page

PATIENCE = 30
UNANSWERED = re.compile("^(pending|running)$")


def open_checked(page: Page, proposal: str) -> None:
    """Open a proposal, and again until no check waits."""
    deadline = time.monotonic() + PATIENCE
    page.goto(proposal)
    while page.locator("#checks .state", has_text=UNANSWERED).count():
        assert time.monotonic() < deadline, "the checks did not answer"
        time.sleep(0.2)
        page.reload()
