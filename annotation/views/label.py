"""Labelling a benchmark: the page, its plain forms, and the answers that its script gets."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from annotation.enums import Outcome, SkipReason
from annotation.label_forms import AnswerForm, HandForm
from annotation.label_words import OUTCOMES
from annotation.models import Benchmark, Query
from annotation.selectors.catalogue import attributes_of
from annotation.selectors.hand import PAUSED, Hand, hand_of, why_nothing
from annotation.selectors.labelling import Offer, annotator_of, labelling_of, newest_guideline
from annotation.services.assigning import go_back, keep, may_go_back, take_next
from annotation.services.hand import fill_hand
from annotation.services.labels import Submitted, flag, skip, submit_label
from rules.engine.attributes import Level
from rules.services.permissions import require

PERMISSION = "annotation.label_pair"
LEVELS = (Level.HIGHLY, Level.MODERATELY, Level.WEAKLY, Level.IRRELEVANT)
BEATS_A_LEASE = 5
MOST_KEPT = 100


@gzip_page
@require_safe
def label(request: HttpRequest, slug: str) -> HttpResponse:
    """The pair in this person's hands, or a button that takes one. Nothing tells what others said of it."""
    by, benchmark = who(request), benchmark_named(slug)
    return page(request, benchmark, hand_of(by, benchmark))


def benchmark_named(slug: str) -> Benchmark:
    """A benchmark with how it is labelled."""
    return get_object_or_404(Benchmark.objects.select_related("labelling__guideline"), slug=slug)


def who(request: HttpRequest) -> User:
    """The person who labels. Raises PermissionDenied for those who may not."""
    require(request.user, PERMISSION)
    assert isinstance(request.user, User)
    return request.user


