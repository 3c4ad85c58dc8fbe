"""What a proposal takes."""

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from rules.api.reading import body
from rules.api.told import told
from rules.enums import CheckName
from rules.selectors.reviews import terms
from rules.serializers.proposals import PolicySerializer
from rules.services.checks import set_policy


@told(PolicySerializer, method="GET", name="get_policy")
@told(PolicySerializer, takes=PolicySerializer, method="PUT", name="set_policy")
@api_view(["GET", "PUT"])
def policy(request: Request) -> Response:
    """The approvals and checks that a proposal takes from now on."""
    if request.method == "PUT":
        said = body(request, PolicySerializer)
        said["required"] = [CheckName(one) for one in said["required"]]
        set_policy(by=request.user, **said)
    return Response(PolicySerializer(_now()).data)


def _now() -> dict[str, object]:
    wanted = terms()
    return {
        "approvals": {kind.value: count for kind, count in wanted.approvals.approvals.items()},
        "otherwise": wanted.approvals.otherwise,
        "safety": wanted.approvals.safety,
        "required": [one.value for one in CheckName if one in wanted.required],
    }
