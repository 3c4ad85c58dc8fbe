"""The Simplified Chinese catalogue is whole."""

import re
from collections import Counter

from babel.messages.catalog import Catalog, Message

from rules.engine.attributes import ATTRIBUTE_LABELS, LEVEL_LABELS
from rules.engine.wording_chinese import ATTRIBUTES, LEVELS

SAME_IN_BOTH = {"“%(words)s”", "%(count)s · %(share)s", "Cohen", "Fleiss", "Krippendorff"}


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|{\w*}")


def entries(catalogue: Catalog) -> list[tuple[Message, str, str]]:
    """Each message with each of its English forms and the Chinese of it; Chinese has no plural."""
    found = []
    for one in catalogue:
        chinese = one.string if isinstance(one.string, str) else one.string[0]
        found += [(one, english, chinese) for english in ([one.id] if isinstance(one.id, str) else one.id) if english]
    return found


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert [english for one, english, chinese in entries(catalogue) if not chinese.strip() or one.fuzzy] == []


def test_placeholders_are_the_same_on_both_sides(catalogue: Catalog) -> None:
    def kept(text: str) -> Counter[str]:
        return Counter(PLACEHOLDER.findall(text))

    assert [(english, chinese) for _one, english, chinese in entries(catalogue) if kept(english) != kept(chinese)] == []


def test_nothing_is_left_in_english(catalogue: Catalog) -> None:
    left = {english for _one, english, chinese in entries(catalogue) if english == chinese}
    assert left == SAME_IN_BOTH


def test_rule_sentences_and_pages_call_things_alike(catalogue: Catalog) -> None:
    labels = ATTRIBUTE_LABELS | LEVEL_LABELS
    assert {member: catalogue.get(label).string for member, label in labels.items()} == ATTRIBUTES | LEVELS
