"""Addresses of the pages of knowledge entries: names go into the query, where any character is safe."""

from urllib.parse import urlencode

from django.urls import reverse
from django.urls.converters import StringConverter

from inference.knowledge.records import Kind
from inference.knowledge.schema import FIELDS


class EntryKindConverter(StringConverter):
    """A kind of entries in an address."""

    regex = "|".join(kind.value for kind in FIELDS)

    def to_python(self, value: str) -> Kind:
        """The kind that a part of an address names."""
        return Kind(value)

    def to_url(self, value: Kind | str) -> str:
        """The part of an address that names a kind."""
        return Kind(value).value


def entry_address(kind: Kind, name: str, page: str = "entry", **query: object) -> str:
    """The address of a page of an entry, with more parameters where a page takes some."""
    return f"{reverse(f'inference:{page}', args=[kind])}?{urlencode({'name': name, **query})}"


def list_address(kind: Kind, **query: object) -> str:
    """The address of the list of a kind, filtered."""
    return f"{reverse('inference:knowledge_kind', args=[kind])}?{urlencode(query)}"
