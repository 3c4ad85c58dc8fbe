"""What a rule does on a benchmark: the editor's live preview, and where a rule in force fires."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from annotation.models import Benchmark
from annotation.selectors.blind import hidden_pairs
from inference.selectors.edited import preview_edit
from inference.selectors.gate import ask_gate, gate_policy
from inference.selectors.hints import value_hints
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.preview import Preview, example_faults, firing_counts, preview_rules, without_rule
from inference.selectors.rerun_costs import rerun_costs
from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.forms import posted_content
from rules.models import Change, Proposal
from rules.problems import found_text
from rules.selectors import (
    current_release,
    drafted_rules,
    engine_rules,
    proposal_summary,
    released_rule,
)

SHOWN = 50
DECIDING = ("conditions", "effect", "level", "attributes", "valid")


@require_POST
@permission_required("rules.change_proposal", raise_exception=True)
def preview(request: HttpRequest) -> HttpResponse:
    """What this form's content would change, taken alone, and what publishing the whole proposal would with it."""
    change = drafted_change(request.POST)
    content = posted_content(request.POST)
    benchmark = chosen_benchmark(request.POST.get("benchmark", ""))
    readable = content is not None and decides(content)
    context = shown(request, None, benchmark)
    if content is not None:
        context["hints"] = value_hints(content.conditions, lexicon_in_use())
    if content is not None and readable and benchmark is not None:
        seen = preview_edit(benchmark=benchmark, change=change, content=content)
        context |= {**shown(request, seen.alone, benchmark), "together": seen.together, "faults": seen.faults}
        context["costs"] = seen.costs
    return render(request, template(request), {**context, "edited": change, "unfinished": not readable})


@require_GET
def rule_effects(request: HttpRequest, number: int) -> HttpResponse:
    """Where a rule of the release in force fires, what it alone changes there, and which of its examples fail."""
    release = current_release()
    benchmark = chosen_benchmark(request.GET.get("benchmark", ""))
    rule = released_rule(release, number) if release else None
    context = shown(request, None, benchmark)
    if release is not None and rule is not None and benchmark is not None:
        rules = engine_rules(release)
        seen = without_rule(benchmark=benchmark, rules=rules, number=number)
        context = {**shown(request, seen, benchmark), "faults": example_faults(rule.content.examples, rules)}
    return render(request, template(request), {**context, "number": number, "in_force": rule is not None})


@require_GET
def proposal_effects(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing a proposal as it stands would change, and which examples of the rules it touches would fail."""
    proposal = get_object_or_404(Proposal.objects.select_related("base"), pk=pk)
    changes = proposal_summary(proposal).changes
    benchmark = chosen_benchmark(request.GET.get("benchmark", ""))
    unfinished = any(one.after and not decides(one.after) for one in changes)
    context = shown(request, None, benchmark)
    if benchmark is not None and not unfinished:
        before, after = engine_rules(proposal.base), drafted_rules(proposal)
        examples = [example for one in changes if one.after for example in one.after.examples]
        seen = preview_rules(benchmark=benchmark, before=before, after=after, number=None)
        said = ask_gate(benchmark, seen, gate_policy())
        context = {**shown(request, seen, benchmark), "faults": example_faults(examples, after), "gate": said}
        context["said"] = found_text(said.beside_counts, said.params)
        context["costs"] = rerun_costs(benchmark=benchmark, affected=seen.touched, rules=after) if seen.touched else ()
    return render(request, template(request), {**context, "proposal": proposal, "unfinished": unfinished})


@require_GET
def rule_counts(request: HttpRequest) -> HttpResponse:
    """On how many benchmark pairs each rule in force fires: cells for the rule library, put where they belong."""
    release, benchmark = current_release(), chosen_benchmark(request.GET.get("benchmark", ""))
    rules = engine_rules(release) if release else ()
    counts = firing_counts(benchmark=benchmark, rules=rules) if benchmark else {}
    numbers = [int(one) for one in request.GET.getlist("number")[:100] if one.isdecimal() and len(one) < 10]
    fires = [(number, counts.get(number, 0)) for number in numbers]
    return render(request, "inference/rule_counts.html", {"fires": fires, "benchmark": benchmark})


def drafted_change(data: QueryDict) -> Change:
    """The change that the editor is open on; 404 where there is none."""
    ids = data.get("change", ""), data.get("proposal", "")
    if not all(one.isdecimal() and len(one) < 19 for one in ids):
        raise Http404
    return get_object_or_404(Change.objects.select_related("proposal__base", "rule"), pk=ids[0], proposal=ids[1])


def decides(content: RuleContent) -> bool:
    """Whether conditions, effect and dates are sound; a missing title keeps nobody from seeing what the rule does."""
    return not any(problem.field.startswith(DECIDING) for problem in content_problems(content))


def chosen_benchmark(slug: str) -> Benchmark | None:
    """The benchmark asked for, or else the first there is."""
    known = Benchmark.objects.filter(slug=slug).first() if slug.isprintable() else None  # PostgreSQL refuses a NUL
    return known or Benchmark.objects.order_by("pk").first()


def shown(request: HttpRequest, seen: Preview | None, benchmark: Benchmark | None) -> dict[str, object]:
    """What the template needs; only the first flips are laid out, none of pairs that the person is yet to label."""
    flips, fired = (seen.flips, seen.fired) if seen else ((), ())
    hidden = hidden_pairs(request.user, {one.pair.pair_id for one in flips} | {one.pair_id for one in fired})
    return {
        "preview": seen,
        "benchmark": benchmark,
        "benchmarks": Benchmark.objects.all(),
        "flips": [one for one in flips if one.pair.pair_id not in hidden][:SHOWN],
        "fired": [one for one in fired if one.pair_id not in hidden],
    }


def template(request: HttpRequest) -> str:
    """The fragment for htmx, the page around it for everybody else."""
    return "inference/preview.html#preview" if request.htmx else "inference/preview.html"  # type: ignore[attr-defined]
