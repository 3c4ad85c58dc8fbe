"""Ten conflicts ruled on by keyboard alone, one of them taken back and one opened as a bad case."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.labelling import press, saved, sign_in

pytestmark = pytest.mark.browser
CONFLICTS = 10
QUERIES = "甲乙丙丁戊己庚辛壬癸"
REASONS = "befipqlsv"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of."""
    found: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            found.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def import_benchmark(page: Page, name: str) -> str:
    """A benchmark of ten pairs; its short name."""
    rows = [f"{name}-{query},{query}药,[青禾]{query}宁胶囊0.3g*20粒,highly" for query in QUERIES]
    page.locator("input[type=file]").set_input_files(
        {
            "name": "pairs.csv",
            "mimeType": "text/csv",
            "buffer": "\n".join(["pair_id,query,title,level", *rows]).encode(),
        }
    )
    page.locator("#id_kind").select_option("pairs")
    page.locator("#id_benchmark").fill(name)
    page.get_by_role("button", name="Upload and import").press("Enter")
    expect(page.get_by_text("Every row was taken.")).to_be_visible()
    page.goto("/benchmarks/")
    address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
    assert address
    return address.rstrip("/").rpartition("/")[2]


def open_for_two(page: Page, slug: str, pairs: int) -> None:
    """Let two people label so many pairs of the catalogue."""
    page.goto(f"/benchmarks/{slug}/labelling/")
    page.locator("#id_overlap").fill("2")
    page.locator("#id_gold_share").fill("0")
    page.get_by_role("button", name="Open the labelling").click()
    expect(page.locator("#notices")).to_contain_text("Stored.")
    page.goto(f"/benchmarks/{slug}/labelling/pairs/")
    page.get_by_label("How many").first.fill(str(pairs))
    page.get_by_role("button", name="Draw and add").click()
    expect(page.locator("#notices")).to_contain_text(f"{pairs} pairs were added")


def label_all(browser: Browser, served: str, slug: str, name: str, key: str, pairs: int) -> None:
    """Label every pair of a benchmark in the same way."""
    context = browser.new_context(base_url=served)
    page = context.new_page()
    sign_in(page, served, name, f"/benchmarks/{slug}/label/")
    for _turn in range(pairs):
        press(page, key)
    saved(page)
    context.close()


def pair_shown(page: Page) -> str:
    """The pair that waits on the screen."""
    address = page.locator("#ruling").get_attribute("action")
    assert address
    return address


def next_after(page: Page, before: str) -> None:
    """Wait until another pair is on the screen."""
    expect(page.locator(f'#ruling[action="{before}"]')).to_have_count(0)
    expect(page.locator("#adjudicate-query")).to_be_focused()


def rule(page: Page, level: str, reason: str) -> str:
    """Rule with two keys; the pair that was ruled on."""
    before = pair_shown(page)
    page.keyboard.press(level)
    page.keyboard.press(reason)
    next_after(page, before)
    return before


def make_conflicts(page: Page, browser: Browser, served: str, pairs: int) -> str:
    """The short name of a benchmark with so many pairs on which two people differ; the lead is signed in."""
    sign_in(page, served, "lead", "/imports/")
    slug = import_benchmark(page, f"Adjudicated {uuid4().hex[:6]}")
    open_for_two(page, slug, pairs)
    label_all(browser, served, slug, "annotator", "1", pairs)
    label_all(browser, served, slug, "annotator2", "4", pairs)
    return slug


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, object], served: str) -> dict[str, object]:
    return {**browser_context_args, "base_url": served, "viewport": {"width": 1400, "height": 900}}


def test_ten_conflicts_by_keyboard(page: Page, browser: Browser, served: str, complaints: list[str]) -> None:
    conflicts = make_conflicts(page, browser, served, CONFLICTS)
    page.goto(f"/benchmarks/{conflicts}/adjudicate/")
    expect(page.get_by_text("10 pairs wait")).to_be_visible()
    expect(page.locator(".votes li")).to_have_count(2)
    assert "annotator" not in page.locator("#adjudicate-case").inner_text()

    first = rule(page, "1", "b")
    expect(page.get_by_text("9 pairs wait")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f'#ruling[action="{first}"]')).to_be_visible()
    expect(page.get_by_text("Ruled on this pair before")).to_be_visible()
    rule(page, "4", "e")

    page.keyboard.press("c")
    expect(page.get_by_text(re.compile(r"Bad case #\d+ is open"))).to_be_visible()
    expect(page.locator("#adjudicate-query")).to_be_focused()  # a part that came has its focus a moment later

    before = pair_shown(page)
    page.keyboard.press("2")
    page.keyboard.press("o")
    expect(page.locator("#ruling-note")).to_be_focused()
    page.keyboard.type("4b: 两种规格")
    expect(page.locator(f'#ruling[action="{before}"]')).to_be_visible()
    page.keyboard.press("Enter")
    next_after(page, before)

    put_off = pair_shown(page)
    page.keyboard.press("w")
    expect(page.locator(f'#ruling[action="{put_off}"]')).to_have_count(0)
    for turn in range(7):
        rule(page, "1234"[turn % 4], REASONS[turn])
    assert pair_shown(page) == put_off
    page.keyboard.press("v")
    page.keyboard.press("3")
    expect(page.get_by_text("No pair waits for a ruling")).to_be_visible()

    page.goto(f"/benchmarks/{conflicts}/rulings/?q=两种规格")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert complaints == []


def test_a_stroke_too_many_rules_on_nothing(page: Page, browser: Browser, served: str, complaints: list[str]) -> None:
    conflicts = make_conflicts(page, browser, served, 3)
    page.goto(f"/benchmarks/{conflicts}/adjudicate/")
    assert Axe().run(page).response["violations"] == []
    before = pair_shown(page)
    page.keyboard.press("n")
    page.keyboard.type("1b")
    expect(page.locator("#ruling-note")).to_have_value("1b")
    page.screenshot()  # it leaves an empty style on the field, which no swap may copy
    assert (pair_shown(page), page.locator("#ruling :checked").count()) == (before, 0)

    page.keyboard.press("Escape")
    expect(page.locator("#adjudicate-query")).to_be_focused()
    page.locator("#label-guide summary").click()
    for key in ("1", "b", "b"):
        page.keyboard.press(key)
    next_after(page, before)
    expect(page.get_by_text("2 pairs wait")).to_be_visible()
    expect(page.get_by_text("Nobody wrote one yet.")).to_be_hidden()
    page.goto(f"/benchmarks/{conflicts}/rulings/")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert complaints == []
