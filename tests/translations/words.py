"""The English that a page shows or says aloud."""

import re
from html.parser import HTMLParser

from django.test import Client

ENGLISH_ON_PURPOSE = {
    "ARWeb",
    "Asia",
    "CSV",
    "Enter",
    "ISPI",
    "JSON",
    "JSONL",
    "import_leaflets",
    "leaflet_id",
    "manufacturer",
    "name",
    "pair_id",
    "product_id",
    "query",
    "sections",
    "SearXNG",
    "Shanghai",
    "spec",
    "title",
    "trade_name",
    "verify_audit",
    "YAML",
    "gold",
}
"""Names, keys of the keyboard, and the fields of a file."""


BEHIND = re.compile(r"must-hold [0-9a-f]{6,}|\bgate \d+\b")
"""What a check rests on, as it is kept."""


WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z_]{4,}(?![A-Za-z0-9_])")


SPOKEN = {"title", "aria-label", "placeholder", "alt", "data-label", "data-failed"}


UNSEEN = {"script", "style", "code"}


class Words(HTMLParser):
    """Gathers what a page shows or says aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside += [tag] if tag in UNSEEN else []
        self.texts += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        self.texts += [] if self.inside else [data]

    @property
    def english(self) -> set[str]:
        """The English words of four letters and more that nobody put there on purpose."""
        return set(WORD.findall(BEHIND.sub("", "\n".join(self.texts)))) - ENGLISH_ON_PURPOSE


def english_on(client: Client, *addresses: str) -> dict[str, set[str]]:
    """The English of each page that has some."""
    found = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        found[address] = Words(response.content.decode()).english
    return {address: words for address, words in found.items() if words}
