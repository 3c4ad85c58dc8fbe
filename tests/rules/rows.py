"""Rules and people to test the services of rules with."""

from django.contrib.auth.models import Permission, User

from rules import selectors
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Release, Rule


def content(title: str = "Brand 999", value: str = "999") -> RuleContent:
    return RuleContent(
        title=title,
        conditions=(Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (value,)),),
        effect=Effect(EffectKind.CAP, Level.MODERATELY),
        instruction="Compare the brands.",
    )


def person(name: str) -> User:
    user = User.objects.create_user(name)
    user.user_permissions.set(Permission.objects.filter(codename__in=["change_proposal", "publish_release"]))
    return user


def rule(number: int) -> Rule:
    return Rule.objects.get(number=number)


def titles(release: Release) -> dict[int, str]:
    return {r.number: r.content.title for r in selectors.rules_in(release)}
