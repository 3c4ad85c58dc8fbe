"""Rows with nothing surprising inside. Every builder takes what matters to the test and fills in the rest."""

from itertools import count

from django.contrib.auth.models import Permission, User

from annotation.models import Benchmark, BenchmarkPair, Label, Pair, Product, Query
from rules.engine.content import RuleContent
from rules.models import Release, ReleaseEntry, Rule, RuleVersion

numbers = count(1)


def make_user(*permissions: str, username: str = "") -> User:
    """A person who may do what the permissions (`app.codename`) say."""
    user = User.objects.create_user(username or f"person{next(numbers)}")
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_release(*contents: RuleContent, by: User | None = None) -> Release:
    """The next release, with exactly these rules as new ones."""
    author = by or User.objects.first() or make_user()
    last = Release.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    release = Release.objects.create(number=number, base=last, digest=f"{next(numbers):064d}", created_by=author)
    for content in contents:
        rule = Rule.objects.create(number=next(numbers), created_by=author)
        version = RuleVersion.objects.create(
            rule=rule,
            version=1,
            title=content.title,
            effect=content.effect.kind,
            content=content.to_json(),
            digest=content.digest,
            created_by=author,
        )
        ReleaseEntry.objects.create(release=release, rule=rule, version=version)
    return release


def make_pair(query: str = "布洛芬", title: str = "[芬必得]布洛芬缓释胶囊0.3g*20粒", **given: list[str]) -> Pair:
    """A query with a product of its own."""
    product = Product.objects.create(external_id=f"p{next(numbers)}", title=title, given=given)
    return Pair.objects.create(query=Query.objects.get_or_create(text=query)[0], product=product)


def make_benchmark(*rows: tuple[str, str, str], slug: str = "") -> Benchmark:
    """Labelled pairs: rows of query, title and level."""
    benchmark = Benchmark.objects.create(slug=slug or f"set-{next(numbers)}", name=slug or "A set")
    for query, title, level in rows:
        pair = make_pair(query, title)
        label = Label.objects.create(benchmark=benchmark, pair=pair, level=level)
        BenchmarkPair.objects.create(benchmark=benchmark, pair=pair, label=label)
    return benchmark
