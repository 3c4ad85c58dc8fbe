"""Findings about a rule set."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rules.engine.findings import Conflict, NeverFires
from rules.serializers.choices import ATTRIBUTES, FINDINGS, SIDES
from rules.serializers.numbers import StoredNumber
from rules.witness import address_of, said_of


class RuleSetSerializer(serializers.Serializer):
    """Which rules are asked about: a proposal's, a release's, or those in force."""

    proposal = StoredNumber(required=False)
    release = StoredNumber(required=False)


class CountSerializer(serializers.Serializer):
    """How many findings of one kind there are."""

    kind = serializers.ChoiceField(FINDINGS)
    count = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer):
    """What was found about a whole rule set, from a day on."""

    rules = serializers.IntegerField()
    day = serializers.DateField()
    findings = CountSerializer(many=True)


class SaidSerializer(serializers.Serializer):
    """What a witness says of a side: values of an attribute, or words of its text where there is none. `others` stand
    for any values that no rule names."""

    side = serializers.ChoiceField(SIDES)
    attribute = serializers.ChoiceField(ATTRIBUTES, allow_null=True)
    values = serializers.ListField(child=serializers.CharField())
    others = serializers.ListField(child=serializers.CharField())


class AbsentSerializer(serializers.Serializer):
    """A value that a rule asks of a side and that no query, or no product, has."""

    side = serializers.ChoiceField(SIDES)
    attribute = serializers.ChoiceField(ATTRIBUTES)
    value = serializers.CharField()


class FindingSerializer(serializers.Serializer):
    """One finding about a rule: the others that have a part in it, who wins, and where it shows."""

    rule = serializers.SerializerMethodField()
    others = serializers.SerializerMethodField()
    winner = serializers.IntegerField(allow_null=True, default=None)
    expired = serializers.BooleanField(default=False, help_text="Whether its last day is over.")
    absent = AbsentSerializer(many=True, default=[], help_text="The values without which it never fires.")
    day = serializers.DateField(source="witness.day", allow_null=True, default=None)
    witness = serializers.SerializerMethodField()
    run = serializers.SerializerMethodField()

    def get_rule(self, finding: Any) -> int:
        """The number of the rule that it is about."""
        number: int = finding.one if isinstance(finding, Conflict) else finding.rule
        return number

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_others(self, finding: Any) -> list[int]:
        """The numbers of the rules that it disagrees with, or that overrule it."""
        if isinstance(finding, NeverFires):
            return []
        return [finding.other] if isinstance(finding, Conflict) else list(finding.by)

    @extend_schema_field(SaidSerializer(many=True))
    def get_witness(self, finding: Any) -> list[dict[str, Any]]:
        """A pair on which it shows."""
        situation = getattr(finding, "witness", None)
        return SaidSerializer(said_of(situation), many=True).data if situation else []

    def get_run(self, finding: Any) -> str:
        """The parameters of the page that runs the witness; empty where there is none."""
        situation = getattr(finding, "witness", None)
        return address_of(situation) if situation else ""
