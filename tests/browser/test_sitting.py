"""A benchmark in one sitting by keyboard alone: labelled, adjudicated, released, exported."""

import hashlib
import json
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.labelling import open_labelling, press, saved, shown, sign_in
from tests.browser.person import BACK, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAIRS, LABELLED, CONFLICTS = 54, 50, 10
NAME = "In one sitting"
REASONS = "befipqlsve"


def prepared(browser: Browser, served: str) -> str:
    """The short name of a benchmark for two people a pair, of which the first has labelled what the second will."""
    context = browser.new_context(base_url=served)
    page = context.new_page()
    sign_in(page, served, "lead", "/benchmarks/")
    slug = open_labelling(page, NAME, people=2, pairs=PAIRS)
    context.close()
    context = browser.new_context(base_url=served)
    sign_in(context.new_page(), served, "annotator")
    token = next(one["value"] for one in context.cookies() if one.get("name") == "csrftoken")
    headers = {"X-CSRFToken": str(token), "Referer": served}
    offer = context.request.post(f"/api/v1/benchmarks/{slug}/label/next/", headers=headers).json()
    for _turn in range(LABELLED - 1):
        said = {"level": "highly", "submission": str(uuid4()), "next": True}
        came = context.request.post(f"/api/v1/assignments/{offer['assignment']}/label/", data=said, headers=headers)
        assert came.ok, came.text()
        offer = came.json()["next"]
    context.close()
    return slug


def labels(lead: Person) -> None:
    """Fifty pairs, ten of them otherwise than the first person; the last is gone back to; the next is flagged."""
    page = lead.page
    answered = [press(page, "4" if turn < CONFLICTS else "1") for turn in range(LABELLED)]
    assert len(set(answered)) == LABELLED
    saved(page)
    page.keyboard.press("b")
    expect(page.locator(f'.label-pair[data-assignment="{answered[-1]}"]')).to_have_count(1)
    assert press(page, "2") == answered[-1]
    shown(page)
    page.keyboard.press("f")
    expect(page.locator('.label-pair:not(.is-fresh) [name="flag"]')).to_have_attribute("aria-pressed", "true")
    saved(page)


def adjudicates(lead: Person) -> None:
    """Rules on all that two people differ on, a key for the level and one for the reason."""
    lead.sees(f"{CONFLICTS} pairs wait")
    for reason in REASONS:
        before = lead.page.locator("#ruling").get_attribute("action")
        lead.page.keyboard.press("3")
        lead.page.keyboard.press(reason)
        expect(lead.page.locator(f'#ruling[action="{before}"]')).to_have_count(0)
    lead.sees("No pair waits for a ruling")


def releases(lead: Person) -> None:
    """Cuts the first release, and verifies it."""
    lead.reach("Notes")
    lead.page.keyboard.type("In one sitting.")
    lead.press("Cut release 1")
    lead.sees("In one sitting.")
    lead.reach("Verify")
    lead.page.keyboard.press("Enter")
    lead.sees("Whole")


def exports(lead: Person, folder: Path) -> bytes:
    """The release as JSONL; its digest is the one that the page says."""
    lead.reach("JSONL")
    with lead.page.expect_download() as download:
        lead.page.keyboard.press("Enter")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    content = file.read_bytes()
    expect(lead.page.locator("#digest + p")).to_have_text(hashlib.sha256(content).hexdigest())
    return content


def test_fifty_labels_ten_rulings_a_release_and_its_file(browser: Browser, served: str, tmp_path: Path) -> None:
    prepared(browser, served)
    lead = Person(browser, served, "lead")
    lead.press("Benchmarks")
    lead.press(NAME)
    lead.press("Label pairs")
    labels(lead)
    lead.press("Benchmarks")
    lead.press(NAME)
    lead.press("Adjudicate")
    adjudicates(lead)
    lead.press("Releases", key=BACK)
    releases(lead)
    rows = [json.loads(line) for line in exports(lead, tmp_path).splitlines()]
    kinds = [row["label"]["kind"] for row in rows]
    assert (kinds.count("agreed"), kinds.count("ruling"), len(rows)) == (
        LABELLED - 1 - CONFLICTS,
        CONFLICTS,
        LABELLED - 1,
    )
    assert {row["level"] for row in rows if row["label"]["kind"] == "ruling"} == {"weakly"}
    assert lead.complaints == []
