"""The knowledge in use: the shipped files with what was added and corrected since."""

from functools import lru_cache

from django.db.models import Max

from inference.knowledge.lexicon import Lexicon, load_lexicon
from inference.models import EntryVersion


def entries_upto() -> int:
    """The newest entry version there is, which names the state of the knowledge; 0 before the first."""
    newest: int | None = EntryVersion.objects.aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def lexicon_in_use() -> Lexicon:
    """The lexicon with every entry version there is."""
    return lexicon_at(entries_upto())


@lru_cache(maxsize=4)
def lexicon_at(upto: int) -> Lexicon:
    """The lexicon as it was when entry version `upto` was the newest."""
    return load_lexicon()
