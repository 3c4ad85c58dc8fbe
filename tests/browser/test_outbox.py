"""static/outbox.js alone: which answers of a server, or of what stands before it, end an item, and which never do."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser
SCRIPT = (Path(settings.BASE_DIR) / "static" / "outbox.js").read_text("utf-8")
HOST = "http://outbox.test"
PUT = """() => new Promise((resolve) => {
  const heard = [];
  const on = {
    answered: (item, data) => heard.push(["answered", data]),
    refused: (item, data) => heard.push(["refused", data]),
    state: (state, count) => { if (state !== "sending" && heard.push([state, count]) > 0) resolve(heard); },
  };
  new window.Outbox({ name: "answers", extra: () => ({}), on }).put({ submission: "1", url: "/answer/", body: {}, at: 1 });
})"""


def heard(page: Page, status: int, body: str, content_type: str) -> list[list[object]]:
    """What an outbox says of its one item when it is sent and this comes back."""

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status, body=body, content_type=content_type)
        else:
            route.fulfill(body="<!doctype html><title>.</title>", content_type="text/html")

    page.route(f"{HOST}/**", answer)
    page.goto(HOST)
    page.add_script_tag(content=SCRIPT)
    return page.evaluate(PUT)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (404, "no such page", "text/html"),
        (404, '{"message": "no route"}', "application/json"),
        (502, '{"error": "down"}', "application/json"),
        (200, '{"status": "starting"}', "application/json"),
        (200, "<p>Under repair", "text/html"),
    ],
)
def test_an_item_waits_until_the_server_itself_says_that_it_has_it(
    page: Page, status: int, body: str, content_type: str
) -> None:
    assert heard(page, status, body, content_type) == [["waiting", 1]]


@pytest.mark.parametrize(
    ("status", "data", "verdict"),
    [
        (200, {"outcome": "stored", "told": ""}, "answered"),
        (404, {"told": "This pair is not yours."}, "refused"),
        (422, {"told": "Choose a level."}, "refused"),
    ],
)
def test_what_the_server_says_of_an_item_ends_it(page: Page, status: int, data: dict[str, str], verdict: str) -> None:
    assert heard(page, status, json.dumps(data), "application/json") == [[verdict, data], ["saved", 0]]
