"""A vote of finished runs: choosing them, what it comes to, the pairs, and those as a file."""

from collections.abc import Iterator, Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe
from django.views.decorators.vary import vary_on_headers

from annotation.models import Benchmark
from annotation.selectors.blind import hidden_pairs
from inference.enums import RunState
from inference.models import Run
from inference.selectors.voting import (
    FEWEST,
    LISTED,
    MOST,
    BallotFilter,
    BallotRow,
    Judge,
    Vote,
    finished_runs,
    judges_of,
    samples_of,
    shown_ballots,
    votable_runs,
    vote_of,
)
from inference.voting import Ballot, Part, Report
from inference.voting_files import FILES
from inference.voting_form import VoteFilter, facets, runs_chosen, tabs

ROWS_A_PAGE = 40
EXPORTED_AT_ONCE = 500


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
def vote(request: HttpRequest) -> HttpResponse:
    """The vote of the runs that the address names; which there are to choose from, where that is none yet."""
    chosen = finished_runs(runs_chosen(request.GET))
    judges = judges_of(chosen)
    if not judges:
        return choose(request, chosen)
    found = vote_of(judges)
    wanted = VoteFilter(request.GET).wanted
    page = Paginator(let_through(request, found, wanted), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "vote": found,
        "judges": judges,
        "chosen": chosen,
        "benchmark": chosen[0].benchmark,
        "tabs": tabs(found, wanted),
        "facets": facets(found, wanted),
        "standing": wanted.standing or "all",
        "page": page,
        "rows": [(row, list(zip(judges, row.ballot.levels, strict=True))) for row in shown_ballots(judges, page)],
        "parts": parts(found.report),
        "scored": list(zip(judges, found.report.judges, strict=True)) if found.ballots else [],
    }
    part = "#rows" if request.headers.get("HX-Target") == "rows" else ""
    return render(request, f"inference/vote.html{part}", context)


@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The pairs that the filters of the address let through."""
    judges = judges_of(finished_runs(runs_chosen(request.GET)))
    if kind not in FILES or not judges:
        raise Http404
    wanted = VoteFilter(request.GET).wanted
    rows = in_parts(judges, let_through(request, vote_of(judges), wanted))
    response = StreamingHttpResponse(FILES[kind].lines(judges, rows), content_type=FILES[kind].content_type)
    name = "-".join(dict.fromkeys(str(one.run.pk) for one in judges))
    response["Content-Disposition"] = f'attachment; filename="vote-{name}.{kind}"'
    return response


def let_through(request: HttpRequest, found: Vote, wanted: BallotFilter) -> list[Ballot]:
    """The pairs that are asked for, without those that the person may yet be asked to label."""
    hidden = hidden_pairs(request.user, (one.pair for one in found.ballots))
    return [one for one in found.ballots if wanted.lets_through(one) and one.pair not in hidden]


def choose(request: HttpRequest, chosen: Sequence[Run]) -> HttpResponse:
    """The runs of a benchmark to choose from, and why those chosen can't vote."""
    judged = Benchmark.objects.filter(runs__state=RunState.FINISHED)
    named = Benchmark.objects.filter(slug=request.GET.get("benchmark", "").replace("\0", "")).first()
    benchmark = named or next((run.benchmark for run in chosen), None) or judged.order_by("-runs__pk").first()
    context = {
        "benchmarks": Benchmark.objects.filter(runs__isnull=False).distinct(),
        "benchmark": benchmark,
        "runs": [(run, samples_of(run)) for run in votable_runs(benchmark, [run.pk for run in chosen])]
        if benchmark
        else [],
        "chosen": {run.pk for run in chosen},
        "refused": refusal(request, chosen),
        "listed": LISTED,
    }
    return render(request, "inference/vote_choose.html", context)


def refusal(request: HttpRequest, chosen: Sequence[Run]) -> str:
    """Why the runs that the address names can't vote; nothing where it names none."""
    if not request.GET.getlist("run"):
        return ""
    if len(chosen) == 1:
        return _("Choose at least one more run for run %(id)s to vote with.") % {"id": chosen[0].pk}
    if len({run.benchmark_id for run in chosen}) > 1:
        return _("Choose runs on one benchmark.")
    return _("Choose %(fewest)s to %(most)s finished runs, or one whose model gave several answers to each pair.") % {
        "fewest": FEWEST,
        "most": MOST,
    }


def parts(report: Report) -> list[tuple[str, Part]]:
    """The rows of the table of A.3."""
    classes = [(_(name.label), part) for name, part in report.classes.items()]
    return [(_("All pairs"), report.everyone), *classes, (_("Hard pairs"), report.hard)]


def in_parts(judges: Sequence[Judge], ballots: Sequence[Ballot]) -> Iterator[BallotRow]:
    """Ballots with their texts, which are read some at a time."""
    for start in range(0, len(ballots), EXPORTED_AT_ONCE):
        yield from shown_ballots(judges, ballots[start : start + EXPORTED_AT_ONCE])
