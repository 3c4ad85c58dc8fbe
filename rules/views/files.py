"""A file of rules becomes a proposal."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rules.forms.rule_file import RuleFileForm
from rules.services.exchange import import_rules
from rules.services.permissions import require
from rules.views.roles import actor


@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """The form, and what is wrong with a file, by line and rule; a sound one opens its proposal."""
    require(request.user, "rules.change_proposal")
    if request.method != "POST":
        return render(request, "rules/import.html", {"form": RuleFileForm()})
    form, mistakes = RuleFileForm(request.POST, request.FILES), []
    if form.is_valid():
        told = dict(form.cleaned_data)
        try:
            proposal = import_rules(by=actor(request), data=told.pop("file"), **told)
        except ValidationError as refusal:
            mistakes = refusal.messages
        else:
            messages.success(request, _("The file became this proposal. Look at it, then ask for a review."))
            return redirect("rules:proposal", proposal.pk)
    return render(request, "rules/import.html", {"form": form, "mistakes": mistakes}, status=422)
