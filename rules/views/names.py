"""How pages call the rules of a proposal."""

from django.utils.translation import gettext as _

from rules.selectors import DraftedChange
from rules.selectors.reviews import Standing, name_of


def names_in(standing: Standing) -> dict[str, str]:
    """How the page calls each rule, by the name that a signature has for it."""
    return {name_of(one): called(one) for one in standing.summary.changes}


def called(change: DraftedChange) -> str:
    """How the page calls a rule: one that has no number yet by its title."""
    if change.change.rule_id or change.after is None:
        return f"R{change.number}"
    title = change.after.title.strip()
    return _("new rule “%(title)s”") % {"title": title} if title else _("new rule R%(n)s") % {"n": change.number}
