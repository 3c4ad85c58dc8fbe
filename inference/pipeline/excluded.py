"""What a query rules out held against the product: having it, or not saying to be without it, is a mismatch."""

from dataclasses import replace

from inference.knowledge.exclusions import exclusions
from inference.knowledge.lexicon import Lexicon
from inference.pipeline.negation import ruled_out
from inference.pipeline.reading import Reading
from inference.pipeline.recall import broadened
from inference.pipeline.recognise import recognise
from inference.pipeline.trace import Agreement, Compared, Mention
from rules.engine.attributes import Attribute

NOT = "非"
"""What stands before a value ruled out, where the values asked for are listed."""
COUNTED = frozenset(Attribute) - {Attribute.EFFICACY}
"""What a product may have too much of; it may well help against more than is asked for."""


def with_excluded(
    compared: tuple[Compared, ...], query: Reading, product: Reading, lexicon: Lexicon
) -> tuple[Compared, ...]:
    """The attributes compared, those on which the product has what the query rules out as different."""
    if not query.excluded:
        return compared
    denied = ruled_out(recognise(product.text, lexicon), lexicon)
    without = {(mention.attribute, mention.value) for one in denied for mention in one.mentions}
    has = broadened(product, lexicon)
    meant = [one for one in query.excluded if (one.attribute, one.value) not in without]
    held = [one for one in meant if one.attribute in COUNTED and one.value in has.get(one.attribute, ())]
    unsaid = [one for one in meant if _must_say(query, one)]
    return tuple(_marked(one, query, held, unsaid) for one in compared)


def _marked(one: Compared, query: Reading, held: list[Mention], unsaid: list[Mention]) -> Compared:
    """One attribute with what is held or not denied of it."""
    here = [mention for mention in held if mention.attribute is one.attribute]
    missing = [mention for mention in unsaid if mention.attribute is one.attribute]
    if not here and (not missing or one.agreement is Agreement.DIFFERENT):
        return one
    said = dict.fromkeys(NOT + query.text[mention.start : mention.end] for mention in here or missing)
    shown = tuple(dict.fromkeys((*(mention.value for mention in here), *one.product)))
    agreement = Agreement.DIFFERENT if here else Agreement.NOT_SHOWN
    return replace(one, agreement=agreement, query=(*one.query, *said), product=shown)


def _must_say(query: Reading, mention: Mention) -> bool:
    """Whether a product is without something only if its title says so: most granules have sugar."""
    known = exclusions().get(query.text[mention.start : mention.end])
    return known is not None and known.stated and mention.attribute is Attribute.INGREDIENT
