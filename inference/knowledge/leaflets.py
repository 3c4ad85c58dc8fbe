"""What a row of a file of leaflets says, checked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotation.readers import Columns
from annotation.rows import NOT_TEXT, RowError, checked, printable, require, text
from annotation.titles import find_form
from rules.engine.attributes import gettext_noop

LEAFLET_COLUMNS = Columns(
    known=("leaflet_id", "name", "trade_name", "spec", "manufacturer", "sections"),
    required=("leaflet_id", "name", "sections"),
)
LONGEST_SECTION = 50_000
LONGEST_HEADING = 200
MOST_SECTIONS = 60
NAMES = "名称"
"""Heading of the passage that tells by what names a product goes, and who makes it."""

INJECTED = "注射用"

NOT_SECTIONS = gettext_noop("“sections” must be an object of headings and texts.")
TOO_MANY_SECTIONS = gettext_noop("“sections” has %(found)s headings; %(most)s are allowed.")


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A package leaflet. `sections` are headings with their text, in the order of the file, empty ones left out."""

    external_id: str
    name: str
    trade_name: str
    spec: str
    manufacturer: str
    sections: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The name with the trade name, where that says more."""
        trade = trade_name_of(self)
        return f"{self.name}（{trade}）" if trade else self.name

    @property
    def about(self) -> str:
        """The name without its dosage form."""
        return core_name(self.name)

    @property
    def passages(self) -> tuple[tuple[str, str], ...]:
        """What is searched: by what names the product goes, then the sections."""
        facts = (
            ("通用名称", self.name),
            ("商品名称", trade_name_of(self)),
            ("规格", self.spec),
            ("生产企业", self.manufacturer),
        )
        return (NAMES, "".join(f"{what}：{value}。" for what, value in facts if value)), *self.sections


def leaflet_of(values: Mapping[str, Any]) -> Leaflet:
    """Check a row; RowError says what is wrong."""
    texts = {name: text(values, name) for name in LEAFLET_COLUMNS.known if name in values and name != "sections"}
    for name in ("leaflet_id", "name"):
        require(texts, name)
    return Leaflet(
        external_id=checked("leaflet_id", texts["leaflet_id"], most=100),
        name=texts["name"],
        trade_name=texts.get("trade_name", ""),
        spec=texts.get("spec", ""),
        manufacturer=texts.get("manufacturer", ""),
        sections=sections_of(values["sections"]),
    )


def sections_of(value: object) -> tuple[tuple[str, str], ...]:
    """The sections of a row, those without text left out."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise RowError(NOT_SECTIONS)
    if len(value) > MOST_SECTIONS:
        raise RowError(TOO_MANY_SECTIONS, found=len(value), most=MOST_SECTIONS)
    found = []
    for heading, content in value.items():
        if content is not None and not isinstance(content, str):
            raise RowError(NOT_TEXT, field=printable(heading))
        body = checked(printable(heading), (content or "").strip(), most=LONGEST_SECTION, breaks=True)
        if body:
            found.append((checked("sections", heading.strip(), most=LONGEST_HEADING), body))
    return tuple(found)


def trade_name_of(leaflet: Leaflet) -> str:
    """The trade name alone: merchants write it behind the name, in brackets, or write the name again."""
    trade = leaflet.trade_name.removeprefix(leaflet.name).strip("()（） ")
    return "" if trade == leaflet.name else trade


def core_name(name: str) -> str:
    """A name without the dosage form that it begins or ends with."""
    name = name.removeprefix(INJECTED) or name
    form = find_form(name)
    return name[: form.start] if form is not None and form.start > 0 and form.end == len(name) else name
