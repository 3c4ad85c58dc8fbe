"""When a word holds a brand: 仁和药业 holds 仁和, 仁和堂 is another brand."""

SAME_BRAND_TAILS = frozenset("股和牌集医药制")
"""A single character that a cut-off company name leaves behind a brand; any other makes another word of it."""


def beside_brand(word: str, brand: str) -> str | None:
    """What stands beside a brand that `word` begins or ends with; None where it is no whole brand in there."""
    if word.startswith(brand):
        left = word[len(brand) :]
        return None if len(left) == 1 and left not in SAME_BRAND_TAILS and left.isalnum() else left
    if word.endswith(brand):
        left = word[: -len(brand)]
        return None if len(left) == 1 else left
    return None


def begins_or_ends(word: str, brand: str) -> bool:
    """Whether `word` is `brand`, or begins or ends with it as a brand."""
    return beside_brand(word, brand) is not None
