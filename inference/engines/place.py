"""A model that this process runs itself: which engine, from which folder, and whether the deployment allows that."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SCHEME = "inprocess"


class LocalEngine(StrEnum):
    """What runs a model in this process."""

    TRANSFORMERS = "transformers"
    VLLM = "vllm"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a model, and the engine that runs it."""

    engine: LocalEngine
    folder: Path

    @property
    def origin(self) -> str:
        """Who is asked: this process, whichever model."""
        return SCHEME

    def __str__(self) -> str:
        return f"{SCHEME}:{self.engine}:{self.folder}"

    def allowed(self, folders: Iterable[str]) -> bool:
        """Whether the folder lies in one of those, wherever links lead."""
        real = self.folder.resolve()
        return any(real.is_relative_to(Path(folder).resolve()) for folder in folders)


def is_place(text: str) -> bool:
    """Whether an address means a model in this process."""
    return text.startswith(f"{SCHEME}:")


def read_place(text: str) -> Place:
    """The place that `inprocess:ENGINE:/FOLDER` says. Raises ValueError for anything else."""
    scheme, _, rest = text.partition(":")
    engine, _, folder = rest.partition(":")
    path = Path(folder)
    if scheme != SCHEME or not text.isprintable() or not path.is_absolute() or ".." in path.parts:
        raise ValueError("place")
    return Place(LocalEngine(engine), path)
