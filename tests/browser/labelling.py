"""A benchmark with many pairs to label, made through the pages, and labelling it by keyboard."""

import re

from playwright.sync_api import Page, expect

PAIR = ".label-pair:not(.is-fresh)"


def sign_in(page: Page, served: str, name: str, then: str = "/") -> None:
    """Sign in as a person of the demo, and go on to a page."""
    page.goto(f"{served}/accounts/login/?next={then}")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(f"{name}-demo")
    page.locator("#id_password").press("Enter")
    expect(page.locator("#id_password")).to_have_count(0)


def open_labelling(page: Page, name: str, *, people: int = 1, pairs: int = 2000) -> str:
    """As the lead: start a benchmark, so many people a pair, with a guideline and pairs of the demo. Its short name."""
    page.goto("/benchmarks/")
    page.get_by_text("Start a benchmark to be labelled here").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Start it").click()
    page.get_by_role("spinbutton", name="people a pair").fill(str(people))
    page.get_by_label("share of hidden gold pairs").fill("0")
    page.get_by_role("button", name="Open the labelling").click()
    expect(page.locator("#notices")).to_contain_text("Stored.")
    page.get_by_role("link", name="Write it").click()
    page.get_by_label("Guideline", exact=True).fill("先看标题，再看图片。")
    page.get_by_role("button", name="Make this what annotators go by").click()
    page.get_by_role("link", name="Pairs", exact=True).click()
    page.get_by_label("How many").first.fill(str(pairs))
    page.get_by_role("button", name="Draw and add").click()
    expect(page.locator("#notices")).to_contain_text("pairs were added")
    return page.url.split("/benchmarks/")[1].split("/")[0]


def shown(page: Page) -> str:
    """The number of the pair on the screen, once it takes answers."""
    page.locator(PAIR).wait_for(timeout=8000)
    number = page.locator(PAIR).get_attribute("data-assignment")
    assert number
    return number


def press(page: Page, key: str) -> str:
    """Answer the pair on the screen, wait for another one, and return the number of the one answered."""
    number = shown(page)
    page.keyboard.press(key)
    expect(page.locator(f'.label-pair[data-assignment="{number}"]')).to_have_count(0)
    return number


def saved(page: Page) -> None:
    """Wait until nothing lies on this computer any more."""
    expect(page.locator("#label-state")).to_have_class(re.compile("is-saved"))
