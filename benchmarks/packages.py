"""Drawn packages for benchmarks/pictures.py: titles of the demo on boxes of many looks, some telling of another product."""

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inference.knowledge.lexicon import Lexicon
from inference.knowledge.records import Medicine
from inference.pipeline.case import Case
from inference.pipeline.read_product import read_product
from inference.pipeline.reading import Reading, read_strengths
from inference.pipeline.relate import is_variant
from rules.engine.attributes import Attribute
from rules.engine.text import normalise

DEMO = Path(__file__).resolve().parents[1] / "demo" / "products.csv"
KINDS = ("brand", "name", "form", "population", "nature", "strength")
NATURES = {
    "风寒": ("风寒感冒 症见恶寒重 发热轻 鼻流清涕", "疏风散寒 用于风寒感冒"),
    "风热": ("风热感冒 症见发热 咽喉肿痛 鼻流浊涕", "疏风清热 用于风热感冒"),
}
AUDIENCES = (("儿童", "成人"), ("男士", "女士"), ("成人", "儿童"), ("女士", "男士"))
FORMS = ("片", "胶囊", "颗粒", "口服液", "糖浆", "软膏", "滴眼液", "栓", "喷雾剂", "丸")


@dataclass(frozen=True)
class Package:
    """A title, and what a box says: all of it as in the title, unless `tampered` names what is another product's."""

    title: str
    brand: str
    name: str
    form: str
    strength: str = ""
    use: str = ""
    audience: str = ""
    tampered: str = ""


@dataclass(frozen=True)
class Known:
    """A title of the demo as it is read."""

    title: str
    reading: Reading

    def first(self, attribute: Attribute) -> str:
        """The first value of an attribute, or an empty text."""
        return next(iter(self.reading.of(attribute)), "")


def known_titles(lexicon: Lexicon) -> list[Known]:
    """The titles of the demo with a brand in brackets, a name and a dosage form at its end."""
    with DEMO.open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    known = [Known(title, read_product(Case("", title), normalise(title), lexicon)) for title in titles]
    return [one for one in known if one.title.startswith("[") and split_name(one)[1] and one.first(Attribute.CORE_NAME)]


def split_name(one: Known) -> tuple[str, str]:
    """The name behind the brackets and the dosage form at its end, as the title writes them."""
    written = one.title.split("]", 1)[1].split(" ")[0]
    for mention in one.reading.mentions:
        if mention.attribute is Attribute.DOSAGE_FORM and mention.origin == "text":
            form = one.reading.text[mention.start : mention.end]
            if written.endswith(form) and len(written) > len(form) + 1:
                return written.removesuffix(form), form
    return written, ""


def honest(one: Known, rng: random.Random, lexicon: Lexicon) -> Package:
    """A box that says what the title says."""
    name, form = split_name(one)
    terms = [term for term in one.reading.of(Attribute.EFFICACY) if not term.startswith(("风寒", "风热"))]
    use = "用于" + "、".join(rng.sample(terms, min(len(terms), rng.randint(1, 3)))) if terms else ""
    return Package(
        title=one.title,
        brand=one.title[1:].split("]", 1)[0],
        name=name,
        form=form,
        strength=one.title.partition(" ")[2],
        use=use,
    )


def tampered(one: Known, kind: str, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]) -> Package | None:
    """A box that tells of another product in one respect; None where the title does not lend itself to that."""
    package = with_stated(honest(one, rng, lexicon), one, kind, rng)
    if package is None:
        return None
    changed = CHANGES[kind](package, one, rng, lexicon, others)
    return replace(changed, tampered=kind) if changed else None


def with_stated(package: Package, one: Known, kind: str, rng: random.Random) -> Package | None:
    """The package of a title that states what is to be tampered with; some honest ones get the same words."""
    if kind == "population" and not any(word in package.title for word in ("儿", "男", "女", "妇", "成人")):
        audience = rng.choice(AUDIENCES)[0]
        return replace(
            package, title=f"{package.title} {audience}", audience=f"{audience}{rng.choice(('型', '装', '用'))}"
        )
    if kind == "nature":
        nature = nature_of(one, rng)
        title = package.title if f"{nature}感冒" in package.title else f"{package.title} {nature}感冒"
        return replace(package, title=title, use=rng.choice(NATURES[nature])) if nature else None
    return None if kind == "population" else package


def nature_of(one: Known, rng: random.Random) -> str:
    """Whether a medicine for colds is for those of wind-cold or of wind-heat; either where nothing says so."""
    terms = one.reading.of(Attribute.EFFICACY)
    if not any("感冒" in term for term in terms):
        return ""
    said = [nature for nature in NATURES if f"{nature}感冒" in terms]
    return rng.choice(said or sorted(NATURES)) if len(said) < 2 else ""


