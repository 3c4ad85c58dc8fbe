"""Forms of whoever leads the labelling of a benchmark: how it is labelled, what it goes by, which pairs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.enums import QueuedOrigin, QueuedState
from annotation.models import Benchmark, GuidelineVersion, Labelling
from annotation.sampling import are_shares
from annotation.services.guidelines import MOST_CHARACTERS, MOST_SENTENCE
from annotation.services.queueing import MOST_SAMPLED
from rules.engine.attributes import Level

SENTENCE = "sentence_"
MOST_QUOTAS = 200
NEEDS = (("person", _("a further person")),)


class StartForm(forms.Form):
    """A benchmark without pairs, to be labelled here."""

    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the pairs are given to people."""

    class Meta:
        model = Labelling
        fields = (
            "is_open",
            "overlap",
            "lease_minutes",
            "gold_share",
            "shows_votes",
            "follows_votes",
            "audit_share",
        )
        labels = {"is_open": _("Pairs are given out")}
        help_texts = {
            "is_open": _("Off: nobody is given further pairs; those in hand can still be answered."),
            "lease_minutes": _("A pair left alone for so long goes to somebody else."),
            "gold_share": _("Between 0 and 1. Gold pairs look like any other."),
            "shows_votes": _("Only once the person has answered."),
            "follows_votes": _("Models agree: one person. Models differ: three, and an expert."),
            "audit_share": _("Between 0 and 1, where the people follow the votes."),
        }
        widgets = {
            "gold_share": forms.NumberInput(attrs={"step": "0.01", "min": 0, "max": 1}),
            "audit_share": forms.NumberInput(attrs={"step": "0.01", "min": 0, "max": 1}),
        }


class GuidelineForm(forms.Form):
    """What annotators go by, and a sentence a level. `seen` is the number of the version it was written from."""

    text = forms.CharField(
        label=_("Guideline"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("# makes a heading, - or 1. a list, **two stars** bold. Links and HTML stay text."),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, newest: GuidelineVersion | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", started(newest))
        super().__init__(*args, **kwargs)
        for level in Level:
            self.fields[SENTENCE + level.value] = forms.CharField(
                label=gettext("Beside “%(level)s”") % {"level": gettext(level.label)},
                required=False,
                max_length=MOST_SENTENCE,
            )

    def sentences(self) -> Mapping[str, str]:
        """The sentences by level."""
        return {level.value: self.cleaned_data[SENTENCE + level.value] for level in Level}


def started(newest: GuidelineVersion | None) -> dict[str, Any]:
    """A form filled in with the newest version."""
    if newest is None:
        return {"seen": 0}
    sentences = {SENTENCE + level: sentence for level, sentence in newest.sentences.items()}
    return {"text": newest.text, "seen": newest.number, **sentences}


class SampleForm(forms.Form):
    """Pairs of the catalogue, drawn at random."""

    prefix = "sample"
    AMONG = (
        ("", _("all pairs")),
        ("hard", _("pairs that somebody got wrong or people differ on")),
        ("disagreement", _("pairs on which models differ")),
    )
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_SAMPLED, initial=200)
    among = forms.ChoiceField(label=_("Among"), required=False, choices=AMONG)
    recent_days = forms.IntegerField(
        label=_("Queries asked in the last days"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("Empty: whenever."),
    )
    quotas = forms.CharField(
        label=_("Shares of the categories"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A line each: category, a space, its share. Empty: as they come."),
    )
    fill = forms.BooleanField(label=_("Draw what a category lacks from the others"), required=False)

    def clean_quotas(self) -> dict[str, float]:
        """The shares by category. Refuses a line without a number."""
        lines = [line.split() for line in self.cleaned_data["quotas"].splitlines() if line.strip()]
        try:
            shares = {" ".join(words[:-1]): float(words[-1].rstrip("%")) for words in lines[:MOST_QUOTAS]}
        except ValueError as error:
            raise forms.ValidationError(_("Each line is a category, a space and a number.")) from error
        if shares and not are_shares(shares.values()):
            raise forms.ValidationError(_("Shares are positive numbers."))
        return shares


class CasesForm(forms.Form):
    """The pairs of bad cases."""

    prefix = "cases"
    which = forms.ChoiceField(label=_("Which"), choices=[("open", _("open bad cases")), ("all", _("all bad cases"))])


class GoldForm(forms.Form):
    """Hidden gold pairs, from a benchmark whose levels are known."""

    prefix = "gold"
    source = forms.ModelChoiceField(label=_("Their levels are known from"), queryset=Benchmark.objects.none())
    size = forms.IntegerField(label=_("How many"), min_value=1, max_value=2000, initial=40)

    def __init__(self, *args: Any, benchmark: Benchmark, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Benchmark.objects.exclude(pk=benchmark.pk).order_by("id")
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]


class QueueFilter(forms.Form):
    """Which pairs of the queue are shown. What it doesn't understand is left out."""

    state = forms.ChoiceField(required=False, choices=QueuedState.choices)
    origin = forms.ChoiceField(required=False, choices=QueuedOrigin.choices)
    needs = forms.ChoiceField(required=False, choices=NEEDS)

    def chosen(self, name: str) -> str:
        """What the address says of one filter; empty for nothing or nonsense."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))
