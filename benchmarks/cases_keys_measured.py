"""What `cases_keys.py` measures, once Django knows its scratch database."""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from annotation.models import BadCase
from annotation.services.imports import import_cases
from benchmarks.cases_measured import file_of, spread, timed

ROOT = Path(__file__).resolve().parents[1]
TIMES = 20
WATCH = """
(() => {
  let begun = 0, painted = 0, done = 0, isDone = () => true;
  const afterPaint = (then) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(0);
  });
  const look = () => { if (!done && begun && isDone()) { done = -1; afterPaint((now) => { done = now; }); } };
  window.awaitKey = (said) => { isDone = new Function(`return ${said}`); begun = painted = done = 0; };
  window.keyTimes = () => (painted && done > 0 ? [painted - begun, done - begun] : null);
  document.addEventListener("keydown", (event) => {
    begun = event.timeStamp;
    afterPaint((now) => { painted = now; });
    queueMicrotask(look);
  }, true);
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})();
"""
OPEN = "document.getElementById('case-head').dataset.case === document.querySelector('.is-current').dataset.case"
REST = "document.getElementById('case-rest').dataset.case === document.querySelector('.is-current').dataset.case"
HERE = "document.querySelector('.is-current')"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what is pressed before it without being measured, and when all of what it does is done."""

    key: str
    name: str
    done: str
    before: Sequence[str] = ()


SAID = "document.getElementById('case-said').textContent.startsWith('{}')"
KEYS = (
    Key("j", "the next case is open", f"{OPEN} && {REST}"),
    Key("x", "the case is marked", "!document.getElementById('marked').hidden", ("Escape",)),
    Key("b", "its cause is said", f"{HERE}.textContent.includes('brand') && {SAID.format('#')}", ("j",)),
    Key("2", "it misleads", f"{HERE}.querySelector('.severity-2') && {SAID.format('#')}", ("j",)),
    Key("a", "it is assigned", f"{HERE}.textContent.includes('lead') && {SAID.format('#')}", ("j",)),
    Key("u", "the last one is undone", SAID.format("Undone")),
)


def measure(folder: Path, count: int) -> None:
    """Print the milliseconds of each key."""
    call_command("migrate", verbosity=0)
    if BadCase.objects.count() < count // 2:
        fill(folder, count)
    print(f"{BadCase.objects.count()} cases on {connection.vendor}, {TIMES} times each, milliseconds")
    print(f"{'':34} {'next paint':^26} {'all of it shown':^26}")
    print(f"{'key':34} {'median':>8} {'95%':>8} {'worst':>8} {'median':>8} {'95%':>8} {'worst':>8}")
    with served(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US", bypass_csp=True)
        page.add_init_script(WATCH)
        sign_in(page, address)
        for key in KEYS:
            page.goto(f"{address}/bad-cases/?state=new")
            page.wait_for_load_state("networkidle")
            report(key, [pressed(page, key) for _ in range(TIMES)])
        browser.close()


def fill(folder: Path, count: int) -> None:
    """The demo, and so many reports beside it."""
    if connection.vendor != "sqlite":
        call_command("flush", interactive=False, verbosity=0)
    call_command("load_demo", verbosity=0)
    with timed(f"import of {count} reports"):
        import_cases(path=file_of(folder, count))
    BadCase.objects.update(examined_at=timezone.now())
    spread()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server on this database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PORT": str(port), "VAR_DIR": str(folder)}
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/accounts/login/")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(url: str) -> None:
    """Return when it answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.locator("#id_username").fill("lead")
    page.locator("#id_password").fill("lead-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")


def pressed(page: Page, key: Key) -> tuple[float, float]:
    """Milliseconds until the next paint, and until all that a key does is painted."""
    for one in key.before:
        page.keyboard.press(one)
        page.wait_for_function(f"{OPEN} && {REST}")
        page.wait_for_timeout(50)
    page.evaluate(f"window.awaitKey({key.done!r})")
    page.keyboard.press(key.key)
    page.wait_for_function("window.keyTimes()")
    first, whole = page.evaluate("window.keyTimes()")
    page.wait_for_timeout(50)
    return first, whole


def report(key: Key, taken: list[tuple[float, float]]) -> None:
    """Print one line."""
    shown = " ".join(f"{one:8.1f}" for at in (0, 1) for one in summary([times[at] for times in taken]))
    print(f"{key.key}  {key.name:31} {shown}", flush=True)


def summary(times: Sequence[float]) -> tuple[float, float, float]:
    """Median, what 95 in 100 stay below, worst."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], max(times)
