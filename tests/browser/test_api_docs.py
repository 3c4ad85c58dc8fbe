"""The page about the API and the one of tokens, in a browser that keeps the strict Content-Security-Policy."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def refused(page: Page) -> list[str]:
    """What the browser refused or failed at."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("http://127.0.0.1", "data:")) else found.append(asked.url),
    )
    return found


def sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/accounts/login/?next=/tokens/")
    page.locator("#id_username").fill("lead")
    page.locator("#id_password").fill("lead-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your API tokens")).to_be_visible()


def test_the_page_lists_every_operation_and_breaks_no_policy(page: Page, served: str, refused: list[str]) -> None:
    sign_in(page, served)
    page.goto(f"{served}/api/v1/docs/")
    expect(page.locator("#operations-proposals-publish_proposal")).to_be_visible()
    assert refused == []


def test_a_token_made_on_the_page_is_read_once(page: Page, served: str, refused: list[str]) -> None:
    sign_in(page, served)
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("code.token").first.inner_text()
    answer = page.request.get(f"{served}/api/v1/releases/current/", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["number"] == 1
    page.goto(f"{served}/tokens/")
    expect(page.get_by_text(token)).to_have_count(0)
    page.get_by_role("button", name="Revoke").first.click()
    assert refused == []
