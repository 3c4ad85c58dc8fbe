"""A release of a benchmark is cut, verified and exported without a mouse."""

import hashlib
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.labelling import sign_in

pytestmark = pytest.mark.browser
SERIOUS = {"serious", "critical"}


def press(page: Page, name: str, role: str = "button") -> None:
    """Press a button or follow a link as a keyboard does."""
    control = page.get_by_role(role, name=name, exact=True)
    control.focus()
    page.keyboard.press("Enter")


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in SERIOUS]


def test_cut_verify_and_export_by_keyboard(page: Page, served: str, tmp_path: Path) -> None:
    sign_in(page, served, "lead", "/benchmarks/demo/releases/")
    page.get_by_label("Notes").fill("For the report of November.")
    press(page, "Cut release 1")
    expect(page.get_by_role("heading", name="Release 1")).to_be_visible()
    expect(page.get_by_text("For the report of November.")).to_be_visible()
    expect(page.get_by_text("pairs labelled since")).to_be_visible()
    press(page, "Verify", role="link")
    expect(page.get_by_role("status").filter(has_text="Whole")).to_be_visible()
    with page.expect_download() as download:
        press(page, "JSONL", role="link")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "demo-1.jsonl"
    expect(page.locator("#digest + p")).to_have_text(hashlib.sha256(file.read_bytes()).hexdigest())
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
