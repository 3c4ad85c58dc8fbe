"""What attributes are called in the languages of prompts."""

from collections.abc import Callable

from rules.engine import wording_chinese
from rules.engine.attributes import Attribute

LABELS: dict[str, Callable[[Attribute], str]] = {
    "en": lambda attribute: attribute.label,
    "zh": wording_chinese.ATTRIBUTES.__getitem__,
}
