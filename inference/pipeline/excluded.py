"""What a query rules out held against the product: having it is a mismatch or harmful, not denying it a mismatch."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from inference.knowledge.exclusions import exclusions
from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import SALTS
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


HARMFUL = frozenset({Attribute.INGREDIENT, Attribute.CORE_NAME, Attribute.CATEGORY})
"""What may harm whoever rules it out, by an allergy for one; a dosage form or a brand ruled out is a matter of taste."""
SHORTEST_BASE = 2


def held_of(query: Reading, product: Reading, lexicon: Lexicon) -> tuple[Mention, ...]:
    """What the query rules out and the product has, unless its title says that it is without it."""
    if not query.excluded:
        return ()
    without = denied_by(product.text, lexicon)
    has = broadened(product, lexicon)
    made_of = {base_of(value) for value in product.of(Attribute.INGREDIENT)}

    def is_held(one: Mention) -> bool:
        salt = one.attribute is Attribute.INGREDIENT and base_of(one.value) in made_of
        return one.attribute in COUNTED and (salt or one.value in has.get(one.attribute, ()))

    return tuple(one for one in query.excluded if (one.attribute, one.value) not in without and is_held(one))


def denied_by(title: str, lexicon: Lexicon) -> frozenset[tuple[Attribute, str]]:
    """What a title says that the product is without."""
    denied = ruled_out(recognise(title, lexicon), lexicon)
    return frozenset((mention.attribute, mention.value) for one in denied for mention in one.mentions)


def base_of(ingredient: str) -> str:
    """An ingredient without the salt it comes as: 盐酸伪麻黄碱 holds 伪麻黄碱."""
    bases = [ingredient.removeprefix(salt) for salt in SALTS if ingredient.startswith(salt)]
    return next((base for base in sorted(bases, key=len) if len(base) >= SHORTEST_BASE), ingredient)


def harmful(held: Iterable[Mention]) -> frozenset[Attribute]:
    """The attributes on which what is held may do harm."""
    return frozenset(one.attribute for one in held) & HARMFUL


def with_excluded(
    compared: tuple[Compared, ...], query: Reading, product: Reading, held: Collection[Mention], lexicon: Lexicon
) -> tuple[Compared, ...]:
    """The attributes compared, those on which the product has what the query rules out as different."""
    if not query.excluded:
        return compared
    without = denied_by(product.text, lexicon)
    unsaid = [one for one in query.excluded if (one.attribute, one.value) not in without and _must_say(query, one)]
    return tuple(_marked(one, query, held, unsaid) for one in compared)


def _marked(one: Compared, query: Reading, held: Iterable[Mention], unsaid: Iterable[Mention]) -> Compared:
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
