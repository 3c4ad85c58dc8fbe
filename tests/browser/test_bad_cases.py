"""Thirty bad cases decided on in one sitting without a mouse: five merged, one drafted into a rule, all undone at will."""

import json
import re

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

pytestmark = pytest.mark.browser
GIVEN_UP = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a request that gave way to a newer one."""
CAUSES = "befipqrtwmol"
DRAFTED = {"query": "消炎药", "title": "[白云山]穿心莲片 0.105g*100片", "given": "weakly", "expected": "highly"}
HASTY = [
    {
        "case_id": f"hasty-{title}",
        "query": "痛经",
        "title": title,
        "given": "highly",
        "expected": "weakly",
        "severity": "harmful",
    }
    for title in ("[速康]布洛芬缓释胶囊0.3g*20粒", "[速康]益母草颗粒15g*10袋")
]
PLACES = "甲乙丙丁戊己庚辛壬癸"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of."""
    found: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith(GIVEN_UP):
            found.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def reports() -> list[dict[str, str]]:
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
    return [*rows, {**DRAFTED, "case_id": "draft"}]


def sign_in(page: Page, served: str) -> None:
    page.goto(f"{served}/accounts/login/?next=/imports/")
    page.keyboard.type("lead")
    if page.evaluate("document.activeElement.id") != "id_username":
        page.locator("#id_username").fill("lead")
    page.keyboard.press("Tab")
    page.keyboard.type("lead-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Imports")).to_be_visible()


def import_reports(page: Page, rows: list[dict[str, str]]) -> None:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "complaints.jsonl", "mimeType": "application/jsonl", "buffer": lines}
    )
    page.locator("#id_kind").select_option("cases")
    page.get_by_role("button", name="Upload and import").press("Enter")
    expect(page.get_by_text("Every row was taken.")).to_be_visible()


def go_to_inbox(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Bad cases", exact=True)).to_be_visible()


def search(page: Page, words: str, *, found: int) -> None:
    """Search as one types, and go to the first of so many cases."""
    page.keyboard.press("/")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    rows = page.locator(".case-row")
    expect(rows).to_have_count(found)
    expect(rows.filter(has_text=words.split()[0])).to_have_count(found)
    page.keyboard.press("Escape")
    expect(page.locator(".case-row.is-current [data-open]")).to_be_focused()


def slow_down(page: Page) -> None:
    """Let every answer take a while from now on."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 600, "downloadThroughput": -1, "uploadThroughput": -1},
    )


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
    import_reports(page, reports())
    go_to_inbox(page)
    search(page, "青禾 宁胶囊", found=40)
    done = triage(page, 30)
    assert len(set(done)) == 30
    into = merge_and_undo(page, done)
    decline(page, into)
    draft_a_rule(page)
    assert complaints == []


def triage(page: Page, count: int) -> list[str]:
    """Give the next cases of the list a cause each, by keys alone. Their numbers."""
    done = []
    for turn in range(count):
        page.keyboard.press("j")
        done.append(opened(page))
        page.keyboard.press(CAUSES[turn % len(CAUSES)])
        expect(page.locator("#case-said")).to_have_text(f"#{done[-1]}: triaged.")
        assert state(page, done[-1]) == "triaged"
    return done


def merge_and_undo(page: Page, done: list[str]) -> str:
    """Merge five cases into the one that is open and take it back. Its number."""
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
    return into


def decline(page: Page, case: str) -> None:
    """Decline the case that is open, with a reason."""
    page.keyboard.press("d")
    page.keyboard.type("The level is right.")
    page.keyboard.press("Enter")
    expect(page.locator("#case-said")).to_have_text(f"#{case}: declined.")
    assert page.evaluate("document.activeElement.id") == f"open-{case}"


def draft_a_rule(page: Page) -> None:
    """Look a case up by its words, and draft a rule for it."""
    search(page, "穿心莲片 消炎药", found=1)
    expect(page.locator("#case-trace")).to_contain_text("of Algorithm 1 decided")
    page.keyboard.press("n")
    expect(page.locator("#notices")).to_contain_text("A rule was drafted for")
    expect(page.locator("#preview")).to_contain_text("fixes 2")
    expect(page.locator("#case-effects")).to_contain_text("This edit would fix 2 open bad cases")


def test_a_key_pressed_before_the_case_is_shown_waits_for_it(page: Page, served: str, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    sign_in(page, served)
    import_reports(page, HASTY)
    go_to_inbox(page)
    search(page, "痛经 速康", found=2)
    slow_down(page)
    page.keyboard.press("j")
    second = page.locator(".case-row.is-current").get_attribute("data-case")
    page.keyboard.press("b")
    page.keyboard.press("n")
    expect(page.locator("#notices")).to_contain_text("A rule was drafted for")
    expect(page.locator("[name=source]")).to_have_value(re.compile(rf"^bad case #{second}\b"))
    assert complaints == []


def test_the_first_click_of_a_mouse_asks_for_a_draft(page: Page, served: str, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 1400, "height": 900})
    sign_in(page, served)
    import_reports(page, [{**DRAFTED, "case_id": "clicked", "query": "嗓子疼"}])
    go_to_inbox(page)
    search(page, "穿心莲片 嗓子疼", found=1)
    opened(page)
    page.get_by_role("button", name="Draft a rule").click()
    expect(page.locator("#notices")).to_contain_text("No rule beside those in force fixes it")
    assert complaints == []


def test_wrong_is_reported_in_two_keystrokes(page: Page, served: str, complaints: list[str]) -> None:
    page.goto(f"{served}/accounts/login/?next=/pairs/30/")
    page.locator("#id_username").fill("annotator")
    page.locator("#id_password").fill("annotator-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("How it came to this")).to_be_visible()
    page.wait_for_load_state()
    slow_down(page)
    page.keyboard.press("w")
    page.keyboard.press("6")
    expect(page.locator("#wrong")).to_contain_text(re.compile(r"bad case #\d+"))
    assert complaints == []
