"""Words with one wrong character, or two characters in the wrong order: what the shopper most likely meant."""

from collections.abc import Iterable, Mapping

SHORTEST, LONGEST = 4, 10
"""Characters of a name in which one slip is mended; in a shorter one a slip makes another word."""
SHORTEST_FORM = 3
ANY = "\0"


class Slips:
    """Patterns of words, each with one character left open. A pattern of two different names mends nothing."""

    def __init__(self, words: Iterable[tuple[str, str]], shortest: int = SHORTEST) -> None:
        self.shortest = shortest
        self._meant: dict[str, str] = {}
        for word, value in words:
            if shortest <= len(word) <= LONGEST and not word.isascii():
                for pattern in patterns(word):
                    self._meant[pattern] = value if self._meant.get(pattern, value) == value else ""

    @property
    def patterns(self) -> Mapping[str, str]:
        """Every pattern with what it stands for; an empty text where it may be several things."""
        return self._meant

    def meant(self, word: str) -> str:
        """What a mistyped word stands for, or an empty text."""
        if not self.shortest <= len(word) <= LONGEST:
            return ""
        found = {value for pattern in patterns(word) if (value := self._meant.get(pattern))}
        return found.pop() if len(found) == 1 else ""

    def meant_at_end(self, word: str) -> tuple[str, int]:
        """What the end of a word stands for when mistyped, and where that end starts; the longest end first."""
        for start in range(max(0, len(word) - LONGEST), len(word) - self.shortest + 1):
            if value := self.meant(word[start:]):
                return value, start
        return "", len(word)


def patterns(word: str) -> list[str]:
    """A word with each of its characters but the first left open, and with each two neighbours in either order.

    Another first character mostly makes another word: 胃蛋白酶 and 糜蛋白酶.
    """
    one = [word[:at] + ANY + word[at + 1 :] for at in range(1, len(word))]
    two = [word[:at] + "".join(sorted(word[at : at + 2])) + ANY + word[at + 2 :] for at in range(len(word) - 1)]
    return one + two
