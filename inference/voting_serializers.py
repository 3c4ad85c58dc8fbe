"""Votes as the API takes and gives them."""

from rest_framework import serializers

from inference.selectors.voting import MOST, RIGHT, UNDECIDED, WRONG
from inference.voting import Standing
from rules.engine.attributes import LevelClass
from rules.serializers.choices import LEVELS
from rules.serializers.numbers import StoredNumber


class RunsSerializer(serializers.Serializer):
    """The runs that vote: two to nine on one benchmark, or one whose model gave several answers to each pair."""

    run = serializers.ListField(child=StoredNumber(min_value=1), min_length=1, max_length=MOST)


class BallotsAskedSerializer(RunsSerializer):
    """The runs that vote, and which of the pairs are asked for; all unless told."""

    standing = serializers.ChoiceField([one.value for one in Standing], default="", allow_blank=True)
    against = serializers.ChoiceField([RIGHT, WRONG, UNDECIDED], default="", allow_blank=True)
    label = serializers.ChoiceField([one.value for one in LevelClass], default="", allow_blank=True)
    category = serializers.CharField(default="", allow_blank=True, max_length=40)
    hard = serializers.BooleanField(default=False)


class VoteShareSerializer(serializers.Serializer):
    """Some pairs of others, with the 95% interval of the share; no share of nothing."""

    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField()
    high = serializers.FloatField()


class VotePartSerializer(serializers.Serializer):
    """Some of the pairs. Undecided ones count as wrong, and are left out of the disagreement with people."""

    pairs = serializers.IntegerField()
    unanimous = VoteShareSerializer()
    split = VoteShareSerializer()
    incomplete = VoteShareSerializer()
    undecided = VoteShareSerializer()
    right = VoteShareSerializer()
    right_unanimous = VoteShareSerializer()
    right_split = VoteShareSerializer()
    disagreement = VoteShareSerializer()


class VoteReportSerializer(VotePartSerializer):
    """A vote over the pairs of a benchmark. `apart` and `retold` pairs are not voted on: not judged by every run, or
    judged from other texts.
    """

    classes = serializers.DictField(child=VotePartSerializer(), help_text="By the class of the label.")
    hard = VotePartSerializer()
    judges = serializers.ListField(child=serializers.CharField(), help_text="The names under `levels` of a pair.")
    apart = serializers.IntegerField()
    retold = serializers.IntegerField()


class BallotSerializer(serializers.Serializer):
    """One pair: what each judge said, how they stand to each other, what the vote comes to, and the label."""

    pair = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True)
    query = serializers.CharField()
    product = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    hard = serializers.BooleanField()
    standing = serializers.ChoiceField([one.value for one in Standing])
    vote = serializers.ChoiceField(LEVELS, allow_null=True)
    label = serializers.ChoiceField(LEVELS, allow_null=True)
    levels = serializers.DictField(child=serializers.ChoiceField(LEVELS, allow_null=True))


class VotingInSerializer(serializers.Serializer):
    """The benchmark in whose labelling a run votes, by its slug."""

    benchmark = serializers.SlugField()


class UsedSerializer(serializers.Serializer):
    """How many levels of a run there were, and how many of them are new or differ. `source`: whom the votes are of."""

    source = serializers.CharField()
    votes = serializers.IntegerField()
    stored = serializers.IntegerField()
