"""The moment that an address asks about: `?at=2026-11-20T12:00`."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone

from rules.forms.moment import WRITTEN, MomentForm


@dataclass(frozen=True, slots=True)
class AskedMoment:
    """The form, and the moment where one was asked for and understood."""

    form: MomentForm
    moment: datetime | None

    @property
    def day(self) -> date:
        """The day of the moment: today unless told."""
        return timezone.localdate(self.moment) if self.moment else timezone.localdate()

    @property
    def is_to_come(self) -> bool:
        """Whether it is still to come: rules are shown that are in force now, with the dates of that day."""
        return self.moment is not None and self.moment > timezone.now()


def asked_moment(request: HttpRequest) -> AskedMoment:
    """What the address asks about. What can't be understood is now, and the form says so."""
    form = MomentForm(request.GET)
    moment: datetime | None = form.cleaned_data["at"] if form.is_valid() else None
    if moment is None:
        return AskedMoment(form, None)
    written = timezone.localtime(moment).strftime(WRITTEN)  # as browsers fill it in, whichever way it was asked
    return AskedMoment(MomentForm({"at": written}), moment)
