"""Thirty bad cases decided on in one sitting without a mouse: five merged, one drafted into a rule, all undone at will."""

import json
import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

pytestmark = pytest.mark.browser
CAUSES = "befipqrtwmol"
DRAFTED = {"query": "消炎药", "title": "[白云山]穿心莲片 0.105g*100片", "given": "weakly", "expected": "highly"}
PLACES = "甲乙丙丁戊己庚辛壬癸"


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


def reports() -> bytes:
    """Forty complaints about as many products, and one whose rule is missing."""
    rows = [
        {
            "case_id": f"sitting-{place}",
            "query": f"{PLACES[place // 10]}{PLACES[place % 10]}药",
            "title": f"[青禾]{PLACES[place % 10]}{PLACES[place // 10]}宁胶囊",
            "given": "highly",
            "expected": "irrelevant",
            "severity": "misleading",
        }
        for place in range(40)
    ]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in [*rows, {**DRAFTED, "case_id": "draft"}]).encode()


def sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/accounts/login/?next=/imports/")
    page.keyboard.type("expert")
    if page.evaluate("document.activeElement.id") != "id_username":
        page.locator("#id_username").fill("expert")
    page.keyboard.press("Tab")
    page.keyboard.type("expert-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()


def import_reports(page: Page) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "complaints.jsonl", "mimeType": "application/jsonl", "buffer": reports()}
    )
    page.locator("#id_kind").select_option("cases")
    page.get_by_role("button", name="Upload and import").press("Enter")
    expect(page.get_by_text("Every row was taken.")).to_be_visible()


def go_to_inbox(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Bad cases", exact=True)).to_be_visible()


def search(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Escape")


def opened(page: Page) -> str:
    """The number of the case that is open beside the list."""
    row = page.locator(".case-row.is-current")
    number = row.get_attribute("data-case")
    assert number
    expect(page.locator("#case-head")).to_have_attribute("data-case", number)
    return number


def state(page: Page, case: str) -> str:
    return page.locator(f"#case-{case} .state").inner_text()


def test_thirty_cases_in_one_sitting(page: Page, served: str, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    sign_in(page, served)
    import_reports(page)
    go_to_inbox(page)
    search(page, "青禾 宁胶囊")
    rows = page.locator(".case-row")
    expect(rows).to_have_count(40)

    done = []
    for turn in range(30):
        page.keyboard.press("j")
        done.append(opened(page))
        page.keyboard.press(CAUSES[turn % len(CAUSES)])
        expect(page.locator("#case-said")).to_have_text(f"#{done[-1]}: triaged.")
        assert state(page, done[-1]) == "triaged"
    assert len(set(done)) == 30

    for _ in range(5):
        page.keyboard.press("x")
        page.keyboard.press("j")
    into = opened(page)
    expect(page.locator("#marked")).to_contain_text("5 marked")
    page.keyboard.press("=")
    expect(page.locator("#case-said")).to_have_text("5 cases: merged.")
    expect(page.locator("#case-head")).to_contain_text("6 reports")
    merged = [case for case in done if state(page, case) == "duplicate"]
    assert page.locator(".case-row .state", has_text="duplicate").count() == 5

    page.keyboard.press("u")
    expect(page.locator("#case-said")).to_have_text("Undone: 6 cases are as they were.")
    assert [state(page, case) for case in merged] == ["triaged"] * len(merged)
    expect(page.locator("#case-head")).to_have_attribute("data-case", into)

    page.keyboard.press("d")
    page.keyboard.type("The level is right.")
    page.keyboard.press("Enter")
    expect(page.locator("#case-said")).to_have_text(f"#{into}: declined.")
    assert page.evaluate("document.activeElement.id") == f"open-{into}"

    search(page, "穿心莲片 消炎药")
    page.keyboard.press("j")
    expect(page.locator("#case-trace")).to_contain_text("of Algorithm 1 decided")
    page.keyboard.press("n")
    expect(page.locator("#notices")).to_contain_text("A rule was drafted for")
    expect(page.locator("#preview")).to_contain_text("fixes 1")
    assert complaints == []


def test_wrong_is_reported_in_two_keystrokes(page: Page, served: str, complaints: list[str]) -> None:
    page.goto(f"{served}/accounts/login/?next=/pairs/30/")
    page.locator("#id_username").fill("annotator")
    page.locator("#id_password").fill("annotator-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("How it came to this")).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="What should it be?")).to_be_visible()
    page.keyboard.press("6")
    expect(page.locator("#wrong")).to_contain_text(re.compile(r"bad case #\d+"))
    assert complaints == []
