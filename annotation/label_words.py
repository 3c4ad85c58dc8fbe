"""What annotators are told of answers that do not count."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotation.enums import Outcome

OUTCOMES: Mapping[Outcome, str | Promise] = {
    Outcome.LATE: _("The pair had been given to somebody else by then. Your answer is kept aside and does not count."),
    Outcome.DOUBLED: _("You had labelled this pair already. This answer is kept aside, the first one counts."),
    Outcome.SETTLED: _("The pair was settled meanwhile. Your answer is kept aside and does not count."),
}
"""By outcome of a submission; what was stored needs no words."""