def other_brand(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """The box of another house, known from the demo or from the lexicon."""
    row = lexicon.brands.get(one.first(Attribute.BRAND))
    maker = row.maker if row else ""
    known = [brand.name for brand in lexicon.brands.values() if is_chinese(brand.name) and not brand.stands_for]
    brands = [brand for other in others if is_chinese(brand := other.first(Attribute.BRAND))] + rng.sample(known, 60)
    fitting = [
        brand
        for brand in brands
        if brand not in package.title
        and package.brand not in brand
        and not (maker and lexicon.brands.get(brand) and kin(lexicon.brands[brand].maker, maker, brand, package.brand))
    ]
    return replace(package, brand=rng.choice(fitting))


def kin(maker: str, other: str, brand: str, other_brand: str) -> bool:
    """Whether two brands are of one house."""
    return bool(maker) and (maker in other or other in maker or brand in other or other_brand in maker)


def is_chinese(text: str) -> bool:
    """Whether a name is written in two to five Chinese characters."""
    return 2 <= len(text) <= 5 and all("\u3400" <= char <= "\u9fff" for char in text)


def other_name(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """A box of another medicine in the same form; one box in three is of a medicine with like uses."""
    own = lexicon.medicines.get(one.first(Attribute.CORE_NAME))
    form = one.first(Attribute.DOSAGE_FORM)
    rows = [row for row in lexicon.medicines.values() if form in row.forms and is_other(row, one, lexicon)]
    alike = [row for row in rows if own and set(row.efficacy[:2]) & set(own.efficacy[:2])]
    row = rng.choice(alike if alike and rng.random() < 1 / 3 else rows) if rows else None
    if row is None:
        return None
    name = row.name.removesuffix(package.form)
    return replace(package, name=name, use="用于" + "、".join(row.efficacy[:2]) if row.efficacy else "")


def is_other(row: Medicine, one: Known, lexicon: Lexicon) -> bool:
    """Whether a medicine is neither the title's nor a variant of it, and is written in Chinese."""
    title, names = one.reading.text, one.reading.of(Attribute.CORE_NAME)
    return (
        3 <= len(row.name) <= 8
        and all("\u3400" <= char <= "\u9fff" for char in row.name)
        and not any(word in title for word in (row.name, *row.aliases))
        and not any(name in row.name or row.name in name for name in names)
        and not any(is_variant(row.name, name, lexicon) for name in (*names, *one.reading.near_cores))
    )


def other_form(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """The same medicine in another form."""
    now = one.reading.of(Attribute.DOSAGE_FORM)
    if any(form in package.strength for form in now) or any(
        form not in lexicon.forms or lexicon.forms[form].route == "器械" for form in now
    ):
        return None
    above = {root for form in now for root in lexicon.forms_of(form)}
    forms = [form for form in FORMS if not set(lexicon.forms_of(form)) & above]
    return replace(package, form=rng.choice(forms))


def other_population(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """The box for others."""
    pairs = dict(AUDIENCES)
    return replace(package, audience=pairs[package.audience[:2]] + package.audience[2:])


def other_nature(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """Wind-cold for wind-heat, and the other way round."""
    before, now = ("风寒", "风热") if "风寒" in package.title else ("风热", "风寒")
    return replace(package, name=package.name.replace(before, now), use=rng.choice(NATURES[now]))


def other_strength(
    package: Package, one: Known, rng: random.Random, lexicon: Lexicon, others: Sequence[Known]
) -> Package | None:
    """Another strength in the same unit."""
    if not one.reading.of(Attribute.STRENGTH) or any(read_strengths(package.name)):
        return None
    amount = "".join(char for char in package.strength.split("g")[0].split("m")[0] if char.isdigit() or char == ".")
    if not amount or not package.strength.startswith(amount) or not float(amount):
        return None
    changed = f"{float(amount) * rng.choice((2, 0.5, 3, 4)):g}" + package.strength[len(amount) :]
    if not {found for _, _, found in read_strengths(changed)} - set(one.reading.of(Attribute.STRENGTH)):
        return None
    return replace(package, strength=changed)


CHANGES: dict[str, Callable[[Package, Known, random.Random, Lexicon, Sequence[Known]], Package | None]] = {
    "brand": other_brand,
    "name": other_name,
    "form": other_form,
    "population": other_population,
    "nature": other_nature,
    "strength": other_strength,
}


def draw_set(lexicon: Lexicon, *, seed: int, each: int) -> list[Package]:
    """As many honest packages as tampered ones; every kind of tampering about as often."""
    rng = random.Random(seed)
    titles = known_titles(lexicon)
    good: list[Package] = []
    for number, one in enumerate(rng.sample(titles, each)):
        package = honest(one, rng, lexicon)
        worded = with_stated(package, one, ("nature", "population")[number % 2], rng) if number % 5 == 0 else None
        good.append(worded or package)
    bad: list[Package] = []
    while len(bad) < each:
        made = tampered(rng.choice(titles), KINDS[len(bad) % len(KINDS)], rng, lexicon, titles)
        bad += [made] if made else []
    return good + bad
