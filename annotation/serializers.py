"""Bad cases as the API takes and gives them."""

from typing import Any

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.enums import CaseOrigin, CaseState, CaseVerb, Cause, Occasion, Severity
from annotation.models import BadCase, CaseAction
from annotation.selectors.cases import ALL, MINE, NOBODY, OPEN
from annotation.services.case_changes import MOST
from rules.models import Proposal
from rules.serializers.choices import LEVELS
from rules.serializers.numbers import StoredNumber
from rules.serializers.rules import PersonField

CASE_STATES = list(CaseState.values)
CAUSES = list(Cause.values)
ORIGINS = list(CaseOrigin.values)
OCCASIONS = list(Occasion.values)
VERBS = list(CaseVerb.values)
SEVERITIES = [one.name.lower() for one in Severity]
STATES_ASKED = [OPEN, ALL, *CASE_STATES]
MOST_REPORTS = 500


class SeverityField(serializers.ChoiceField):
    """How harmful: a word outside, a number inside."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"choices": SEVERITIES} | options)

    def to_representation(self, value: int) -> str:
        """The word."""
        return Severity(value).name.lower()

    def to_internal_value(self, data: Any) -> int:
        """The number; 0 for nothing."""
        word = super().to_internal_value(data)
        return Severity[word.upper()].value if word else 0


class CaseSerializer(serializers.ModelSerializer):
    """One bad case. `reports` counts those of its duplicates too."""

    query = serializers.CharField(source="pair.query.text")
    product_id = serializers.CharField(source="pair.product.external_id")
    title = serializers.CharField(source="pair.product.title")
    severity = SeverityField()
    assignee = PersonField("assignee", allow_null=True)
    faults = serializers.SerializerMethodField()
    given = serializers.ChoiceField(LEVELS, allow_blank=True)
    expected = serializers.ChoiceField(LEVELS, allow_blank=True)
    state = serializers.ChoiceField(CASE_STATES)
    cause = serializers.ChoiceField(CAUSES, allow_blank=True)
    origin = serializers.ChoiceField(ORIGINS)
    occasion = serializers.ChoiceField(OCCASIONS, allow_blank=True)

    class Meta:
        model = BadCase
        fields = [
            *("id", "query", "product_id", "title", "given", "expected", "place", "severity", "cause", "state"),
            *("assignee", "note", "origin", "occasion", "category", "faults", "cluster", "reports", "master"),
            *("edition", "regressions", "created_at", "reported_at", "triaged_at", "fixed_at", "verified_at"),
            "regressed_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_faults(self, case: BadCase) -> list[str]:
        """The attributes at fault."""
        return list(case.attributes_at_fault)


class CasesSerializer(serializers.Serializer):
    """Which cases are asked for: those that are open, unless told."""

    state = serializers.ChoiceField(STATES_ASKED, default=OPEN)
    severity = SeverityField(default="", allow_blank=True)
    cause = serializers.ChoiceField([NOBODY, *CAUSES], default="", allow_blank=True)
    assignee = serializers.CharField(default="", allow_blank=True, help_text=f"A user name, {MINE} or {NOBODY}.")
    category = serializers.CharField(default="", allow_blank=True)
    origin = serializers.ChoiceField(ORIGINS, default="", allow_blank=True)
    occasion = serializers.ChoiceField(OCCASIONS, default="", allow_blank=True)
    cluster = serializers.CharField(default="", allow_blank=True)
    overdue = serializers.ChoiceField(["yes"], default="", allow_blank=True)
    q = serializers.CharField(default="", allow_blank=True, max_length=200)


class CaseReportSerializer(serializers.Serializer):
    """One report of a wrong level. `id` names it within its `source`: sent again it is the same report."""

    id = serializers.CharField(default="", allow_blank=True, max_length=100)
    source = serializers.CharField(default="", allow_blank=True, max_length=100)
    query = serializers.CharField(max_length=200)
    product_id = serializers.CharField(default="", allow_blank=True, max_length=100)
    title = serializers.CharField(default="", allow_blank=True, max_length=500)
    given = serializers.ChoiceField(LEVELS, default="", allow_blank=True)
    expected = serializers.ChoiceField(LEVELS, default="", allow_blank=True)
    place = serializers.CharField(default="", allow_blank=True, max_length=200)
    severity = SeverityField(default="", allow_blank=True)
    cause = serializers.ChoiceField(CAUSES, default="", allow_blank=True)
    note = serializers.CharField(default="", allow_blank=True, max_length=4000)
    category = serializers.CharField(default="", allow_blank=True, max_length=100)


class ReportsSerializer(serializers.Serializer):
    """Reports that are sent together."""

    reports = CaseReportSerializer(many=True, allow_empty=False, max_length=MOST_REPORTS)


class TakenSerializer(serializers.Serializer):
    """What came of reports: new cases, reports counted on others, reports known before; and the case of each."""

    created = serializers.IntegerField()
    counted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    cases = serializers.ListField(child=serializers.IntegerField())


class ChosenSerializer(serializers.Serializer):
    """The cases that something is done to."""

    cases = serializers.ListField(child=StoredNumber(min_value=1), allow_empty=False, max_length=MOST)


class NamedField(serializers.SlugRelatedField):
    """Something by its name. PostgreSQL can not be asked for a name with a zero byte."""

    def to_internal_value(self, data: Any) -> Any:
        """What has the name. Raises ValidationError where nothing has."""
        if isinstance(data, str) and "\0" in data:
            self.fail("invalid")
        return super().to_internal_value(data)


class TriageSerializer(ChosenSerializer):
    """What to set of cases; what is left out stays. An empty `assignee` is nobody.

    `seen` are the editions that were looked at, by case: a case that was changed since refuses all of it.
    """

    cause = serializers.ChoiceField(CAUSES, required=False, allow_blank=True)
    severity = SeverityField(required=False)
    assignee = NamedField(
        slug_field="username", queryset=User.objects.filter(is_active=True), required=False, allow_null=True
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    expected = serializers.ChoiceField(LEVELS, required=False, allow_blank=True)
    category = serializers.CharField(required=False, allow_blank=True, max_length=100)
    seen = serializers.DictField(child=StoredNumber(), required=False)


class MergeSerializer(ChosenSerializer):
    """The case that the others are duplicates of."""

    into = StoredNumber(min_value=1)


class NoteSerializer(ChosenSerializer):
    """Why."""

    note = serializers.CharField(default="", allow_blank=True, max_length=4000)


class LinkSerializer(ChosenSerializer):
    """The proposal that the cases belong to."""

    proposal = serializers.PrimaryKeyRelatedField(queryset=Proposal.objects.all(), pk_field=StoredNumber())


class FixSerializer(NoteSerializer):
    """What fixed the cases, one of three: a rule in force by its number, a knowledge correction, a label by its id."""

    rule = StoredNumber(required=False, min_value=1)
    entry = serializers.CharField(required=False, max_length=240, help_text="kind/name/version")
    label = StoredNumber(required=False, min_value=1)


class UndoSerializer(serializers.Serializer):
    """The action to take back."""

    action = serializers.PrimaryKeyRelatedField(queryset=CaseAction.objects.all(), pk_field=StoredNumber())


class ActionSerializer(serializers.ModelSerializer):
    """What was done, by whom, to which cases. Nothing was done where `id` is missing."""

    verb = serializers.ChoiceField(VERBS)
    by = PersonField("by", allow_null=True)
    cases = serializers.SerializerMethodField()

    class Meta:
        model = CaseAction
        fields = ["id", "verb", "note", "at", "by", "undoes", "cases"]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_cases(self, action: CaseAction) -> list[int]:
        """The ids of the cases it changed."""
        return sorted(action.moves.values_list("case_id", flat=True))


class ClusterSerializer(serializers.Serializer):
    """Open cases with the same to blame."""

    cluster = serializers.CharField()
    given = serializers.ChoiceField(LEVELS, allow_blank=True)
    expected = serializers.ChoiceField(LEVELS, allow_blank=True)
    cases = serializers.IntegerField()
    reports = serializers.IntegerField()
    worst = SeverityField()
    first = serializers.IntegerField()
    oldest = serializers.DateTimeField()
