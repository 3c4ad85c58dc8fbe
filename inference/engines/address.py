"""The address of a model server: read strictly, and held against the hosts that the deployment allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is asked: `host` in lower case, a version 6 address in brackets; `path` without its last slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """The server itself, whichever path is asked."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def __str__(self) -> str:
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"

    def allowed(self, hosts: Iterable[str]) -> bool:
        """Whether it is one of the hosts, given as `name` for every port or as `name:port`."""
        return any(self.host == host or f"{self.host}:{self.port}" == host for host in map(str.lower, hosts))


def read_address(text: str) -> Address:
    """The address that `text` says. Raises ValueError for what is not a plain http or https address.

    No name and password, no question mark, no fragment: a secret has a place of its own, and paths are appended.
    """
    if not text.isascii() or not text.isprintable() or set(text) & set(" \\?#@%"):
        raise ValueError("characters")
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("scheme")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Address(parts.scheme, host, parts.port or PORTS[parts.scheme], parts.path.rstrip("/"))
