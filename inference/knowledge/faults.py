"""What is wrong with an entry that somebody wrote: words that nothing is known of, names that are taken."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from inference.knowledge.overlay import Content, Record, by_name
from inference.knowledge.records import Kind
from inference.knowledge.schema import ALSO_CALLED, FIELDS, UPWARDS, Field
from inference.knowledge.tables import Tables
from rules.engine.attributes import gettext_noop
from rules.engine.text import normalise

NAME_LENGTH = 200
WORD_LENGTH = 200
MOST_WORDS = 200
SEPARATORS = "|\t\n\r"
"""What separates words in the files, and so can be in none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong. `message` is the key of its translation, filled with `params`; `place` is the field, or `name`."""

    place: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class Names:
    """What entries of each kind are called, in one state of the knowledge."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._records: dict[Kind, dict[str, Record]] = {}
        self._called: dict[Kind, dict[str, str]] = {}
        self._closed: dict[tuple[Kind, str], frozenset[str]] = {}

    def records(self, kind: Kind) -> Mapping[str, Record]:
        """The entries of a kind by name."""
        if kind not in self._records:
            self._records[kind] = by_name(self.tables, kind)
        return self._records[kind]

    def called(self, kind: Kind) -> Mapping[str, str]:
        """The name of the entry that each word, normalised, means; a name before what is only an alias."""
        if kind not in self._called:
            rows = self.records(kind)
            aliases = {
                normalise(word): name for name, row in rows.items() for word in getattr(row, ALSO_CALLED[kind], ())
            }
            self._called[kind] = aliases | {normalise(name): name for name in rows}
        return self._called[kind]

    def nearest(self, kind: Kind, word: str) -> str:
        """The entry that is most likely meant by an unknown word, or an empty text."""
        called = self.called(kind)
        if known := called.get(normalise(word)):
            return known
        close = get_close_matches(normalise(word)[:WORD_LENGTH], called, n=1, cutoff=0.5)
        return called[close[0]] if close else ""

    def closed_words(self, kind: Kind, name: str) -> frozenset[str]:
        """The words that entries use in a field whose words are closed."""
        if (kind, name) not in self._closed:
            used = (getattr(row, name) for row in self.records(kind).values())
            self._closed[kind, name] = frozenset(word for text in used for word in text.split("|") if word)
        return self._closed[kind, name]


def faults_of(kind: Kind, name: str, content: Content, names: Names, *, new: bool = False) -> list[Fault]:
    """Everything wrong with an entry that is to be written over the entries there are. `new`: it is to be added."""
    return [
        *name_faults(kind, name, names, new=new),
        *(fault for one in FIELDS[kind] for fault in field_faults(one, kind, name, content, names)),
        *relation_faults(kind, name, content, names),
    ]


def name_faults(kind: Kind, name: str, names: Names, *, new: bool) -> Iterator[Fault]:
    """Whether the name can be one, and is free if it is new."""
    if not name.strip() or not normalise(name):
        yield Fault("name", gettext_noop("A name is needed."))
        return
    yield from word_faults("name", (name,), NAME_LENGTH)
    taken = names.called(kind).get(normalise(name))
    if not new or taken is None:
        return
    if taken == name:
        yield Fault("name", gettext_noop("There is an entry “%(name)s” already; correct that one."), {"name": name})
    else:
        yield Fault("name", gettext_noop("“%(name)s” is another name of “%(other)s”."), {"name": name, "other": taken})


def field_faults(field: Field, kind: Kind, name: str, content: Content, names: Names) -> Iterator[Fault]:
    """What is wrong with one field of an entry."""
    words = words_in(content, field)
    if len(words) > MOST_WORDS:
        yield Fault(field.name, gettext_noop("Too many: at most %(most)d."), {"most": MOST_WORDS})
        return
    yield from word_faults(field.name, words, WORD_LENGTH, separated=not field.closed)
    had = said_before(field, kind, name, names)
    words = tuple(word for word in words if word not in had)
    if field.closed:
        yield from unknown_words(field, kind, words, names)
    elif field.names and not field.free:
        yield from unknown_names(field, field.names, words, names)
    elif field.name == ALSO_CALLED[kind]:
        yield from taken_names(field, kind, name, words, names)


