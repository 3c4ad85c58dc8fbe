"""Reading variables of the environment: as text, yes or no, a whole number, a list; and the file that names them."""

import os
import re
import secrets
import sys
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryFile, mkstemp

from django.core.exceptions import ImproperlyConfigured


def load_env_file(path: Path) -> None:
    """Set what `path` names and the environment does not: `NAME=value` lines, `#` comments."""
    if not path.is_file():
        return
    for line in path.read_text("utf-8").splitlines():
        name, found, value = line.strip().partition("=")
        if found and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def text(name: str, default: str = "") -> str:
    """The variable `name`, or `default` where it is unset or empty."""
    return os.environ.get(name, "") or default


def flag(name: str, *, default: bool) -> bool:
    """The variable `name` as yes or no."""
    value = text(name, str(default)).lower()
    if value not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}")
    return value in {"1", "true", "yes", "on"}


def number(name: str, default: int, *, least: int = 0, most: int = sys.maxsize) -> int:
    """The variable `name` as a whole number from `least` to `most`."""
    value = text(name, str(default))
    if not value.isdecimal() or len(value) > 18 or not least <= int(value) <= most:
        limits = f"of at least {least}" if most == sys.maxsize else f"from {least} to {most}"
        raise ImproperlyConfigured(f"{name} must be a whole number {limits}, not {value!r}")
    return int(value)


def listed(name: str, default: str = "") -> list[str]:
    """The variable `name` as a list, split at commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def hosts(name: str, default: str) -> list[str]:
    """The variable `name` as names of hosts, each with or without a port, split at commas."""
    found = listed(name, default)
    for one in found:
        if not re.fullmatch(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", one):
            raise ImproperlyConfigured(f"{name} must be hosts like models.example.org:8000, not {one!r}")
    return found


def folders(name: str) -> list[str]:
    """The variable `name` as folders, each from the root, split at commas."""
    found = listed(name)
    for one in found:
        if not Path(one).is_absolute():
            raise ImproperlyConfigured(f"{name} must be folders like /srv/models, not {one!r}")
    return found


def kept_folder(name: str, default: Path) -> Path:
    """The variable `name` as the folder that everything is written to, made where it is not there yet."""
    folder = Path(text(name, str(default))).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        said = f"{name} must be a folder that can be written to: {folder} ({error.strerror})"
        raise ImproperlyConfigured(said) from error
    return folder


def address(name: str) -> str:
    """The variable `name` as the address of a service, empty where unset. What it says may be secret: it is not repeated."""
    found = text(name)
    if found and not re.fullmatch(
        r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?", found
    ):
        raise ImproperlyConfigured(f"{name} must be like http://127.0.0.1:8888, without a name, a password or a query")
    return found


def networks(name: str) -> list[str]:
    """The variable `name` as network addresses and ranges, split at commas."""
    found = listed(name)
    for one in found:
        try:
            ip_network(one, strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be network addresses, not {one!r}") from error
    return found


def secret_key(folder: Path) -> str:
    """SECRET_KEY, or one made on the first start and kept where only this user can read it."""
    if given := text("SECRET_KEY"):
        return given
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, draft = mkstemp(dir=folder, prefix="secret_key.")  # nobody else reads it
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its key is the key
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text().strip()
