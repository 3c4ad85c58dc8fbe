"""Why a pair has its level, in one sentence as an expert would say it.

Every sentence is translated whole, with named parts, so that each language may order them its own way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from inference.pipeline.steps import Consistency
from inference.pipeline.trace import EfficacyRelation
from inference.traces.differences import differences, ruled_out_said
from inference.traces.facts import Json, Told, asks_for, by_trade_name, missed, part, ruled_out, told, values_of
from inference.traces.model import model_remarks, model_said
from inference.traces.wording import some
from rules.engine.attributes import Attribute, Level
from rules.engine.rule import EffectKind

Words = Mapping[str, Any]
INCONSISTENT = Consistency.INCONSISTENT
CONFIRMED = (Consistency.CONSISTENT, Consistency.PARTLY)


def reason(trace: Json) -> str:
    """Why a pair has its level, in one sentence of the current language."""
    facts = told(trace)
    why = because(trace, facts)
    for remark in remarks(trace):
        why = _("%(why)s (%(remark)s)") % {"why": why, "remark": remark}
    parts = [_("%(why)s: %(level)s") % {"why": why, "level": _(Level(trace["proposed"]).label)}]
    if unsure := part(trace, "unsure"):
        parts.append(held_said(unsure))
    parts += rules_said(trace["steps"])
    return _("; ").join(parts) + _(".")


def held_said(unsure: Json) -> str:
    """What became of a judgment that was not sure enough to keep its class."""
    shares = {name: f"{100 * unsure[name]:.1f}%" for name in ("confidence", "threshold")}
    words = {**shares, "level": _(Level(unsure["after"]).label)}
    return _("sure to %(confidence)s where %(threshold)s is asked for: %(level)s") % words


def because(trace: Json, facts: Told) -> str:
    """What decides, before any rule."""
    if model := part(trace, "model"):
        return model_said(model)
    words = {"asked": _quoted(facts), "product": facts.product, "wanted": facts.wanted, "served": facts.served}
    match trace["line"]:
        case 1 | 2 | 3:
            return _met(trace, facts, words)
        case 4:
            return _met_in_part(trace, words)
        case 5:
            return _only_similar(trace, facts, words)
    return _not_met(trace, facts, words)


def _quoted(facts: Told, meaning: str = "") -> str:
    """The shopper's words, with what they were read as or what they mean where that is said otherwise."""
    words = {"words": facts.asked, "read": facts.read, "meaning": meaning}
    if facts.read:
        return _("“%(words)s” (read as “%(read)s”)") % words
    if not meaning or meaning == facts.asked:
        return _("“%(words)s”") % words
    return _("“%(words)s” (%(meaning)s)") % words


def _met(trace: Json, facts: Told, words: Words) -> str:
    """Lines 1 to 3: all that was asked for is there."""
    asks = asks_for(trace)
    if trace["line"] == 1:
        return _("Asked for %(asked)s; the product's title says just that") % words
    if trace["line"] == 2:
        return _("Asked for %(asked)s; the product's title has every word of it") % words
    if asks == {Attribute.BRAND}:
        return _("Asked for the brand %(asked)s; %(product)s is one of its products") % words
    if Attribute.CORE_NAME not in asks:
        return _need_met(facts, words)
    if by_trade_name(trace):
        return _("Asked for %(asked)s; %(product)s is what that name stands for") % words
    return _("Asked for %(asked)s; the product is %(product)s, the same by name and use") % words


def _need_met(facts: Told, words: Words) -> str:
    if not facts.served:
        return _("Asked for %(asked)s; %(product)s is of that kind") % words
    if facts.served == facts.asked:
        return _("Asked for %(asked)s; %(product)s is for just that") % words
    return _("Asked for %(asked)s; %(product)s is for that (%(served)s)") % words


