"""What a product is not, of all that was asked for, in clauses of the sentence that says why a pair has its level."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from inference.pipeline.trace import Agreement
from inference.traces.facts import Json
from inference.traces.wording import some
from rules.engine.attributes import Attribute

Words = Mapping[str, Any]


def ruled_out_said(one: Json, ruled: Sequence[str]) -> str:
    """Something the product was to be without."""
    words = {"words": some(ruled)}
    if one["agreement"] == Agreement.NOT_SHOWN:
        return _("nothing says that it is without %(words)s") % words
    return _("it has what was ruled out, %(words)s") % words


def differences(one: Json, rest: Sequence[str]) -> list[str]:
    """What the product is not. Words nothing is known of are compared with the brand, but called no brand."""
    if one["attribute"] != Attribute.BRAND or not (unknown := [word for word in one["query"] if word in rest]):
        return [_difference(one)]
    known = [word for word in one["query"] if word not in (*unknown, *one["product"])]
    brand = [_difference({**one, "query": known})] if known else []
    return [*brand, _("%(words)s is not shown") % {"words": some(unknown)}]


def _difference(one: Json) -> str:
    """One thing asked for that the product is not, or does not show."""
    words = {"wanted": some(one["query"]), "shown": some(one["product"])}
    if one["agreement"] == Agreement.NOT_SHOWN or not words["shown"]:
        return _not_shown(Attribute(one["attribute"]), words)
    match Attribute(one["attribute"]):
        case Attribute.BRAND:
            return _("its brand is %(shown)s, not %(wanted)s") % words
        case Attribute.DOSAGE_FORM:
            return _("it comes as %(shown)s, not as %(wanted)s") % words
        case Attribute.STRENGTH:
            return _("its strength is %(shown)s, not %(wanted)s") % words
        case Attribute.POPULATION:
            return _("it is made for %(shown)s, not for %(wanted)s") % words
        case Attribute.REGION:
            return _("it comes from %(shown)s, not from %(wanted)s") % words
        case Attribute.INGREDIENT:
            return _("it is a compound of %(shown)s, not %(wanted)s alone") % words
        case Attribute.CATEGORY:
            return _("it is of the kind %(shown)s, not %(wanted)s") % words
    return _("it is for %(shown)s, which does not cover all of %(wanted)s") % words


def _not_shown(attribute: Attribute, words: Words) -> str:
    match attribute:
        case Attribute.BRAND:
            return _("the brand %(wanted)s is not confirmed") % words
        case Attribute.POPULATION:
            return _("it is not said to be for %(wanted)s") % words
        case Attribute.REGION:
            return _("it is not said to come from %(wanted)s") % words
        case Attribute.EFFICACY:
            return _("nothing says that it is for %(wanted)s") % words
    return _("%(attribute)s %(wanted)s is not shown") % {**words, "attribute": _(attribute.label)}
