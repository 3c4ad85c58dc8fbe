"""Saved views of the inbox: a filter under a name."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import CaseView
from annotation.selectors.cases import CaseFilter
from rules.services import audit
from rules.services.permissions import require

VIEW = "annotation.view_badcase"


@transaction.atomic
def save_view(*, by: User, name: str, chosen: CaseFilter, shared: bool = True) -> CaseView:
    """Keep a filter under a name; one of the same name and person is written over."""
    require(by, VIEW)
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise ValidationError(_("Give the view a name of at most 80 characters."), code="name")
    audit.take_turn()
    query = chosen.to_query()
    view: CaseView
    view, _made = CaseView.objects.update_or_create(
        created_by=by, name=name, defaults={"query": query, "shared": shared}
    )
    data = {"name": name, "query": query, "shared": shared}
    audit.record(by=by, verb="view.saved", subject=f"view:{view.pk}", data=data)
    return view


@transaction.atomic
def delete_view(*, by: User, view: CaseView) -> None:
    """Forget a view of one's own."""
    if view.created_by_id != by.pk:
        raise PermissionDenied(_("You may not do this."))
    audit.record(by=by, verb="view.deleted", subject=f"view:{view.pk}", data={"name": view.name})
    CaseView.objects.filter(pk=view.pk).delete()
