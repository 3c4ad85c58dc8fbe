"""Labelling by keyboard alone: fifty pairs, back, flag, skip; a cut, a session that ends, keys that stay silent."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.labelling import PAIR, open_labelling, press, saved, shown, sign_in

pytestmark = pytest.mark.browser
KEYS = "1234"
QUIET = ("Failed to load resource", "net::ERR_INTERNET_DISCONNECTED")
"""What Chromium itself says of a network that is cut."""


@pytest.fixture(scope="module")
def slug(browser: Browser, served: str) -> Iterator[str]:
    """A benchmark with pairs for all tests here."""
    context = browser.new_context(base_url=served)
    page = context.new_page()
    sign_in(page, served, "lead", "/benchmarks/")
    yield open_labelling(page, "Labelled by key")
    context.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of."""
    found: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(QUIET):
            found.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def done(page: Page) -> int:
    """How many pairs this person labelled, as the server says."""
    page.reload()
    shown(page)
    saved(page)
    words = page.locator("#label-figures").inner_text()
    return int(words.split()[0])


def test_fifty_pairs_by_keyboard_alone(page: Page, served: str, slug: str, complaints: list[str]) -> None:
    sign_in(page, served, "annotator", f"/benchmarks/{slug}/label/")
    page.keyboard.press("Tab")
    before = done(page)
    answered = [press(page, KEYS[turn % 4]) for turn in range(50)]
    assert len(set(answered)) == 50
    saved(page)

    page.keyboard.press("b")
    expect(page.locator(f'.label-pair[data-assignment="{answered[-1]}"]')).to_have_count(1)
    expect(page.locator(".label-level.is-chosen")).to_have_attribute("value", "moderately")
    assert press(page, "4") == answered[-1]

    flagged = shown(page)
    page.keyboard.press("n")
    page.keyboard.type("1 odd 4")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator(f'{PAIR} [name="flag"]')).to_have_attribute("aria-pressed", "true")
    assert shown(page) == flagged

    page.keyboard.press("s")
    expect(page.locator(f"{PAIR} .label-reasons button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f'.label-pair[data-assignment="{flagged}"]')).to_have_count(0)
    saved(page)
    assert done(page) - before == 50
    assert complaints == []


def test_ten_answers_wait_through_a_cut_and_arrive_once(
    page: Page, served: str, slug: str, complaints: list[str]
) -> None:
    sign_in(page, served, "annotator2", f"/benchmarks/{slug}/label/")
    before = done(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    answered = [press(page, "1") for _turn in range(10)]
    expect(page.locator("#label-state")).to_contain_text("Kept on this computer: 10 waiting")
    page.keyboard.press("b")
    expect(page.locator(f'.label-pair[data-assignment="{answered[-1]}"]')).to_have_count(1)
    expect(page.locator("#label-state")).to_contain_text("9 waiting")
    press(page, "2")
    expect(page.locator("#label-state")).to_contain_text("10 waiting")
    page.close()

    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto(f"{served}/benchmarks/{slug}/label/")
    saved(page)
    assert done(page) - before == 10
    assert shown(page) not in answered
    assert page.locator("#label-told").inner_text() == ""
    assert complaints == []


def test_a_session_that_ends_loses_nothing(page: Page, served: str, slug: str) -> None:
    sign_in(page, served, "reviewer", f"/benchmarks/{slug}/label/")
    before = done(page)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="sessionid")
    press(page, "2")
    state = page.locator("#label-state")
    expect(state).to_contain_text("You are signed out. Kept on this computer: 1 waiting")
    with page.context.expect_page() as opened:
        state.get_by_role("link", name="Sign in on another page").click()
    other = opened.value
    sign_in(other, served, "reviewer")
    other.close()
    page.bring_to_front()
    saved(page)
    assert done(page) - before == 1


def test_somebody_else_who_signs_in_does_not_send_ones_answers(page: Page, served: str, slug: str) -> None:
    sign_in(page, served, "reviewer2", f"/benchmarks/{slug}/label/")
    before = done(page)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies(name="sessionid")
    press(page, "3")
    other = page.context.new_page()
    sign_in(other, served, "expert")
    expect(page.locator("#label-state")).to_contain_text("signed in as somebody else")
    other.goto(f"{served}/benchmarks/{slug}/label/")
    other.context.clear_cookies(name="sessionid")
    sign_in(other, served, "reviewer2")
    saved(page)
    assert done(page) - before == 1


def test_keys_are_silent_while_composing_or_held_down(page: Page, served: str, slug: str) -> None:
    sign_in(page, served, "annotator", f"/benchmarks/{slug}/label/")
    number = shown(page)
    for said in ({"isComposing": True}, {"keyCode": 229}, {"repeat": True}, {"ctrlKey": True}):
        page.evaluate(
            "said => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '1', bubbles: true, ...said}))",
            said,
        )
    page.keyboard.press("n")
    page.keyboard.type("1234sfb")
    assert (shown(page), page.locator(f"{PAIR} textarea").input_value()) == (number, "1234sfb")


def test_numbers_choose_a_reason_while_skip_is_open(page: Page, served: str, slug: str) -> None:
    sign_in(page, served, "annotator", f"/benchmarks/{slug}/label/")
    before = done(page)
    number = shown(page)
    page.keyboard.press("s")
    reasons = page.locator(f"{PAIR} .label-reasons button")
    expect(reasons.first).to_be_focused()
    assert [one.split()[0] for one in reasons.all_inner_texts()] == list("1234")
    page.keyboard.press("9")
    assert shown(page) == number
    with page.expect_request(lambda sent: f"/label/{number}/" in sent.url) as sent:
        press(page, "2")
    assert ("skip=picture" in (sent.value.post_data or ""), "level=" in (sent.value.post_data or "")) == (True, False)
    saved(page)
    assert done(page) == before


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_overflows_and_all_controls_have_names(page: Page, served: str, slug: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, served, "lead", f"/benchmarks/{slug}/label/")
    shown(page)
    addresses = [
        f"/benchmarks/{slug}/{name}/"
        for name in ("label", "labelling", "labelling/guideline", "labelling/pairs", "adjudicate")
    ]
    for address in [*addresses, "/benchmarks/", "/bad-cases/", "/proposals/", "/proposals/1/", "/runs/1/"]:
        page.goto(served + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], address


def test_the_first_load_is_small_and_from_here_alone(page: Page, served: str, slug: str) -> None:
    sign_in(page, served, "annotator", f"/benchmarks/{slug}/label/")
    shown(page)
    page.wait_for_load_state("networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    hosts: set[str] = set()
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.on("Network.requestWillBeSent", lambda event: hosts.add(event["request"]["url"].split("/")[2]))
    page.reload()
    shown(page)
    page.wait_for_load_state("networkidle")
    assert hosts == {served.split("/")[2]}
    assert sum(sizes) < 100_000
