"""The API of this app: any pair, judged under the release in force; pinned examples that no rule covers."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models import Product
from annotation.services.traffic import note_asked
from inference.models import PipelineConfig
from inference.pipeline.case import Case
from inference.selectors.cases import case_with
from inference.selectors.gaps import gaps_of_proposal, gaps_of_release
from inference.serializers import AnswerSerializer, AskedSerializer, GapSerializer
from inference.services.judging_cases import JudgedCase, judge_cases
from inference.tasks import offer_to_shadows
from inference.traces import failure_text, view_trace
from rules.api.reading import body
from rules.api.told import page, paged, told
from rules.models import Proposal, Release
from rules.selectors import current_release

GAPS = paged(GapSerializer)


@told(AnswerSerializer, takes=AskedSerializer, name="judge_pair")
@api_view(["POST"])
def judge(request: Request) -> Response:
    """Judge a query with a product under the release in force. Nothing is stored but what models reply, where the
    configuration asks some: that takes the right to launch runs. The query is counted where the deployment wants it.
    """
    said = body(request, AskedSerializer)
    case, config, release = asked_case(said), asked_config(said), current_release()
    judged = judge_cases(by=request.user, cases=[case], config=config, release=release, quick=True)[0]
    answer = answer_of(judged, release) | {"config": config.name if config else None}
    offer_to_shadows(case)
    note_asked(case.query)
    return Response(AnswerSerializer(answer | ({} if said["trace"] else {"trace": None})).data)


def asked_config(said: dict[str, Any]) -> PipelineConfig | None:
    """The configuration to judge with; 404 for a name that none has."""
    if "config" not in said:
        return None
    return get_object_or_404(PipelineConfig.objects.select_related("endpoint"), name=said["config"])


def asked_case(said: dict[str, Any]) -> Case:
    """What is to be judged; 404 for a product that is not in the catalogue."""
    if "title" in said:
        return Case(said["query"], said["title"])
    products = Product.objects.prefetch_related("images")
    return case_with(said["query"], get_object_or_404(products, external_id=said["product"]))


def answer_of(judged: JudgedCase, release: Release | None) -> dict[str, Any]:
    """A judgment as it is told."""
    told: dict[str, Any] = {"key": judged.key, "release": release.number if release else None, "trace": judged.trace}
    if judged.failure:
        kind = judged.failure.kind
        return told | {"level": None, "confidence": None, "reason": failure_text(kind), "failure": kind, "rules": []}
    assert judged.trace is not None
    trace = judged.trace
    return told | {
        "level": trace["level"],
        "confidence": trace["confidence"],
        "reason": view_trace(trace).reason,
        "failure": "",
        "rules": trace["recalled"],
    }


@told(GAPS, name="list_gaps_of_release")
@api_view(["GET"])
def release_gaps(request: Request, number: int) -> Response:
    """The pinned examples of a release that their own rule does not fire on."""
    return page(request, gaps_of_release(get_object_or_404(Release, number=number)), GapSerializer)


@told(GAPS, name="list_gaps_of_proposal")
@api_view(["GET"])
def proposal_gaps(request: Request, pk: int) -> Response:
    """The same, of the rules as a proposal would leave them."""
    found = get_object_or_404(Proposal.objects.select_related("base"), pk=pk)
    return page(request, gaps_of_proposal(found), GapSerializer)
