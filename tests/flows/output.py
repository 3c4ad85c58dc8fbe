"""All that comes out of the application: gathered from its pages, to be searched for what must not be there."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.test import Client
from django.urls import Resolver404, resolve, reverse

from inference.models import Judgment, ModelEndpoint, OutsideAnswer, Run

HREF = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)"')


class Gathered:
    """Everything that came out, by where."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def add(self, where: str, text: object) -> None:
        """One output."""
        self.texts[f"{len(self.texts)} {where}"] = str(text)

    def holding(self, secrets: dict[str, str]) -> list[tuple[str, str]]:
        """Which secret stands where, as it is or as JSON and HTML write it."""
        return [
            (name, where)
            for where, text in self.texts.items()
            for name, secret in secrets.items()
            if any(secret in one for one in (text, unescape(text), text.replace("\\/", "/")))
        ]


def first_pages() -> Iterator[str]:
    """The pages that are nearest to a secret."""
    for name in ("inference:endpoints", "inference:outside", "rules:tokens", "rules:audit"):
        yield reverse(name)
    yield reverse("rules:audit_export", args=["jsonl"])
    yield from (reverse("inference:endpoint", args=[one.pk]) for one in ModelEndpoint.objects.all())
    yield from (reverse("inference:run", args=[one.pk]) for one in Run.objects.all())
    yield from (reverse("inference:judgment", args=[one.pk]) for one in Judgment.objects.all())
    yield from (reverse("inference:outside_answer", args=[one.pk]) for one in OutsideAnswer.objects.all())


def crawl(client: Client, gathered: Gathered, most: int) -> set[str]:
    """The first pages, then one page of every kind that links lead to; the kinds found."""
    first, kinds = list(first_pages()), set()
    waiting = [*first, "/"]
    seen: set[str] = set()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        kind = kind_of(address)
        if address in seen or kind is None or (kind in kinds and address not in first):
            continue
        seen.add(address)
        kinds.add(kind)
        response = client.get(address)
        text = text_of(response)
        gathered.add(address, f"{response.headers}\n{text}")
        waiting += [unescape(found) for found in HREF.findall(text)]
    return kinds


def text_of(response: Any) -> str:
    """All that a response says."""
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


def kind_of(address: str) -> str | None:
    """The name of the view of an address; None for one that is no page of ours, or ends what is going on."""
    try:
        name = resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return None
    return None if name in ("logout", "admin:logout", "set_language") or "static" in name else name
