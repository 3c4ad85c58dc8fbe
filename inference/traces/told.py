"""What models said at stages of the pipeline, for a page: in their words, with what became of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from inference.pipeline.model_part import FlagKind
from inference.pipeline.model_stages.consistency import VERDICT_LABELS
from inference.pipeline.stages import STAGE_LABELS, Stage
from inference.traces.facts import Json
from inference.traces.wording import worded
from rules.engine.attributes import Attribute

STEPS = {"query": "query", "title": "product", "picture": "product", "passage": "evidence"}
"""The step of the page that a text of a pair belongs to."""
FLAGS = {kind.value: kind.label for kind in FlagKind}
WHYS: Mapping[str, str] = {
    "not_there": gettext_noop("does not stand in the text"),
    "own_name": gettext_noop("is the product's own name"),
    "overlaps": gettext_noop("lies in words that count already"),
    "not_known": gettext_noop("nothing is known by that name"),
    "read_otherwise": gettext_noop("was read otherwise"),
    "ruled_out": gettext_noop("is ruled out by the text"),
    **{verdict.value: label for verdict, label in VERDICT_LABELS.items()},
    **FLAGS,
}
"""Why something that a model said does not count."""
PARTS = {
    "brand": gettext_noop("brand"),
    "name": gettext_noop("name"),
    "form": gettext_noop("dosage form"),
    "strength": gettext_noop("strength"),
}
MOST_LINES = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a model said: what it is called, and the words."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """What became of something that a model proposed. `instructs`: a text tried to tell the model what to answer."""

    words: str
    kept: bool
    why: str
    instructs: bool = False


@dataclass(frozen=True, slots=True)
class ToldView:
    """What a model said at one stage of one text: `about` names a passage; who said it stands in `by`."""

    stage: str
    about: str
    lines: tuple[Line, ...]
    notes: tuple[NoteView, ...]
    by: str

    @property
    def instructs(self) -> tuple[NoteView, ...]:
        """The words that try to instruct."""
        return tuple(note for note in self.notes if note.instructs)


def told_view(trace: Json) -> Mapping[str, tuple[ToldView, ...]]:
    """What models said, by the step of the page it belongs to."""
    found: dict[str, list[ToldView]] = {step: [] for step in STEPS.values()}
    for one in trace.get("told", ()):
        found[STEPS.get(one["side"], "query")].append(_told(one))
    return {step: tuple(views) for step, views in found.items()}


def _told(one: Json) -> ToldView:
    stage, said = one["stage"], one["said"]
    lines = LINES.get(stage, _nothing)(said) if isinstance(said, Mapping) else ()
    by = " · ".join(part for part in (one["model"], one["revision"], one["endpoint"]) if part)
    return ToldView(
        stage=_(STAGE_LABELS[Stage(stage)]) if stage in set(Stage) else stage,
        about=one["text"] if one["side"] == "passage" else "",
        lines=tuple(line for line in lines if line.words or one["side"] == "passage")[:MOST_LINES],
        notes=tuple(map(_note, one["notes"])),
        by=by,
    )


def _note(note: Json) -> NoteView:
    return NoteView(note["words"], note["kept"], worded(note["why"], WHYS), note["why"] in FLAGS)


def _rewrite(said: Json) -> Iterator[Line]:
    for one in said.get("changes", ()):
        yield Line(_("mended"), f"{one['before']} → {one['after']}")
    yield Line(_("categories"), " · ".join(said.get("tags", ())))


def _entities(said: Json) -> Iterator[Line]:
    for one in said.get("entities", ()):
        other = one.get("name") and one["name"] != one["words"]
        yield Line(_attribute(one["attribute"]), f"{one['words']} = {one['name']}" if other else one["words"])


def _product(said: Json) -> Iterator[Line]:
    for part, label in PARTS.items():
        yield Line(_(label), said.get(part, ""))


def _images(said: Json) -> Iterator[Line]:
    for attribute, words in said.get("printed", ()):
        yield Line(_attribute(attribute), words)
    yield Line(_("addressed to a reader"), said.get("addressed", ""))


def _consistency(said: Json) -> Iterator[Line]:
    verdict = said.get("verdict", "")
    yield Line(_("verdict"), worded(verdict, {one.value: label for one, label in VERDICT_LABELS.items()}))
    yield Line(_("is about"), said.get("about", ""))
    yield Line(_("why"), said.get("reason", ""))


def _nothing(said: Json) -> Iterator[Line]:
    return iter(())


def _attribute(name: str) -> str:
    return _(Attribute(name).label) if name in set(Attribute) else name


LINES: Mapping[str, Callable[[Any], Iterator[Line]]] = {
    Stage.REWRITE.value: _rewrite,
    Stage.ENTITIES.value: _entities,
    Stage.PRODUCT.value: _product,
    Stage.IMAGES.value: _images,
    Stage.CONSISTENCY.value: _consistency,
}
"""How what is said at each stage is laid out."""