def _met_in_part(trace: Json, words: Words) -> str:
    """Line 4: the use is right, something else asked for is not."""
    missing = [(one, ruled_out(trace, one)) for one in missed(trace)]
    cores = [one for one, ruled in missing if one["attribute"] == Attribute.CORE_NAME and not ruled]
    rest = trace["query"]["rest"]
    each = [
        [ruled_out_said(one, ruled)] if ruled else differences(one, rest) for one, ruled in missing if one not in cores
    ]
    said = list(dict.fromkeys(clause for clauses in each for clause in clauses))
    words = {**words, "differences": pgettext("clauses", ", ").join(said)}
    if cores and not values_of(trace["product"], Attribute.EFFICACY):
        return _named_alike(words)
    if cores and said:
        return (
            _(
                "Asked for %(asked)s; %(product)s is a close relative for the same use, not the same, and %(differences)s"
            )
            % words
        )
    if cores:
        return _("Asked for %(asked)s; %(product)s is a close relative for the same use, but not the same") % words
    if not said:
        return _("Asked for %(asked)s; %(product)s serves the same use, but is not all that was asked for") % words
    if Attribute.CORE_NAME not in asks_for(trace):
        return _("Asked for %(asked)s; %(product)s is for that, but %(differences)s") % words
    if by_trade_name(trace):
        return (
            _("Asked for %(asked)s; the product is %(product)s, which that name stands for, but %(differences)s")
            % words
        )
    return _("Asked for %(asked)s; the product is %(product)s for the same use, but %(differences)s") % words


def _named_alike(words: Words) -> str:
    """Two names that nothing is known of."""
    return _("Asked for %(asked)s; %(product)s has a name much like it, and more is not known") % words


def _only_similar(trace: Json, facts: Told, words: Words) -> str:
    """Line 5: a similar use, a use beside it, or the same brand alone."""
    if ["same", Attribute.BRAND.value] in [list(one) for one in grounds_of(trace)]:
        brand = next((one for one in trace["compared"] if one["attribute"] == Attribute.BRAND), None)
        shared = [one for one in brand["query"] if one in brand["product"]] if brand else []
        words = {**words, "brand": some(shared or (brand["product"] if brand else ()))}
        return _("Asked for %(asked)s; %(product)s shares only the brand %(brand)s with it") % words
    if _by_name_alone(trace, facts):
        return _named_alike(words)
    match facts.relation:
        case EfficacyRelation.COMPLEMENTARY:
            return (
                _("Asked for %(asked)s; %(product)s, for %(served)s, is used beside it and not instead of it") % words
            )
        case EfficacyRelation.NEAR:
            words = {**words, "asked": _quoted(facts, facts.wanted)}
            return _("%(asked)s was asked for; %(product)s is for %(served)s, near but not the same") % words
    return _("Asked for %(asked)s; %(product)s is another product that is also for %(served)s") % words


def grounds_of(trace: Json) -> Sequence[Sequence[str]]:
    """What the deciding line rested on, as name and value; older traces call it evidence."""
    grounds: Sequence[Sequence[str]] = trace.get("grounds") or trace.get("evidence") or ()
    return grounds


def _by_name_alone(trace: Json, facts: Told) -> bool:
    """Whether what was held together were names that nothing is known of, not uses."""
    wanted, served = trace["relation_on"]
    return wanted in values_or_rest(trace["query"]) and served in values_of(trace["product"], Attribute.CORE_NAME)


def values_or_rest(side: Json) -> tuple[str, ...]:
    """The core names of a side and the words of it nothing is known of."""
    return (*values_of(side, Attribute.CORE_NAME), *side["rest"])


def _not_met(trace: Json, facts: Told, words: Words) -> str:
    """Line 6: nothing that was asked for is met, or it would do harm."""
    if ["unfit", Attribute.POPULATION.value] in [list(one) for one in grounds_of(trace)]:
        return _unfit(trace, words)
    if barred := _barred(trace):
        words = {**words, "words": some(barred)}
        return _("%(asked)s rules out %(words)s, which %(product)s is or has") % words
    if facts.relation is EfficacyRelation.UNKNOWN:
        return _unknown(trace, words)
    words = {**words, "asked": _quoted(facts, facts.wanted)}
    if facts.relation is EfficacyRelation.OPPOSED:
        return _("%(asked)s was asked for; %(product)s is for %(served)s, the opposite") % words
    if not facts.served or not facts.wanted:
        return _("Asked for %(asked)s; %(product)s is for something else") % words
    return _("%(asked)s was asked for; %(product)s is for something else, %(served)s") % words


