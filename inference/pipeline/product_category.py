"""Which of the top categories a product lies in: Chinese medicines, Western medicines, devices and so on."""

from collections.abc import Sequence

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.trace import SideReading
from rules.engine.attributes import Attribute

OTHERS = "其他"
"""The top category of what nothing places in another one."""


def product_category(product: SideReading, lexicon: Lexicon) -> str:
    """The top category of a product as it was read."""
    values = dict(product.values)
    return top_category(values.get(Attribute.CORE_NAME, ()), values.get(Attribute.CATEGORY, ()), lexicon)


def top_category(names: Sequence[str], categories: Sequence[str], lexicon: Lexicon) -> str:
    """The top category of the first medicine named that is known, or else of the first category; OTHERS where none."""
    placed = (lexicon.medicines[name].category for name in names if name in lexicon.medicines)
    known = (name for name in (*placed, *categories) if name in lexicon.categories)
    first = next(known, OTHERS)
    return lexicon.kinds_of(first)[-1]
