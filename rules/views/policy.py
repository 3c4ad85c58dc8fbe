"""What proposals take, who said so, and the form to say otherwise."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rules.engine.rule import EffectKind
from rules.enums import CheckName
from rules.forms import PolicyForm
from rules.models import Policy
from rules.selectors.reviews import terms
from rules.services.checks import set_policy
from rules.views.refusals import said_on
from rules.views.roles import actor

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """The policy in force, its history, and for a lead the form."""
    form = PolicyForm(request.POST) if request.method == "POST" else PolicyForm.showing(terms())
    if request.method == "POST" and form.is_valid():
        with said_on(request):
            set_policy(by=actor(request), **form.said())
            messages.success(request, _("The policy holds for every proposal from now on, open ones too."))
            return redirect("rules:policy")
    history = Policy.objects.select_related("by").order_by("-pk")
    page = Paginator(history, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "now": in_words(form_terms()),
        "page": page,
        "history": [(one, in_words(one)) for one in page],
        "may_set": actor(request).has_perm("rules.set_policy"),
    }
    return render(request, "rules/policy.html", context, status=422 if form.errors else 200)


def form_terms() -> Policy:
    """The policy in force as a row; the defaults where nobody said anything yet."""
    now = terms()
    counts = {kind.value: count for kind, count in now.approvals.approvals.items()}
    required = sorted(now.required)
    return Policy(approvals=counts, otherwise=now.approvals.otherwise, safety=now.approvals.safety, required=required)


def in_words(policy: Policy) -> list[str]:
    """What a policy says, a line a matter."""
    kinds = [
        _("Approvals for the effect “%(kind)s”: %(n)s") % {"kind": _(EffectKind(kind).label), "n": count}
        for kind, count in sorted(policy.approvals.items())
        if kind in {one.value for one in EffectKind}
    ]
    names = [str(CheckName(name).label) for name in policy.required if name in CheckName.values]
    checks = _(", ").join(names) or _("none")
    return [
        _("Approvals for any rule: %(n)s") % {"n": policy.otherwise},
        _("Approvals for a matter of safety: %(n)s") % {"n": policy.safety},
        *kinds,
        _("Checks that must pass: %(checks)s") % {"checks": checks},
    ]
