"""Whom a product is for, beside whom it is asked for."""

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.reading import Reading
from inference.pipeline.relate import MAIN_USES
from inference.pipeline.trace import Agreement, Compared
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

AUDIENCES = {"男科": "成年男性", "妇产": "成年女性", "儿科": "儿童"}
"""Groups of efficacy that tell whom a product is for."""

CHILDREN = "儿童"
CHILDRENS_FORMS = frozenset({"混悬液", "滴剂", "混悬颗粒", "干混悬剂"})
GROWN_UPS_FORMS = frozenset({"片", "胶囊"})
CHILDRENS_KINDS = frozenset({"解热镇痛药", "感冒药"})
"""A remedy for fever or a cold that comes as a tablet for the grown-up is given to children in these forms."""


def audience(wanted: tuple[str, ...], product: Reading, lexicon: Lexicon) -> Compared:
    """Whether a product is made for everybody asked for."""
    shown = product.of(Attribute.POPULATION)
    if not wanted:
        return Compared(Attribute.POPULATION, Agreement.NOT_ASKED, (), shown)
    made_for = (*shown, *_implied_audience(product, lexicon))
    met = all(
        _says(one, product, lexicon) or any(_is_for(one, other, product, lexicon) for other in made_for)
        for one in wanted
    )
    missing = Agreement.DIFFERENT if shown else Agreement.NOT_SHOWN
    return Compared(Attribute.POPULATION, Agreement.SAME if met else missing, wanted, shown)


def _implied_audience(product: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """Whom the product's main uses tell it is for."""
    rows = (lexicon.efficacy.get(term) for term in product.of(Attribute.EFFICACY)[:MAIN_USES])
    implied = tuple(AUDIENCES[row.group] for row in rows if row is not None and row.group in AUDIENCES)
    return (*implied, CHILDREN) if _is_childrens_form(product, lexicon) else implied


def _is_childrens_form(product: Reading, lexicon: Lexicon) -> bool:
    """Whether the product is a medicine in the form made of it for children: 布洛芬混悬液."""
    rows = [lexicon.medicines[name] for name in product.of(Attribute.CORE_NAME) if name in lexicon.medicines]
    forms = product.of(Attribute.DOSAGE_FORM)
    if not forms or not set(forms) <= CHILDRENS_FORMS:
        return False
    return any(
        CHILDRENS_KINDS & set(row.kinds) and any(GROWN_UPS_FORMS & set(lexicon.forms_of(one)) for one in row.forms)
        for row in rows
    )


def _is_for(wanted: str, shown: str, product: Reading, lexicon: Lexicon) -> bool:
    """Whether a product for `shown` is made for `wanted`; one that is only known to be for more people shows it not."""
    if wanted in lexicon.populations_of(shown):
        return True
    return _says(shown, product, lexicon) and shown in lexicon.populations_of(wanted)


def _says(population: str, product: Reading, lexicon: Lexicon) -> bool:
    """Whether a word for a population stands in the title."""
    row = lexicon.populations.get(population)
    return row is not None and any(normalise(word) in product.own_text for word in (row.name, *row.aliases))


def _fits(wanted: str, shown: str, lexicon: Lexicon) -> bool:
    return shown in lexicon.populations_of(wanted) or wanted in lexicon.populations_of(shown)


def is_unfit(wanted: tuple[str, ...], product: Reading, lexicon: Lexicon) -> bool:
    """Whether the product is made for an audience that leaves out the one asked for, or is not to be given to it."""
    shown = product.of(Attribute.POPULATION)
    names = (*product.of(Attribute.CORE_NAME), *product.near_cores)
    medicines = [lexicon.medicines[name] for name in names if name in lexicon.medicines]
    barred = {population for medicine in medicines for population in medicine.contraindicated}
    for one in wanted:
        if any(_fits(one, other, lexicon) for other in shown):
            continue
        lying = set(lexicon.populations_of(one))
        if lying & barred or (shown and all(lying & lexicon.excluded_by(other) for other in shown)):
            return True
    return False
