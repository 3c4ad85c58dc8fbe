"""Proposals: what is drafted, what people and machines say about it, and how it stands."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rules.engine.check import Problem
from rules.engine.rule import EffectKind
from rules.enums import ChangeKind
from rules.forms.policy import MOST as MOST_APPROVALS
from rules.models import Override, Proposal
from rules.problems import problem_message, void_reason
from rules.selectors.proposals import DraftedChange
from rules.selectors.reviews import Standing, StandingReview
from rules.serializers.choices import CHANGE_KINDS, CHECK_STATES, CHECKS, PROPOSAL_STATES, VERDICTS
from rules.serializers.content import ContentSerializer, Words
from rules.serializers.numbers import StoredNumber
from rules.serializers.rules import DiffRowSerializer, PersonField
from rules.services.releases import refusals


class ProposalsSerializer(serializers.Serializer):
    """Which proposals are asked for."""

    state = serializers.ChoiceField(PROPOSAL_STATES, default="", allow_blank=True)
    author = Words(help_text="The name of who opened it.")


class DescriptionSerializer(serializers.Serializer):
    """What a proposal is called, and why it is made."""

    title = serializers.CharField(max_length=200)
    reason = Words(max_length=4000)


class ListedProposalSerializer(serializers.ModelSerializer):
    """A proposal in a list."""

    base = serializers.IntegerField(source="base.number")
    published = serializers.IntegerField(source="published.number", allow_null=True, default=None)
    changes = serializers.IntegerField(source="size", help_text="How many changes it has.")
    created_by = PersonField("created_by")

    class Meta:
        model = Proposal
        fields = ["id", "title", "state", "base", "published", "changes", "created_at", "created_by", "updated_at"]


class ReasonSerializer(serializers.Serializer):
    """Why something can't be done: a code, and words in the language asked for."""

    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(required=False)


class ChangeSerializer(serializers.Serializer):
    """One rule added, changed or retired. Send `edition` back with an edit."""

    id = serializers.IntegerField(source="change.pk")
    rule = serializers.IntegerField(source="number")
    kind = serializers.ChoiceField(CHANGE_KINDS, source="change.kind")
    edition = serializers.IntegerField(source="change.edition")
    effective = serializers.BooleanField()
    before = ContentSerializer(source="before.content", allow_null=True, default=None)
    after = ContentSerializer(allow_null=True)
    problems = serializers.SerializerMethodField()
    diff = serializers.SerializerMethodField()
    updated_at = serializers.DateTimeField(source="change.updated_at")
    updated_by = PersonField("change.updated_by")

    @extend_schema_field(ReasonSerializer(many=True))
    def get_problems(self, drafted: DraftedChange) -> list[dict[str, str]]:
        """Why it can't be published as it stands."""
        return [told_problem(one) for one in drafted.problems]

    @extend_schema_field(DiffRowSerializer(many=True))
    def get_diff(self, drafted: DraftedChange) -> list[dict[str, Any]]:
        """The parts that differ, words marked."""
        before = drafted.before.content if drafted.before else None
        return DiffRowSerializer(self.context["diff"](before, drafted.after), many=True).data


class OverrideSerializer(serializers.ModelSerializer):
    """A lead's word that a check need not pass."""

    by = PersonField("by")

    class Meta:
        model = Override
        fields = ["reason", "at", "by"]


class StandingCheckSerializer(serializers.Serializer):
    """A check as far as it is about the content as it stands."""

    name = serializers.ChoiceField(CHECKS)
    state = serializers.ChoiceField(CHECK_STATES)
    required = serializers.BooleanField()
    holds = serializers.BooleanField(help_text="Whether it keeps nobody from publishing.")
    summary = serializers.CharField(source="check.summary", default="")
    params = serializers.DictField(source="check.params", default=dict)
    details = serializers.CharField(source="check.details", default="")
    behind = serializers.CharField(source="check.behind", default="")
    override = OverrideSerializer(allow_null=True)


class ReviewSerializer(serializers.Serializer):
    """A verdict or a comment; an approval `counts`, or says why it is void."""

    id = serializers.IntegerField(source="review.pk")
    verdict = serializers.ChoiceField(VERDICTS, source="review.verdict")
    about = serializers.CharField(source="review.about")
    text = serializers.CharField(source="review.text")
    digest = serializers.CharField(source="review.digest")
    at = serializers.DateTimeField(source="review.at")
    by = PersonField("review.by")
    counts = serializers.BooleanField()
    void = serializers.SerializerMethodField()

    def get_void(self, standing: StandingReview) -> str:
        """What made it void, in the language asked for; empty where nothing did."""
        return void_reason(standing.differences)


