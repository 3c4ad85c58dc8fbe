"""What the pipeline is asked: one query with one product."""

from dataclasses import dataclass, field

from rules.engine.attributes import Values


@dataclass(frozen=True, slots=True)
class Case:
    """A query and a product's title, with what the catalogue knows of the product.

    `given` are the product's structured attributes as the merchant or the title parser filled
    them, not yet canonical. `images` are SHA-256 digests of its images.
    """

    query: str
    title: str
    given: Values = field(default_factory=dict)
    indication: str = ""
    images: tuple[str, ...] = ()
