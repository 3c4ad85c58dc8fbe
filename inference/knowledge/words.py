"""Small closed lists that reading needs: salts, company words, shopping words, places. A file a list."""

from inference.knowledge.tables import FOLDER, rows, word


def words_in(name: str) -> tuple[str, ...]:
    """The words of one list in the order of its file, each once."""
    return tuple(dict.fromkeys(word(row, "word") for row in rows(FOLDER, f"{name}.tsv")))


SALTS = words_in("salts")
"""What stands before or behind a name without changing what the medicine is for."""

SALT_SUFFIXES = words_in("salt_suffixes")
"""What may stand between a name and its dosage form."""

COMPANY_WORDS = words_in("company_words")
"""What follows the name of a maker."""

NOISE = words_in("noise_words")
"""Words of shops and shoppers that name nothing about the product."""

RELEASE = words_in("release_words")
"""How a dosage form gives off what it holds; the same medicine in another such form is taken otherwise."""

PROVINCES = words_in("provinces")
"""Provinces and cities of China."""

COUNTRIES = words_in("countries")
"""Countries that products come from."""


SIGNS = {
    word(row, "word"): word(row, "efficacy")
    for row in sorted(rows(FOLDER, "signs.tsv"), key=lambda row: -len(word(row, "word")))
}
"""What characters in a name that nobody knows tell it is for, longer ones first: 咳 of 儿咳糖浆."""
