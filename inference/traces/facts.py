"""What a sentence about a judgment is made of, read from the stored JSON of a trace. Older traces hold less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inference.pipeline.excluded import NOT
from inference.pipeline.trace import Agreement, EfficacyRelation
from inference.traces.wording import brief
from rules.engine.attributes import Attribute

Json = Mapping[str, Any]
MISSED = (Agreement.DIFFERENT, Agreement.NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class Told:
    """The names in a sentence: `asked` as the shopper typed it, `product` as an expert would call it.

    `read` is how the query was read where a rewrite was kept, else empty.
    `wanted` and `served` are what the query needs and what the product is for, where they were held together.
    """

    asked: str
    read: str
    product: str
    relation: EfficacyRelation
    wanted: str
    served: str


def told(trace: Json) -> Told:
    """The names and uses of a trace."""
    wanted, served = trace["relation_on"]
    rewritten = any(one["kept"] for one in part(trace, "asked").get("rewrites", ()))
    return Told(
        asked=brief(part(trace, "asked").get("original") or trace["query"]["text"]),
        read=brief(trace["query"]["text"]) if rewritten else "",
        product=brief(product_name(trace)),
        relation=EfficacyRelation(trace["relation"]),
        wanted=brief(wanted),
        served=brief(served),
    )


def part(trace: Json, name: str) -> Json:
    """What a stage around the reading wrote; nothing in traces older than the stage."""
    return trace.get(name) or {}


def values_of(side: Json, attribute: Attribute) -> Sequence[str]:
    """The values of one attribute of a side."""
    return next((values for name, values in side["values"] if name == attribute), ())


def product_name(trace: Json) -> str:
    """What the product is called: its core name with its form, or else its title."""
    side = trace["product"]
    core = next(iter(values_of(side, Attribute.CORE_NAME)), "")
    form = next(iter(values_of(side, Attribute.DOSAGE_FORM)), "")
    return (core if core.endswith(form) else core + form) if core else side["text"]


def asks_for(trace: Json) -> frozenset[Attribute]:
    """The attributes that the query names."""
    open_ = Agreement.NOT_ASKED
    return frozenset(Attribute(one["attribute"]) for one in trace["compared"] if one["agreement"] != open_)


def missed(trace: Json) -> list[Json]:
    """The attributes on which the product is not, or does not show, what was asked; waived ones left out."""
    return [one for one in trace["compared"] if one["agreement"] in MISSED and one["attribute"] not in trace["waived"]]


def ruled_out(trace: Json, one: Json) -> list[str]:
    """What of an attribute compared the query asks not to have, in its own words."""
    text, excluded = trace["query"]["text"], trace["query"].get("excluded") or ()
    said = {NOT + text[mention["start"] : mention["end"]] for mention in excluded}
    return [value.removeprefix(NOT) for value in one["query"] if value in said]


def by_trade_name(trace: Json) -> bool:
    """Whether the query names a medicine by a brand that stands for it."""
    brands = {(m["start"], m["end"]) for m in trace["query"]["mentions"] if m["attribute"] == Attribute.BRAND}
    cores = [m for m in trace["query"]["mentions"] if m["attribute"] == Attribute.CORE_NAME]
    return bool(cores) and all((m["start"], m["end"]) in brands for m in cores)