def said_before(field: Field, kind: Kind, name: str, names: Names) -> frozenset[str]:
    """The words that the entry in use has in a field: nobody is held to account for what was there before."""
    before = names.records(kind).get(name)
    value = getattr(before, field.name) if before else ()
    return frozenset((value,) if isinstance(value, str) else value)


def word_faults(place: str, words: Iterable[str], most: int, *, separated: bool = True) -> Iterator[Fault]:
    """Words too long, or with characters that can't be seen or that separate words in the files."""
    for word in words:
        if len(word) > most:
            params: dict[str, str | int] = {"word": f"{word[:20]}…", "most": most}
            yield Fault(place, gettext_noop("“%(word)s” is too long: at most %(most)d characters."), params)
        elif any(unicodedata.category(one) in ("Cc", "Cf", "Cs") or (separated and one in SEPARATORS) for one in word):
            message = gettext_noop("“%(word)s” holds characters that can't be seen, or a vertical bar; remove them.")
            yield Fault(
                place, message, {"word": "".join("�" if unicodedata.category(one)[0] == "C" else one for one in word)}
            )


def unknown_names(field: Field, kind: Kind, words: Iterable[str], names: Names) -> Iterator[Fault]:
    """Words that are the name of no entry of `kind`, with the nearest that is."""
    known = names.records(kind)
    for word in words:
        if word not in known:
            yield unknown(field, word, names.nearest(kind, word))


def unknown_words(field: Field, kind: Kind, words: Iterable[str], names: Names) -> Iterator[Fault]:
    """Words that no entry uses in a field whose words are closed."""
    known = names.closed_words(kind, field.name)
    for word in (part for text in words for part in text.split("|")):
        if word not in known:
            yield unknown(field, word, " · ".join(sorted(known)[:20]))


def unknown(field: Field, word: str, known: str) -> Fault:
    """What is said of a word that is not known."""
    if known:
        message = gettext_noop("“%(word)s” is not known here; known is: %(known)s.")
        return Fault(field.name, message, {"word": word, "known": known})
    return Fault(field.name, gettext_noop("“%(word)s” is not known here. Add it as an entry first."), {"word": word})


def taken_names(field: Field, kind: Kind, name: str, words: Iterable[str], names: Names) -> Iterator[Fault]:
    """Other names newly given that another entry of the kind has."""
    for word in words:
        other = names.called(kind).get(normalise(word), name)
        if other != name:
            params = {"word": word, "other": other}
            yield Fault(field.name, gettext_noop("“%(word)s” is a name of “%(other)s” already."), params)


def relation_faults(kind: Kind, name: str, content: Content, names: Names) -> Iterator[Fault]:
    """Relations of an entry with itself, in a circle, or contrary to each other."""
    for one in FIELDS[kind]:
        if one.names is kind and name in words_in(content, one):
            yield Fault(one.name, gettext_noop("An entry can't name itself here."))
    if kind in UPWARDS and (through := leads_back(kind, name, content, names)):
        message = gettext_noop("“%(word)s” already lies below this entry.")
        yield Fault(UPWARDS[kind], message, {"word": through})
    if kind is Kind.EFFICACY:
        for one in sorted(
            (set(content.get("near") or ()) | set(content.get("broader") or ())) & set(content.get("opposed") or ())
        ):
            yield Fault("opposed", gettext_noop("“%(word)s” can't be both near and opposed."), {"word": one})


def leads_back(kind: Kind, name: str, content: Content, names: Names) -> str:
    """The entry by which going up from `name` would lead back to it, or an empty text."""
    field = next(one for one in FIELDS[kind] if one.name == UPWARDS[kind])
    for first in words_in(content, field):
        seen = [first]
        for one in seen:
            above = getattr(names.records(kind).get(one), field.name, ())
            seen += [word for word in ((above,) if isinstance(above, str) else above) if word and word not in seen]
        if first != name and name in seen:
            return first
    return ""


def words_in(content: Content, field: Field) -> tuple[str, ...]:
    """The words of a field, whether it holds one or several."""
    value = content.get(field.name) or ()
    return (value,) if isinstance(value, str) else tuple(value)
