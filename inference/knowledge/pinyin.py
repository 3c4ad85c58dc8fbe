"""The sounds of words: names by their pinyin, for queries typed in Latin letters or with homophones."""

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import islice, product

from inference.knowledge.records import Entry, Kind

READINGS, COMBINATIONS = 3, 12
"""Readings of a character, and of a word, that are looked at; the dictionary lists the common ones first."""
HETERONYMS = frozenset("参术阿荨藏柏薄便调降朝重长行血咳壳单曲娜卡拨")
"""Characters that names of medicines read otherwise than most words do: 人参, 白术, 阿胶."""
LONGEST = 12
SHORTEST_INITIALS = 4
VOWELS = frozenset("aeiou")
SPOKEN = frozenset({Kind.MEDICINE, Kind.BRAND, Kind.EFFICACY, Kind.NEED, Kind.CATEGORY, Kind.FORM, Kind.POPULATION})


class Sounds:
    """Words of a lexicon by how they are pronounced, whatever the tones and the accent."""

    def __init__(self, words: Iterable[tuple[str, Entry]]) -> None:
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._initials: dict[str, tuple[str, ...]] = {}
        self._syllables: set[str] = set()
        for word, entry in words:
            if entry.kind in SPOKEN and 1 < len(word) <= LONGEST and is_chinese(word):
                self._take(word, entry)

    def _take(self, word: str, entry: Entry) -> None:
        if word in self._entries:
            self._entries[word] += (entry,)
            return
        self._entries[word] = (entry,)
        for character in word:
            self._syllables.update(readings(character))
        for key in dict.fromkeys(folded("".join(syllables)) for syllables in pronounced(word)):
            self._words[key] = (*self._words.get(key, ()), word)
        if len(word) >= SHORTEST_INITIALS and entry.kind in (Kind.MEDICINE, Kind.BRAND):
            for key in dict.fromkeys("".join(one[0] for one in syllables) for syllables in pronounced(word)):
                self._initials[key] = (*self._initials.get(key, ()), word)

    def of_letters(self, letters: str) -> tuple[str, ...]:
        """The words whose pinyin is `letters`, plain ones; those that differ by an accent only where none is exact."""
        found = self._words.get(folded(letters), ())
        exact = tuple(word for word in found if letters in {"".join(one) for one in pronounced(word)})
        return self.apart(exact or tuple(word for word in found if len(word) > 2))

    def has_syllable(self, letters: str) -> bool:
        """Whether `letters` are one syllable of a word."""
        return plain(letters) in self._syllables

    def of_initials(self, letters: str) -> tuple[str, ...]:
        """The words whose syllables begin with `letters`."""
        return () if VOWELS & set(letters[1:]) else self.apart(self._initials.get(letters, ()))

    def alike(self, word: str) -> tuple[str, ...]:
        """The words of the same length that sound like `word`; those that differ by an accent only where none is exact."""
        if not 1 < len(word) <= LONGEST or not is_chinese(word):
            return ()
        keys = dict.fromkeys(folded("".join(one)) for one in pronounced(word))
        found = dict.fromkeys(other for key in keys for other in self._words.get(key, ()) if len(other) == len(word))
        near = [other for other in found if sounds_like(word, other, accent=True)]
        exact = [other for other in near if sounds_like(word, other)]
        return self.apart(exact or near)

    def apart(self, words: Iterable[str]) -> tuple[str, ...]:
        """The words that mean different things, the first of each meaning."""
        found: list[str] = []
        for word in words:
            if not any(set(self.means(word)) & set(self.means(other)) for other in found):
                found.append(word)
        return tuple(found)

    def means(self, word: str) -> tuple[Entry, ...]:
        """What a word of the index names."""
        return self._entries.get(word, ())


def sounds_like(word: str, other: str, *, accent: bool = False, tones: bool = False) -> bool:
    """Whether two words of the same length sound the same, a character for a character: with `accent` as people of
    the south speak, with `tones` in the tone of their commonest reading."""
    return len(word) == len(other) and all(
        one == two or bool(_heard(one, accent=accent, tones=tones) & _heard(two, accent=accent, tones=tones))
        for one, two in zip(word, other, strict=True)
    )


@cache
def _heard(character: str, *, accent: bool, tones: bool) -> frozenset[str]:
    """How a character is understood to sound: as mostly read, unless medicines read it otherwise."""
    if tones:
        return frozenset(_dictionary().get(ord(character), character).split(",")[:1])
    common = readings(character) if character in HETERONYMS else readings(character)[:1]
    return frozenset(map(folded, common) if accent else common)


def pronounced(word: str) -> Iterator[tuple[str, ...]]:
    """The ways to pronounce a Chinese word, syllable by syllable, without tones."""
    return islice(product(*map(readings, word)), COMBINATIONS)


@cache
def readings(character: str) -> tuple[str, ...]:
    """The commonest readings of a Chinese character without tones; the character itself where none is known."""
    found = _dictionary().get(ord(character), "")
    return tuple(dict.fromkeys(plain(one) for one in found.split(",") if one))[:READINGS] or (character,)


@cache
def _dictionary() -> Mapping[int, str]:
    """Readings by code point. Read when first needed, without the phrases: 13 MB and .04 s instead of 55 MB and .14 s."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    found: Mapping[int, str] = import_module("pypinyin.pinyin_dict").pinyin_dict
    return found


def plain(letters: str) -> str:
    """Latin letters without tones, blanks and marks; ü as u, whether typed ü, v or u."""
    bare = unicodedata.normalize("NFD", letters).replace("v", "u")
    return "".join(char for char in bare if "a" <= char <= "z")


def folded(letters: str) -> str:
    """Plain letters without what a southern accent does not tell apart: zh and z, in and ing."""
    return letters.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n")


def is_chinese(word: str) -> bool:
    """Whether a word has Chinese characters only."""
    return all("\u3400" <= char <= "\u9fff" for char in word)
