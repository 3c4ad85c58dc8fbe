"""The rows that make a release: versions, entries, the release itself. Callers hold the turn of the audit trail."""

import hashlib
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from rules.engine.content import RuleContent
from rules.engine.text import normalise
from rules.models import Release, ReleaseEntry, Rule, RuleVersion
from rules.services import audit
from rules.signals import release_published


def write_release(*, by: User, base: Release | None, versions: Iterable[RuleVersion], notes: str) -> Release:
    """The next release, holding exactly `versions`; told to the audit trail and, after commit, to whoever listens.

    The empty one that the first proposal stands on has the number 0.
    """
    chosen = sorted(versions, key=lambda version: version.rule.number)
    release = Release.objects.create(
        number=base.number + 1 if base else int(bool(chosen)),
        base=base,
        notes=notes,
        digest=_release_digest(chosen),
        created_by=by,
    )
    ReleaseEntry.objects.bulk_create(
        ReleaseEntry(release=release, rule=version.rule, version=version) for version in chosen
    )
    data = {"base": base.number if base else None, "rules": len(chosen), "digest": release.digest, "notes": notes}
    audit.record(by=by, verb="release.published", subject=f"release:{release.number}", data=data)
    _announce(release)
    return release


def write_version(*, by: User, rule: Rule, content: RuleContent) -> RuleVersion:
    """The next version of `rule`."""
    last: int = rule.versions.aggregate(last=Max("version"))["last"] or 0
    version: RuleVersion = RuleVersion.objects.create(
        rule=rule,
        version=last + 1,
        title=content.title,
        effect=content.effect.kind,
        content=content.to_json(),
        words=_words(rule, content),
        attributes=_attributes(content),
        digest=content.digest,
        created_by=by,
    )
    data = {"version": version.version, "title": content.title, "digest": version.digest}
    audit.record(by=by, verb="rule.written", subject=f"rule:{rule.number}", data=data)
    return version


def new_rule(*, by: User, number: int | None = None) -> Rule:
    """A rule with the next free number, or with `number`."""
    highest: int = Rule.objects.aggregate(highest=Max("number"))["highest"] or 0
    return Rule.objects.create(number=number or highest + 1, created_by=by)


def _announce(release: Release) -> None:
    def send() -> None:
        release_published.send_robust(Release, release_id=release.pk, actor_id=release.created_by_id)

    transaction.on_commit(send)


def _release_digest(versions: Iterable[RuleVersion]) -> str:
    lines = (f"{version.rule.number} {version.version} {version.digest}\n" for version in versions)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _words(rule: Rule, content: RuleContent) -> str:
    values = (value for condition in content.conditions for value in condition.values)
    return normalise(
        " ".join([str(rule), content.title, *values, content.instruction, content.rationale, content.source])
    )


def _attributes(content: RuleContent) -> str:
    read = {condition.attribute for condition in content.conditions if condition.attribute}
    names = sorted(str(attribute) for attribute in read.union(content.effect.attributes))
    return f"|{'|'.join(names)}|" if names else ""
