"""The offer to use what a run judged as votes in labelling."""

from typing import Any

from django import template
from django.template.context import Context

from annotation.services.labelling import PERMISSION
from inference.enums import RunState
from inference.models import Run
from inference.selectors.run_votes import benchmarks_to_vote_in, source_of

register = template.Library()


@register.inclusion_tag("inference/_use_votes.html", takes_context=True)
def use_as_votes(context: Context, run: Run) -> dict[str, Any]:
    """Where the levels of a finished run may be votes, for who leads the labelling; nothing for others."""
    if run.state != RunState.FINISHED or not context["request"].user.has_perm(PERMISSION):
        return {}
    benchmarks = list(benchmarks_to_vote_in(run))
    return {"run": run, "benchmarks": benchmarks, "source": source_of(run.config), "request": context["request"]}
