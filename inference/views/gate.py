"""What a benchmark must show before a proposal passes, who said so, and the form to say otherwise."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from inference.gate_form import GateForm
from inference.models import GatePolicy
from inference.power import POWER, least_pairs
from inference.selectors.gate import gate_policies, gate_policy
from inference.services.gate import set_gate
from inference.significance import CONFIDENCE, in_points
from inference.views.runs import actor
from rules.views.refusals import said_on

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """The terms in force, what it takes to meet them, their history, and for a lead the form."""
    now = gate_policy()
    form = GateForm(request.POST) if request.method == "POST" else GateForm.showing(now)
    if request.method == "POST" and form.is_valid():
        with said_on(request):
            set_gate(by=actor(request), **form.said())
            messages.success(request, _("This holds for every proposal from now on; the checks of open ones wait."))
            return redirect("inference:gate")
    page = Paginator(gate_policies(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "now": in_words(now),
        "least_class": least_pairs(now.terms.class_fall),
        "least_touched": max(least_pairs(now.terms.touched_fall), now.fewest_touched),
        "confidence": round(100 * CONFIDENCE),
        "power": round(100 * POWER),
        "page": page,
        "history": [(one, in_words(one)) for one in page],
        "may_set": actor(request).has_perm("inference.set_gate"),
    }
    return render(request, "inference/gate.html", context, status=422 if form.errors else 200)


def in_words(policy: GatePolicy) -> list[str]:
    """What the terms say, a line a matter."""
    fewest, most = policy.fewest_touched, policy.most_broken
    critical = _("No pair that must hold breaks") if policy.hold_critical else _("Pairs that must hold may break")
    broken = ngettext("At most %(n)s pair breaks", "At most %(n)s pairs break", most or 0) % {"n": most}
    return [
        critical,
        *([broken] if most is not None else []),
        _("No class falls by more than %(n)s points") % {"n": in_points(policy.class_fall / 100)},
        ngettext("At least %(n)s pair is touched", "At least %(n)s pairs are touched", fewest) % {"n": fewest},
        _("The touched pairs fall by no more than %(n)s points") % {"n": in_points(policy.touched_fall / 100)},
    ]