def page(request: HttpRequest, benchmark: Benchmark, hand: Hand, *, why: str = "") -> HttpResponse:
    """The whole page: the first pair of a hand; without one why there is none, or a button that takes the first."""
    labelling = labelling_of(benchmark)
    context = {
        "benchmark": benchmark,
        "guideline": newest_guideline(benchmark.pk),
        "hand": hand,
        "why": hand.why or why,
        "may_go_back": bool(hand.why or why) and may_go_back(by=who(request), benchmark=benchmark),
        "beat": max(10, (labelling.lease_minutes if labelling else 15) * 60 // BEATS_A_LEASE),
        **(shown(hand.offers[0], benchmark.slug) if hand.offers and not hand.why else {}),
    }
    response = render(request, "annotation/label.html", context)
    response["Cache-Control"] = "no-store"
    return response


def shown(offer: Offer, slug: str) -> dict[str, Any]:
    """What the template of a pair needs."""
    return {
        "offer": offer,
        "slug": slug,
        "levels": LEVELS,
        "reasons": SkipReason.choices,
        "attributes": attributes_of(offer.product),
        "submission": uuid.uuid4(),
    }


def is_script(request: HttpRequest) -> bool:
    """Whether the page's script asks, which wants JSON."""
    return bool(request.htmx)  # type: ignore[attr-defined]


@gzip_page
@require_POST
def take(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next pairs."""
    by, benchmark = who(request), benchmark_named(slug)
    return JsonResponse(in_hand(request, by, benchmark)) if is_script(request) else onward(request, by, benchmark)


def onward(request: HttpRequest, by: User, benchmark: Benchmark) -> HttpResponse:
    """The next pair, for plain forms."""
    if not why_nothing(benchmark, annotator_of(by, benchmark)) and take_next(by=by, benchmark=benchmark):
        return redirect("annotation:label", benchmark.slug)
    return page(request, benchmark, hand_of(by, benchmark), why="none")


def in_hand(request: HttpRequest, by: User, benchmark: Benchmark) -> dict[str, Any]:
    """What the script gets with every answer: pairs that it does not have yet, how far it is, a new guideline."""
    said = HandForm(request.POST).said()
    hand = fill_hand(by=by, benchmark=benchmark, without=said["have"])
    found: dict[str, Any] = {
        "pairs": [
            {"assignment": one.assignment.pk, "html": part(request, "pair", shown(one, benchmark.slug))}
            for one in hand.offers
        ],
        "done": hand.done,
        "left": hand.left,
        "stop": hand.why == PAUSED,
    }
    if not hand.offers:
        may = may_go_back(by=by, benchmark=benchmark)
        found["end"] = part(request, "end", {"benchmark": benchmark, "why": hand.why, "may_go_back": may})
    known = said["guideline"]
    if known is None or (hand.offers and hand.offers[-1].guideline == known):
        return found
    guideline = newest_guideline(benchmark.pk)
    if guideline and guideline.number != known:
        found |= {"guideline": guideline.number, "guide": part(request, "guide", {"guideline": guideline})}
    return found


def part(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    """A part of the page."""
    return render_to_string(f"annotation/_label_{name}.html", context, request=request).strip()


@gzip_page
@require_POST
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a level, a skip or a flag, and give the next pair in the same answer."""
    by, benchmark = who(request), benchmark_named(slug)
    if HandForm(request.POST).said()["person"] not in (None, by.pk):  # somebody else signed in on this computer since
        return JsonResponse({"told": _("These answers are another person's.")}, status=403)
    try:
        done = submitted(by, pk, AnswerForm(request.POST))
    except ObjectDoesNotExist:
        return refused(request, slug, _("This pair is not yours."), 404)
    except ValidationError as error:
        return refused(request, slug, " ".join(error.messages), 422)
    if is_script(request):
        return JsonResponse(in_hand(request, by, benchmark) | told_of(request, done))
    tell(request, done)
    return onward(request, by, benchmark)


def submitted(by: User, pk: int, form: AnswerForm) -> Submitted | None:
    """Do what the form says; None for what is no label. Raises ValidationError for what can't be."""
    if not form.is_valid():
        raise ValidationError([message for errors in form.errors.values() for message in errors])
    said = form.cleaned_data
    if said["flag"]:
        flag(by=by, assignment_id=pk, note=said["note"])
        return None
    if said["skip"]:
        skip(by=by, assignment_id=pk, reason=said["skip"], note=said["note"], submission=said["submission"])
        return None
    return submit_label(
        by=by,
        assignment_id=pk,
        level=said["level"],
        submission=said["submission"],
        note=said["note"],
        seconds=said["seconds"],
    )


def told_of(request: HttpRequest, done: Submitted | None) -> dict[str, Any]:
    """What the script is told of an answer: what became of it, and the models' votes where they are shown."""
    if done is None:
        return {"outcome": Outcome.STORED, "told": ""}
    told = {"outcome": done.outcome, "told": str(OUTCOMES.get(done.outcome, ""))}
    return told if done.votes is None else told | {"votes": part(request, "votes", voted(done))}


def tell(request: HttpRequest, done: Submitted | None) -> None:
    """The same for plain forms."""
    if done is None and "flag" in request.POST:
        messages.success(request, _("Flagged. The lead will look at it."))
    if done and (told := OUTCOMES.get(done.outcome)):
        messages.warning(request, str(told))
    if done and done.votes is not None:
        messages.info(request, strip_tags(part(request, "votes", voted(done))))


def voted(done: Submitted) -> dict[str, Any]:
    """What the models said of a pair that was just answered."""
    query = Query.objects.get(pairs__queued=done.assignment.queued_id)
    return {"query": query.text, "level": done.level, "votes": done.votes}


def refused(request: HttpRequest, slug: str, told: str, status: int) -> HttpResponse:
    """Say why an answer was not taken."""
    if is_script(request):
        return JsonResponse({"told": told}, status=status)
    messages.error(request, told)
    return redirect("annotation:label", slug)


@require_POST
def back(request: HttpRequest, slug: str) -> HttpResponse:
    """Take this person's last answer up again."""
    by, benchmark = who(request), benchmark_named(slug)
    offer = go_back(by=by, benchmark=benchmark)
    told = "" if offer else _("There is no answer of yours to go back to: it is settled, or you gave none yet.")
    if is_script(request):
        return JsonResponse({"told": told, "back": part(request, "pair", shown(offer, slug)) if offer else ""})
    if offer is None:
        messages.warning(request, told)
    return redirect("annotation:label", slug)


@require_POST
def stay(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the pairs in hand; says which ones are somebody else's by now."""
    by, lost = who(request), []
    for pk in sorted(HandForm(request.POST).said()["have"])[:MOST_KEPT]:
        try:
            keep(by=by, assignment_id=pk)
        except (ValidationError, ObjectDoesNotExist) as error:
            if getattr(error, "code", "") != "answered":
                lost.append(pk)
    return JsonResponse({"lost": lost})
