"""Writing what annotators go by."""

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Benchmark, GuidelineVersion, Labelling
from annotation.selectors.labelling import newest_guideline
from annotation.services.labelling import PERMISSION
from annotation.services.turns import take_benchmark
from rules.engine.attributes import Level
from rules.services.audit import record
from rules.services.permissions import require

MOST_CHARACTERS = 50_000
MOST_SENTENCE = 300


@transaction.atomic
def write_guideline(
    *, by: User | AnonymousUser, benchmark: Benchmark, text: str, sentences: Mapping[str, str], seen: int
) -> GuidelineVersion:
    """Write the next guideline. `seen` is the number of the one it was written from, 0 for none.

    The same text again makes no new one. Raises ValidationError where somebody wrote one meanwhile (code "stale").
    """
    require(by, PERMISSION)
    assert isinstance(by, User)
    take_benchmark(benchmark)
    text, told = _checked(text, sentences)
    newest = newest_guideline(benchmark.pk)
    number = newest.number if newest else 0
    if newest and (newest.text, newest.sentences) == (text, told):
        return newest
    if number != seen:
        raise ValidationError(_("Somebody changed the guideline meanwhile. Yours was not stored."), code="stale")
    made: GuidelineVersion = GuidelineVersion.objects.create(
        benchmark=benchmark, number=number + 1, text=text, sentences=told, created_by=by
    )
    Labelling.objects.filter(benchmark=benchmark).update(guideline=made)
    record(by=by, verb="guideline.written", subject=f"benchmark:{benchmark.pk}", data={"number": made.number})
    return made


def _checked(text: str, sentences: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The words as they are stored. Raises ValidationError for none, too many, and levels that there are not."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    told = {level.value: sentences.get(level.value, "").replace("\0", "").strip() for level in Level}
    if unknown := sentences.keys() - told.keys():
        raise ValidationError(_("There is no level “%(level)s”.") % {"level": min(unknown)}, code="level")
    if not text:
        raise ValidationError(_("Write the guideline first."), code="empty")
    if len(text) > MOST_CHARACTERS or any(len(sentence) > MOST_SENTENCE for sentence in told.values()):
        raise ValidationError(
            _("A guideline may have %(text)s characters, a sentence %(sentence)s.")
            % {"text": MOST_CHARACTERS, "sentence": MOST_SENTENCE},
            code="long",
        )
    return text, {level: sentence for level, sentence in told.items() if sentence}
