"""Releases and the rules in them. A release never changes, so its rules are kept in memory once read."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone

from rules.engine.content import RuleContent
from rules.engine.diff import RuleSetDiff, diff_rule_sets
from rules.engine.rule import EngineRule
from rules.models import Release, ReleaseEntry


@dataclass(frozen=True, slots=True)
class ReleasedRule:
    """One rule version in a release. `version_id` is its primary key, and so the order of age."""

    rule_id: int
    number: int
    version_id: int
    version: int
    content: RuleContent
    digest: str

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` lies within the validity dates, both ends included."""
        return self.content.is_valid_on(day)

    @property
    def engine_rule(self) -> EngineRule:
        """This version as recall and decision read it."""
        return self.content.engine_rule(number=self.number, version=self.version, age_order=self.version_id)


def current_release() -> Release | None:
    """The release in force, or None before the first."""
    return Release.objects.order_by("-number").first()


def release_at(moment: datetime) -> Release | None:
    """The release that was in force at a moment, or None before the first. For a moment to come, the one in force."""
    return Release.objects.filter(created_at__lte=moment).order_by("-number").first()


def rules_in(release: Release) -> tuple[ReleasedRule, ...]:
    """Every rule version of `release`, by rule number."""
    return _rules_in(release.pk, release.digest, release.created_at)


def released_rule(release: Release, number: int) -> ReleasedRule | None:
    """The version of rule `number` that is in `release`, if any is."""
    return next((rule for rule in rules_in(release) if rule.number == number), None)


def engine_rules(release: Release, *, on: date | None = None) -> tuple[EngineRule, ...]:
    """The rules of `release` valid on a day (today unless told), by number. The same tuple for the same day."""
    return _engine_rules(release.pk, release.digest, release.created_at, on or timezone.localdate())


def not_valid_on(release: Release, day: date) -> frozenset[int]:
    """The numbers of the rules of `release` that are not valid on a day."""
    return frozenset(rule.number for rule in rules_in(release) if not rule.is_valid_on(day))


def compare_releases(before: Release, after: Release) -> RuleSetDiff:
    """Which rules were added, changed and retired from one release to another, by number."""
    olds, news = ({rule.number: rule.content for rule in rules_in(release)} for release in (before, after))
    return diff_rule_sets(olds, news)


@lru_cache(maxsize=16)
def _rules_in(release_id: int, digest: str, created_at: datetime) -> tuple[ReleasedRule, ...]:
    """Digest and moment are part of the key: a database that was replaced may use an id again."""
    entries = ReleaseEntry.objects.filter(release_id=release_id).select_related("rule", "version")
    return tuple(
        ReleasedRule(
            rule_id=entry.rule_id,
            number=entry.rule.number,
            version_id=entry.version_id,
            version=entry.version.version,
            content=RuleContent.from_json(entry.version.content),
            digest=entry.version.digest,
        )
        for entry in entries.order_by("rule__number")
    )


@lru_cache(maxsize=16)
def _engine_rules(release_id: int, digest: str, created_at: datetime, day: date) -> tuple[EngineRule, ...]:
    rules = (rule.engine_rule for rule in _rules_in(release_id, digest, created_at))
    return tuple(rule for rule in rules if rule.is_valid_on(day))
