"""The product as far as its title and its pictures may be believed (SI), by the lexicon and by models beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.knowledge.lexicon import Lexicon
from inference.pipeline.case import Case, Picture
from inference.pipeline.check_product import standard_name, tricks_in, without_tricks
from inference.pipeline.match_pictures import match_picture, together, unconfirmed
from inference.pipeline.model_stages import images as images_by_model
from inference.pipeline.model_stages import product as product_by_model
from inference.pipeline.reading import Reading
from inference.pipeline.stages import Stage
from inference.pipeline.steps import PictureMatch, ProductCheck
from inference.pipeline.told import Listening, Said, Unit


@dataclass(frozen=True, slots=True)
class Believed:
    """What is left of a product's reading, and what was found."""

    reading: Reading
    check: ProductCheck


@dataclass(frozen=True, slots=True)
class Heard:
    """What models said of a title, None where none was asked, and of pictures by their digest."""

    title: Said | None = None
    pictures: tuple[tuple[str, Said], ...] = ()


def believed(product: Reading, case: Case, lexicon: Lexicon, listening: Listening) -> Believed:
    """The product by the stages that are on. Raises NotTold for all that models must be asked, StageFailed."""
    heard = heard_of(units_of(product, case, listening), listening)
    found = Believed(product, ProductCheck())
    if Stage.PRODUCT not in listening.off:
        found = _by_title(product, case, lexicon, listening, heard.title)
    if Stage.IMAGES not in listening.off and case.pictures:
        pictures = _matched(case.pictures, found.reading, lexicon, listening, dict(heard.pictures))
        found = Believed(unconfirmed(found.reading, pictures), replace(found.check, pictures=pictures))
    return found


def units_of(product: Reading, case: Case, listening: Listening) -> tuple[Unit, ...]:
    """What models are asked of a product, the title first: none of it is needed to ask about the rest."""
    units = []
    if listening.asks(Stage.PRODUCT):
        units.append(Unit(Stage.PRODUCT, product.text, product_by_model.context_of(case)))
    if listening.asks(Stage.IMAGES):
        digests = dict.fromkeys(picture.sha256 for picture in case.pictures)
        units += [Unit(Stage.IMAGES, "", images=(sha256,)) for sha256 in digests]
    return tuple(units)


def heard_of(units: Sequence[Unit], listening: Listening) -> Heard:
    """What models say of a title and of its pictures."""
    said = dict(zip(units, listening.hear(*units), strict=True))
    title = next((one for unit, one in said.items() if unit.stage is Stage.PRODUCT), None)
    return Heard(title, tuple((unit.images[0], one) for unit, one in said.items() if unit.images))


def _by_title(product: Reading, case: Case, lexicon: Lexicon, listening: Listening, said: Said | None) -> Believed:
    """What the title may claim. A model adds tricks to those that are certain, and takes none away."""
    tricks, name = tricks_in(product, lexicon), ""
    left = without_tricks(product, tricks, case, lexicon)
    if said is not None:
        checked = product_by_model.checked(said.output, left, case, lexicon)
        listening.note(Stage.PRODUCT, "title", product.text, said, checked.notes)
        tricks, name = (*tricks, *checked.tricks), checked.standard_name
        left = without_tricks(product, tricks, case, lexicon) if checked.tricks else left
    return Believed(left, ProductCheck(name or standard_name(left, lexicon), tricks))


def _matched(
    pictures: Sequence[Picture], product: Reading, lexicon: Lexicon, listening: Listening, said: dict[str, Said]
) -> tuple[PictureMatch, ...]:
    """The pictures held against the title, by the words of OCR and by what a model read on them."""
    found = []
    for picture in pictures:
        told = said.get(picture.sha256)
        words = match_picture(picture, product, lexicon) if picture.is_read else None
        if told is None:
            found += [words] if words else []
            continue
        match = images_by_model.match_told(picture.sha256, told.output, product, lexicon)
        both = together(words, match) if words else match
        notes = (*images_by_model.notes_of(told.output), *images_by_model.outweighed(match, both))
        listening.note(Stage.IMAGES, "picture", picture.sha256, told, notes)
        found.append(both)
    return tuple(found)
