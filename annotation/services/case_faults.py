"""What the catalogue knows of a product that a bad case is told by."""

from collections.abc import Iterable, Mapping, Sequence

from annotation.models import Product
from rules.engine.attributes import Attribute


def attributes_of(product: Product) -> Mapping[str, Sequence[str]]:
    """What the merchant gave, and where that is silent what the title says."""
    return {**product.parsed, **{name: values for name, values in product.given.items() if values}}


def category_of(product: Product) -> str:
    """The first category that the catalogue names; empty where it names none."""
    values = attributes_of(product).get(Attribute.CATEGORY.value) or ()
    return values[0][:100] if values else ""


def faults_text(faults: Iterable[str]) -> str:
    """Attributes as a case keeps them: `|brand|dosage_form|`."""
    known = {one.value for one in Attribute}
    found = sorted(set(faults) & known)
    return f"|{'|'.join(found)}|" if found else ""
