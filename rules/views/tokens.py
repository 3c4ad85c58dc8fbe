"""A person's tokens: made, shown once, revoked."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rules.forms.tokens import TokenForm
from rules.selectors.tokens import tokens_of
from rules.services.tokens import NewToken, create_token, revoke_token
from rules.views.roles import actor


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens that are good, and a new one. A new one is in this answer and nowhere else."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = made_for(request, form) if form.is_bound else None
    context = {
        "tokens": tokens_of(actor(request)),
        "form": form,
        "made": made,
        "api": request.build_absolute_uri("/api/v1/"),
    }
    return render(request, "rules/tokens.html", context)


def made_for(request: HttpRequest, form: TokenForm) -> NewToken | None:
    """The token that was asked for; None where the form, or the service, says why not."""
    if not form.is_valid():
        return None
    try:
        return create_token(by=actor(request), days=form.cleaned_data["days"])
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


@require_POST
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Let a token be good for nothing."""
    if revoke_token(by=actor(request), key=key):
        messages.success(request, _("The token was revoked."))
    return redirect("rules:tokens")
