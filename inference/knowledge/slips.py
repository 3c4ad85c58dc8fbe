"""Words with one wrong character, or two characters in the wrong order: what the shopper most likely meant."""

from collections.abc import Iterable, Mapping

SHORTEST, LONGEST = 4, 10
"""Characters of a name in which one slip is mended; in a shorter one a slip makes another word."""
SHORTEST_FORM = 3
ANY = "\0"


class Slips:
    """Words by their patterns, each with one character left open. Words of one value count as one."""

    def __init__(self, words: Iterable[tuple[str, str]], shortest: int = SHORTEST) -> None:
        self.shortest = shortest
        self._value: dict[str, str] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        for word, value in words:
            if shortest <= len(word) <= LONGEST and not word.isascii() and self._value.setdefault(word, value) == value:
                for pattern in patterns(word):
                    self._take(pattern, word, value)

    def _take(self, pattern: str, word: str, value: str) -> None:
        """Put a word under a pattern, unless another word of the same value is there."""
        found = self._words.get(pattern, ())
        if all(self._value[other] != value for other in found):
            self._words[pattern] = (*found, word)

    @property
    def patterns(self) -> Mapping[str, tuple[str, ...]]:
        """Every pattern with the words it stands for, one a value."""
        return self._words

    def candidates(self, word: str) -> tuple[str, ...]:
        """The words that a mistyped word may be, one a value."""
        if not self.shortest <= len(word) <= LONGEST:
            return ()
        found: dict[str, str] = {}
        for pattern in patterns(word):
            for other in self._words.get(pattern, ()):
                if len(other) == len(word):
                    found.setdefault(self._value[other], other)
        return tuple(found.values())


def patterns(word: str) -> list[str]:
    """A word with each of its characters but the first left open, and with each two neighbours in either order.

    Another first character mostly makes another word: 胃蛋白酶 and 糜蛋白酶.
    """
    one = [word[:at] + ANY + word[at + 1 :] for at in range(1, len(word))]
    two = [word[:at] + "".join(sorted(word[at : at + 2])) + ANY + word[at + 2 :] for at in range(len(word) - 1)]
    return one + two
