"""Labelling by key while the server is killed, the network is away for two minutes, sessions end: each label once."""

import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.labelling import press, saved, shown
from tests.flows.test_crash_labelling import PATIENCE, Labelling

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CUT, HANGS = 120, 50
"""Seconds without a network, and of these the ones in which the server takes what is sent and says nothing."""
EXPIRED = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
PASSWORD = "from django.contrib.auth.models import User as U; u = U.objects.get(username='annotator0'); u.set_password('known-demo'); u.save()"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Labelling]:
    """A server of one's own, with pairs to label and people with sessions."""
    place = Labelling(tmp_path)
    serve(place)
    yield place
    place.kill()


def serve(place: Labelling) -> None:
    """Start the server, and wait for it."""
    place.begin()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{place.port}/accounts/login/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not answer")


def do(place: Labelling, code: str) -> None:
    """Run code of the application beside the server."""
    place.do("-c", f"import django; django.setup(); {code}")


def labeller(browser: Browser, place: Labelling, number: int) -> Page:
    """The labelling page of one of the people, with pairs in hand."""
    address = f"http://127.0.0.1:{place.port}"
    context: BrowserContext = browser.new_context(base_url=address)
    session = {"name": "sessionid", "value": place.known["sessions"][number], "url": address}
    context.add_cookies([session])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"/benchmarks/{place.known['slug']}/label/")
    shown(page)
    page.wait_for_load_state("networkidle")
    return page


def stored(place: Labelling) -> list[tuple[int, str]]:
    """Every label of a person: the assignment that it counts for, and its level. One that counts for none has none."""
    query = (
        "SELECT a.id, l.level FROM annotation_label l LEFT JOIN annotation_assignment a ON a.label_id = l.id "
        "WHERE l.kind = 'person' ORDER BY a.id"
    )
    return [(int(number), level) for number, level in place.ask(query)]


def expected(answered: list[str], level: str = "highly") -> list[tuple[int, str]]:
    """The labels that a person gave, each once."""
    assert len(set(answered)) == len(answered)
    return sorted((int(number), level) for number in answered)


def aside(place: Labelling) -> list[tuple[int]]:
    """How many labels were put aside."""
    return place.ask("SELECT count(*) FROM annotation_asidelabel")  # type: ignore[return-value]


def test_the_server_is_killed_while_a_person_labels(browser: Browser, place: Labelling) -> None:
    page = labeller(browser, place, 0)
    answered = [press(page, "1") for _turn in range(5)]
    place.kill()
    answered += [press(page, "1") for _turn in range(5)]
    expect(page.locator("#label-state")).to_contain_text("Kept on this computer")
    serve(place)
    saved(page)
    assert (stored(place), aside(place)) == (expected(answered), [(0,)])


def test_two_minutes_without_a_network(browser: Browser, place: Labelling) -> None:
    cut_off, unheard = labeller(browser, place, 0), labeller(browser, place, 1)
    assert place.process is not None
    began = time.monotonic()
    cut_off.context.set_offline(True)
    place.process.send_signal(signal.SIGSTOP)
    try:
        answered = [press(cut_off, "1") for _turn in range(6)] + [press(unheard, "1") for _turn in range(6)]
        expect(cut_off.locator("#label-state")).to_contain_text("Kept on this computer: 6 waiting")
        unheard.wait_for_timeout(1000 * (HANGS - (time.monotonic() - began)))
    finally:
        place.process.send_signal(signal.SIGCONT)
    saved(unheard)
    cut_off.wait_for_timeout(1000 * (CUT - (time.monotonic() - began)))
    expect(cut_off.locator("#label-state")).to_contain_text("Kept on this computer: 6 waiting")
    cut_off.context.set_offline(False)
    saved(cut_off)
    assert (stored(place), aside(place)) == (expected(answered), [(0,)])


def test_a_session_that_ended_on_the_server(browser: Browser, place: Labelling) -> None:
    do(place, PASSWORD)
    do(place, EXPIRED)
    page = labeller_signed_in(browser, place)
    answered = [press(page, "1") for _turn in range(2)]
    saved(page)
    do(place, EXPIRED)
    answered += [press(page, "1") for _turn in range(3)]
    expect(page.locator("#label-state")).to_contain_text("You are signed out. Kept on this computer: 3 waiting")
    other = page.context.new_page()
    sign_in(other)
    other.close()
    page.bring_to_front()
    saved(page)
    assert (stored(place), aside(place)) == (expected(answered), [(0,)])


def labeller_signed_in(browser: Browser, place: Labelling) -> Page:
    """The labelling page of somebody who signed in by name and password."""
    page = browser.new_context(base_url=f"http://127.0.0.1:{place.port}").new_page()
    sign_in(page)
    page.goto(f"/benchmarks/{place.known['slug']}/label/")
    shown(page)
    page.wait_for_load_state("networkidle")
    return page


def sign_in(page: Page) -> None:
    """Sign in as the first of the people."""
    page.goto("/accounts/login/")
    page.locator("#id_username").fill("annotator0")
    page.locator("#id_password").fill("known-demo")
    page.locator("#id_password").press("Enter")
    expect(page.locator("#id_password")).to_have_count(0)
