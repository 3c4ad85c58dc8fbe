"""The product check (SI) on the title: its standard name, and brands and names in it that it does not own."""

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.steps import Trick


def tricks_in(product: Reading, lexicon: Lexicon) -> tuple[Trick, ...]:
    """The claims of a title that are not the product's own."""
    return ()


def without_tricks(product: Reading, tricks: tuple[Trick, ...]) -> Reading:
    """The reading with what the tricks claimed taken away."""
    return product


def standard_name(product: Reading, lexicon: Lexicon) -> str:
    """Brand, name, form and strength in the order of a register; empty where no name is known."""
    return ""
