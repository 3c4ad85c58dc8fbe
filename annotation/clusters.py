"""What is to blame for a bad case, as one word that alike cases share: `attribute|brand`, `rule|12`. Pure but for words."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext

from rules.engine.attributes import ATTRIBUTE_LABELS, Attribute, gettext_noop

LONGEST = 160


class BlameKind(StrEnum):
    """What may be to blame."""

    RULE = "rule"
    ATTRIBUTE = "attribute"
    USE = "use"
    TRICK = "trick"
    LINE = "line"
    FAILURE = "failure"


SENTENCES: Mapping[str, str] = {
    BlameKind.RULE: gettext_noop("rule R%(first)s decides"),
    BlameKind.ATTRIBUTE: gettext_noop("asked for %(second)s, the product is of another %(first)s"),
    BlameKind.USE: gettext_noop("needed for %(first)s, the product is for %(second)s"),
    BlameKind.TRICK: gettext_noop("the title claims what the product is not (%(first)s)"),
    BlameKind.LINE: gettext_noop("line %(first)s of Algorithm 1 decides"),
    BlameKind.FAILURE: gettext_noop("it could not be judged (%(first)s)"),
}

SAME_USE = gettext_noop("needed for %(first)s, and the product is for that")


def cluster_of(kind: BlameKind, *values: str) -> str:
    """The word for what is to blame."""
    return "|".join((kind.value, *(value.replace("|", "/") for value in values)))[:LONGEST]


def cluster_words(cluster: str) -> str:
    """What is to blame, in the reader's language; empty for nothing."""
    kind, *values = cluster.split("|")
    if kind not in SENTENCES:
        return cluster
    named = [gettext(ATTRIBUTE_LABELS[Attribute(one)]) if one in set(Attribute) else one for one in values]
    if kind in (BlameKind.TRICK, BlameKind.FAILURE):
        named = [gettext(one).rstrip(".。") for one in values if one]
    first, second = (*named, "", "")[:2]
    words = SAME_USE if kind == BlameKind.USE and first == second else SENTENCES[kind]
    return gettext(words) % {"first": first or "–", "second": second or "–"}
