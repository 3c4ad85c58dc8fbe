"""How text is made comparable before anything looks for words in it."""

import unicodedata


def normalise(text: str) -> str:
    """Full-width to half-width (NFKC), lower case, white space folded to single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