def _barred(trace: Json) -> list[str]:
    """What the query rules out, in its own words, and the product is or has to the shopper's harm."""
    on = [attribute for ground, attribute in grounds_of(trace) if ground == "ruled_out"]
    return [said for one in trace["compared"] if one["attribute"] in on for said in ruled_out(trace, one)]


def _unfit(trace: Json, words: Words) -> str:
    row = next((one for one in trace["compared"] if one["attribute"] == Attribute.POPULATION), None)
    words = {**words, "wanted": some(row["query"]) if row else "", "shown": some(row["product"]) if row else ""}
    if words["shown"]:
        return _("%(asked)s was asked for %(wanted)s; %(product)s is made for %(shown)s") % words
    return _("%(asked)s was asked for %(wanted)s, to whom %(product)s must not be given") % words


def _unknown(trace: Json, words: Words) -> str:
    served = some(values_of(trace["product"], Attribute.EFFICACY))
    words = {**words, "served": served}
    if not values_of(trace["query"], Attribute.EFFICACY) and served:
        return _("%(asked)s names nothing whose use is known; %(product)s, for %(served)s, has another name") % words
    if served:
        return _("Asked for %(asked)s; %(product)s, for %(served)s, is another product") % words
    return _("Asked for %(asked)s; the product is called %(product)s, and what it is for is not known") % words


def remarks(trace: Json) -> list[str]:
    """What of the texts was not taken as it stands."""
    if model := part(trace, "model"):
        return model_remarks(model)
    found = []
    if tricks := part(trace, "check").get("tricks", ()):
        values = some([trace["product"]["text"][one["start"] : one["end"]] or one["value"] for one in tricks])
        found.append(_("%(words)s in the title does not count") % {"words": values})
    if denied := _denied(part(trace, "check").get("pictures", ())):
        found.append(_("the package photo contradicts the title on %(attributes)s") % {"attributes": denied})
    return found


def _denied(pictures: Sequence[Json]) -> str:
    """The attributes on which a picture contradicts the title and none confirms it."""
    matches = [match for picture in pictures for match in picture["matches"]]
    fine = {one["attribute"] for one in matches if one["consistency"] in CONFIRMED}
    denied = dict.fromkeys(one["attribute"] for one in matches if one["consistency"] == INCONSISTENT)
    return some([_(Attribute(name).label) for name in denied if name not in fine])


def rules_said(steps: Sequence[Json]) -> list[str]:
    """What each rule that moved the level did."""
    return [_rule_said(step) for step in steps if step["outcome"] == "applied"]


def _rule_said(step: Json) -> str:
    words = {
        "number": step["number"],
        "level": _(Level(step["after"]).label),
        "attributes": _(", ").join(_(Attribute(one).label) for one in step.get("attributes", ())),
    }
    match EffectKind(step["effect"]):
        case EffectKind.FORBID:
            return _("rule R%(number)s forbids it: %(level)s") % words
        case EffectKind.CAP:
            return _("rule R%(number)s lets it be %(level)s at most") % words
        case EffectKind.FLOOR:
            return _("rule R%(number)s makes it %(level)s at least") % words
        case EffectKind.REQUIRE if words["attributes"]:
            return _("rule R%(number)s insists on %(attributes)s: %(level)s") % words
        case EffectKind.WAIVE if words["attributes"]:
            return _("rule R%(number)s leaves %(attributes)s out of account: %(level)s") % words
    return _("rule R%(number)s makes it %(level)s") % words
