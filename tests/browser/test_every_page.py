"""Every page that can be reached from the menu fits a phone and keeps nobody out."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.labelling import sign_in

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 800}
SERIOUS = {"serious", "critical"}
ELSEWHERE = re.compile(r"^/(admin|api|media|static|accounts)/|/(jsonl|csv|parquet|manifest|datasheet|export)/?$|\.\w+$")
LINKS = "[...document.querySelectorAll('a[href]')].map(link => link.href)"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def shape(path: str) -> str:
    """What an address has in common with others of its page: numbers and names of things left out."""
    return re.sub(r"(?<=/)(\d+|demo|to-label)(?=/)", "#", path.partition("?")[0])


def links_on(page: Page, served: str) -> list[str]:
    """The pages of the application that this one leads to."""
    found = [urlsplit(link) for link in page.evaluate(LINKS) if link.startswith(served)]
    return [f"{one.path}?{one.query}" if one.query else one.path for one in found if not ELSEWHERE.search(one.path)]


def reachable(page: Page, served: str, *, steps: int) -> Iterator[str]:
    """Open one page of each shape that so many links lead to, and give its address. All of them are there."""
    seen: set[str] = set()
    waiting = [(0, "/")]
    while waiting:
        step, path = waiting.pop(0)
        if shape(path) in seen:
            continue
        seen.add(shape(path))
        answer = page.goto(f"{served}{path}")
        assert answer and answer.ok, path
        yield path
        if step < steps:
            waiting += [(step + 1, link) for link in links_on(page, served)]


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open."""
    wider = page.evaluate(WIDER)
    found = Axe().run(page).response["violations"]
    return [f"{wider} px too wide"] * bool(wider) + [one["id"] for one in found if one["impact"] in SERIOUS]


def check(page: Page, served: str, *, steps: int, least: int) -> None:
    """Walk the pages and tell of all that have a fault."""
    found = {path: faults(page) for path in reachable(page, served, steps=steps)}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(found) >= least


def test_the_pages_of_the_menu_fit_a_phone(page: Page, served: str) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, served, "expert")
    check(page, served, steps=1, least=11)


@pytest.mark.slow
@pytest.mark.parametrize("person", ["lead", "annotator"])
@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
def test_every_page_fits_a_phone(page: Page, served: str, person: str, language: str) -> None:
    page.set_viewport_size(PHONE)
    page.set_extra_http_headers({"Accept-Language": language})
    sign_in(page, served, person)
    check(page, served, steps=3, least=30)


def test_the_frame_leaves_a_phone_to_the_page(page: Page, served: str) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, served, "lead")
    header = page.locator("header.top").bounding_box()
    assert header and header["height"] < 100
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    page.get_by_role("button", name="lead").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


@pytest.mark.parametrize(
    ("path", "are_told"), [("/benchmarks/", True), ("/rules/", True), ("/try/", False), ("/bad-cases/", False)]
)
def test_the_keys_of_a_list_are_told_where_there_are_rows(page: Page, served: str, path: str, are_told: bool) -> None:
    sign_in(page, served, "lead", path)
    expect(page.get_by_text("walk the rows").locator("visible=true")).to_have_count(int(are_told))
