"""What all tests share: which Chromium to drive, and that nothing is left out unnoticed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

# Few examples of each property while one works; `make test-slow` tries many.
hypothesis_settings.register_profile("quick", max_examples=25, deadline=None)
hypothesis_settings.register_profile("thorough", max_examples=500, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ALL_TESTS = os.environ.get("ALL_TESTS") == "1"


def chromium() -> str | None:
    """The Chromium of this machine: `CHROMIUM`, or the first found."""
    if named := os.environ.get("CHROMIUM"):
        return named
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return found or (MAC_CHROME if Path(MAC_CHROME).exists() else None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a Chromium the browser tests are left out, said aloud; with ALL_TESTS=1 that is an error."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    if not browser or chromium():
        return
    if ALL_TESTS:
        raise pytest.UsageError("no Chromium on this machine, and ALL_TESTS=1 leaves nothing out")
    items[:] = [item for item in items if item not in browser]
    config.hook.pytest_deselected(items=browser)


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Say what was left out."""
    if not chromium():
        terminalreporter.write_line(
            "Browser tests were left out: install Chromium, or name one in CHROMIUM.", yellow=True
        )


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With ALL_TESTS=1 a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if ALL_TESTS and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> Iterator[None]:
    """A request leaves its language to the thread, which the next test runs in."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The machine's own Chromium, sandbox off (containers have none), silent towards the network."""
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-gpu",
    ]
    return {**browser_type_launch_args, "executable_path": chromium(), "args": quiet}
