"""What a rule does on a benchmark: the editor's live preview, and where a rule in force fires."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from annotation.models import Benchmark
from inference.selectors.preview import Preview, preview_rules, without_rule
from rules.engine.check import content_problems
from rules.engine.content import RuleContent
from rules.forms import posted_content
from rules.models import Change
from rules.selectors import current_release, drafted_number, drafted_rules, engine_rules

SHOWN = 50
DECIDING = ("conditions", "effect", "level", "attributes", "valid")


@require_POST
@permission_required("rules.change_proposal", raise_exception=True)
def preview(request: HttpRequest) -> HttpResponse:
    """What publishing the proposal would change, with this form's content in the place of the saved one."""
    changes = Change.objects.select_related("proposal__base", "rule")
    change = get_object_or_404(changes, pk=request.POST.get("change"), proposal=request.POST.get("proposal"))
    content = posted_content(request.POST)
    benchmark = chosen_benchmark(request.POST.get("benchmark", ""))
    seen: Preview | None = None
    readable = content is not None and decides(content)
    if content is not None and readable and benchmark is not None:
        seen = preview_rules(
            benchmark=benchmark,
            before=engine_rules(change.proposal.base),
            after=drafted_rules(change.proposal, change, content),
            number=drafted_number(change),
        )
    return render(request, template(request), {**shown(seen, benchmark), "unfinished": not readable})


@require_GET
def rule_effects(request: HttpRequest, number: int) -> HttpResponse:
    """Where a rule of the release in force fires, and what it alone changes there."""
    release = current_release()
    benchmark = chosen_benchmark(request.GET.get("benchmark", ""))
    rules = engine_rules(release) if release else ()
    seen: Preview | None = None
    if benchmark is not None and any(rule.number == number for rule in rules):
        seen = without_rule(benchmark=benchmark, rules=rules, number=number)
    return render(
        request, template(request), {**shown(seen, benchmark), "number": number, "in_force": seen is not None}
    )


def decides(content: RuleContent) -> bool:
    """Whether conditions, effect and dates are sound; a missing title keeps nobody from seeing what the rule does."""
    return not any(problem.field.startswith(DECIDING) for problem in content_problems(content))


def chosen_benchmark(slug: str) -> Benchmark | None:
    """The benchmark asked for, or else the first there is."""
    return Benchmark.objects.filter(slug=slug).first() or Benchmark.objects.order_by("pk").first()


def shown(seen: Preview | None, benchmark: Benchmark | None) -> dict[str, object]:
    """What the template needs; only the first flips are laid out."""
    return {
        "preview": seen,
        "benchmark": benchmark,
        "benchmarks": Benchmark.objects.all(),
        "flips": seen.flips[:SHOWN] if seen else (),
    }


def template(request: HttpRequest) -> str:
    """The fragment for htmx, the page around it for everybody else."""
    return "inference/preview.html#preview" if request.htmx else "inference/preview.html"  # type: ignore[attr-defined]
