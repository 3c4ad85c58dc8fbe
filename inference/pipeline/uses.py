"""What a medicine is for in the dosage form at hand: eye drops of an antibiotic treat no bronchitis."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.words import SIGNS
from inference.pipeline.reading import Reading
from rules.engine.attributes import Attribute


@dataclass(frozen=True, slots=True)
class Place:
    """Where a route brings a medicine: the groups of efficacy served there, the category of goods for it."""

    groups: frozenset[str]
    category: str


PLACES: Mapping[str, Place] = {
    "眼用": Place(frozenset({"眼"}), "眼药水"),
    "耳用": Place(frozenset({"耳鼻喉"}), "滴耳药"),
    "鼻用": Place(frozenset({"耳鼻喉"}), "鼻炎药"),
    "阴道": Place(frozenset({"妇产"}), "妇科用药"),
    "吸入": Place(frozenset({"呼吸"}), "平喘药"),
}
"""Routes that keep a medicine to one place."""
SKIN, SKIN_GROUP = "外用", "皮肤"
OUTSIDE = frozenset({"皮肤", "骨关节", "肛肠", "妇产", "个人护理", "护理耗材", "麻醉急救", "婴幼护理"})
"""Groups of efficacy that a cream serves, if the medicine serves the skin and is taken otherwise as well."""
MOST_GUESSES = 2
"""Uses guessed of a name by its characters."""
SUPPOSITORY = "栓"
BY_SUPPOSITORY = frozenset({"阴道炎", "宫颈炎", "外阴瘙痒", "白带异常", "痔疮", "肛裂"})


def fitting(reading: Reading, lexicon: Lexicon) -> Reading:
    """The reading with only those uses of its medicines that its dosage form serves. What its words say stays."""
    reading = _guessed(reading, lexicon)
    forms = [form for form in reading.of(Attribute.DOSAGE_FORM) if form in lexicon.forms]
    routes = {lexicon.forms[form].route for form in forms} - {""}
    if len(routes) != 1:
        return reading
    route = next(iter(routes))
    known = reading.of(Attribute.EFFICACY)
    if place := PLACES.get(route):
        return _in_place(reading, place, lexicon)
    if any(SUPPOSITORY in lexicon.forms_of(form) for form in forms):
        served = {term for term in known if BY_SUPPOSITORY & set(lexicon.broader_efficacy(term))}
        return _with(reading, Attribute.EFFICACY, served) if served else reading
    taken = _routes_of(reading, lexicon)
    group = {term: lexicon.efficacy[term].group for term in known if term in lexicon.efficacy}
    if route == SKIN and taken - {SKIN} and SKIN_GROUP in group.values():
        reading = _with(reading, Attribute.EFFICACY, {term for term, of in group.items() if of in OUTSIDE})
        elsewhere = {place.category for place in PLACES.values()}
        return _with(reading, Attribute.CATEGORY, set(reading.of(Attribute.CATEGORY)) - elsewhere)
    eye = "眼用"
    if route != eye and eye in taken:
        return _elsewhere(reading, PLACES[eye], group)
    return reading


def _guessed(reading: Reading, lexicon: Lexicon) -> Reading:
    """The reading with what the characters of its name tell, where nothing is known of it."""
    names = reading.of(Attribute.CORE_NAME)
    if reading.of(Attribute.EFFICACY) or not names or any(name in lexicon.medicines for name in names):
        return reading
    told = dict.fromkeys(use for sign, use in SIGNS.items() if any(sign in name for name in names))
    served = tuple(use for use in told if use in lexicon.efficacy)[:MOST_GUESSES]
    return replace(reading, values={**reading.values, Attribute.EFFICACY: served}) if served else reading


def _in_place(reading: Reading, place: Place, lexicon: Lexicon) -> Reading:
    """The uses in one place alone; eye drops nothing is known of have those of eye drops in general."""
    known = [term for term in reading.of(Attribute.EFFICACY) if term in lexicon.efficacy]
    served = {term: None for term in known if lexicon.efficacy[term].group in place.groups}
    if not served and place.category == PLACES["眼用"].category:
        served = dict.fromkeys(lexicon.efficacy_of_category(place.category))
    if not served:
        return reading
    reading = _with(reading, Attribute.EFFICACY, served)
    within = {one for one in reading.of(Attribute.CATEGORY) if place.category in lexicon.kinds_of(one)}
    return _with(reading, Attribute.CATEGORY, within or {place.category})


def _elsewhere(reading: Reading, place: Place, group: Mapping[str, str]) -> Reading:
    """The uses anywhere but in one place, if there are any."""
    served = {term for term, of in group.items() if of not in place.groups}
    kinds = {one for one in reading.of(Attribute.CATEGORY) if one != place.category}
    if not served:
        return reading
    return _with(_with(reading, Attribute.EFFICACY, served), Attribute.CATEGORY, kinds)


def _routes_of(reading: Reading, lexicon: Lexicon) -> set[str]:
    """Every route by which the medicines of a reading are taken."""
    names = (*reading.of(Attribute.CORE_NAME), *reading.near_cores)
    medicines = [lexicon.medicines[name] for name in names if name in lexicon.medicines]
    return {lexicon.forms[form].route for row in medicines for form in row.forms if form in lexicon.forms}


def _with(reading: Reading, attribute: Attribute, values: Collection[str]) -> Reading:
    """The reading with `values` of an attribute, and those that its own words name, in their order."""
    said = {m.value for m in reading.mentions if m.attribute is attribute and m.origin != "knowledge"}
    present = reading.of(attribute)
    kept = [value for value in present if value in values or value in said]
    kept += [value for value in values if value not in present]
    found = {**reading.values, attribute: tuple(kept)}
    return replace(reading, values={name: held for name, held in found.items() if held})
