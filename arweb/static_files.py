"""Static files as they go over the wire: a compressed copy of each that gets smaller by it is kept under VAR_DIR."""

import gzip
import os
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

FOLDER = "compressed"
KINDS = (".css", ".js", ".svg")
LEAST, MOST = 400, 500_000
"""Bytes of a file that is worth a copy; above, compressing would hold up a start (API docs: 2 MB, seldom opened)."""
READABLE = 0o644


class CompressedFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves static files from where they lie, compressed for browsers that take it."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """A file with its compressed copy."""
        copy = compressed(Path(path))
        if copy is None:
            return super().get_static_file(path, url, stat_cache)
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        return StaticFile(path, headers.items(), encodings={"gzip": str(copy)})


def compressed(file: Path) -> Path | None:
    """The compressed copy of a file, made where there is none of it as it is now; None where none is worth it."""
    if file.suffix not in KINDS or not LEAST <= (size := file.stat().st_size) <= MOST:
        return None
    state = f"{file} {size} {file.stat().st_mtime_ns}"
    copy = Path(settings.VAR_DIR) / FOLDER / f"{sha256(state.encode()).hexdigest()[:32]}.gz"
    if not copy.exists():
        keep(copy, gzip.compress(file.read_bytes(), mtime=0))
    return copy


def keep(file: Path, content: bytes) -> None:
    """Write a file that is whole as soon as it is there, whoever else writes it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(dir=file.parent, prefix=f"{file.stem}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
        beside.chmod(READABLE)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