class ProposalSerializer(serializers.Serializer):
    """A proposal and how it stands. An approval signs `digest`; a check is about `content`."""

    id = serializers.IntegerField(source="summary.proposal.pk")
    title = serializers.CharField(source="summary.proposal.title")
    reason = serializers.CharField(source="summary.proposal.reason")
    state = serializers.ChoiceField(PROPOSAL_STATES, source="summary.proposal.state")
    base = serializers.IntegerField(source="summary.proposal.base.number")
    stale = serializers.BooleanField(source="summary.stale", help_text="Whether another release came since.")
    published = serializers.IntegerField(source="summary.proposal.published.number", allow_null=True, default=None)
    restores = serializers.IntegerField(source="summary.proposal.restores.number", allow_null=True, default=None)
    publish_at = serializers.DateTimeField(source="summary.proposal.publish_at", allow_null=True)
    created_at = serializers.DateTimeField(source="summary.proposal.created_at")
    created_by = PersonField("summary.proposal.created_by")
    digest = serializers.CharField(source="signed.digest")
    content = serializers.CharField()
    needed = serializers.IntegerField(help_text="Approvals that it takes.")
    approvals = serializers.SerializerMethodField()
    approved = serializers.BooleanField(source="is_approved")
    obstacles = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    checks = StandingCheckSerializer(many=True)
    reviews = ReviewSerializer(many=True)

    def get_approvals(self, standing: Standing) -> int:
        """How many approvals count."""
        return len(standing.approvals)

    @extend_schema_field(ReasonSerializer(many=True))
    def get_obstacles(self, standing: Standing) -> list[dict[str, str]]:
        """Everything that keeps it from being published now."""
        return [{"code": one.code or "invalid", "message": "".join(one.messages)} for one in refusals(standing)]

    def get_changes(self, standing: Standing) -> int:
        """How many changes it has; they are a list of their own."""
        return len(standing.summary.changes)


class NewChangeSerializer(serializers.Serializer):
    """A change to draft: `add` takes a content, `edit` and `retire` a rule, `edit` with `version` an older wording."""

    kind = serializers.ChoiceField(CHANGE_KINDS)
    rule = StoredNumber(required=False)
    version = StoredNumber(required=False)
    content = ContentSerializer(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Each kind with what it takes, and nothing else."""
        wanted = {"content"} if data["kind"] == ChangeKind.ADD else {"rule"}
        optional = {"version"} if data["kind"] == ChangeKind.EDIT else set()
        given = data.keys() - {"kind"}
        missing = {name: [serializers.Field.default_error_messages["required"]] for name in wanted - given}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        if needless := given - wanted - optional:
            raise serializers.ValidationError(
                {name: [_("This kind of change takes none.")] for name in sorted(needless)}
            )
        return data


class EditSerializer(serializers.Serializer):
    """A new wording in the place of the one of `edition`."""

    content = ContentSerializer()
    edition = StoredNumber()


class ApprovalSerializer(serializers.Serializer):
    """An approval of exactly what was `seen`: the digest of the proposal that was looked at."""

    seen = serializers.CharField(max_length=64)
    text = Words()


class AskSerializer(serializers.Serializer):
    """What has to change, in words; `about` names a rule, if it is about one."""

    seen = serializers.CharField(max_length=64)
    text = Words(required=True)
    about = Words(max_length=20)


class CommentSerializer(serializers.Serializer):
    """Words about a proposal, or about one rule in it."""

    text = Words(required=True)
    about = Words(max_length=20)


class ScheduleSerializer(serializers.Serializer):
    """When to publish; null takes the time back."""

    publish_at = serializers.DateTimeField(allow_null=True)


class RebaseSerializer(serializers.Serializer):
    """For rules that both the proposal and another release changed: whose wording stays, looked at on release `onto`."""

    onto = StoredNumber(required=False)
    mine = serializers.ListField(child=StoredNumber(), default=list)
    theirs = serializers.ListField(child=StoredNumber(), default=list)


class RuleConflictSerializer(serializers.Serializer):
    """A rule that both the proposal and a later release changed; a wording is null where the rule is in none."""

    number = serializers.IntegerField()
    base = ContentSerializer(allow_null=True, help_text="As it was when the proposal was opened.")
    theirs = ContentSerializer(allow_null=True, help_text="As it is in force.")
    mine = ContentSerializer(allow_null=True, help_text="As it is proposed.")


class OvertakenSerializer(serializers.Serializer):
    """What moved between the release it builds on and the one in force; comparing the two tells how."""

    base = serializers.IntegerField()
    onto = serializers.IntegerField(help_text="The release in force: send it back with a choice.")
    moved = serializers.ListField(child=serializers.IntegerField(), help_text="The rules that are others now.")
    conflicts = RuleConflictSerializer(many=True, help_text="The rules to choose a wording of.")


class NotesSerializer(serializers.Serializer):
    """What a release's notes say; without any, the proposal's reason."""

    notes = Words(max_length=4000)


class OverridingSerializer(serializers.Serializer):
    """Why a check need not pass."""

    reason = Words(required=True)


class ReportSerializer(serializers.Serializer):
    """What a checker found about the `content` it looked at; `behind` names what it rests on."""

    state = serializers.ChoiceField(CHECK_STATES)
    content = serializers.CharField(max_length=64)
    summary = Words(max_length=300)
    details = serializers.URLField(max_length=300, default="", allow_blank=True)
    behind = Words(max_length=200)


class PolicySerializer(serializers.Serializer):
    """What proposals take: approvals by kind of effect, for others, for matters of safety, and the checks."""

    approvals = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=MOST_APPROVALS))
    otherwise = serializers.IntegerField(min_value=1, max_value=MOST_APPROVALS)
    safety = serializers.IntegerField(min_value=1, max_value=MOST_APPROVALS)
    required = serializers.ListField(child=serializers.ChoiceField(CHECKS))

    def validate_approvals(self, approvals: dict[str, int]) -> dict[str, int]:
        """Kinds of effect that there are."""
        if unknown := approvals.keys() - {kind.value for kind in EffectKind}:
            raise serializers.ValidationError({name: [_("There is no such kind of effect.")] for name in unknown})
        return approvals


def told_problem(problem: Problem) -> dict[str, str]:
    """A problem of a content, in the language asked for."""
    return {"code": problem.code, "message": problem_message(problem), "field": problem.field}
