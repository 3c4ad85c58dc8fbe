"""What benchmarks/releases.py measures, once Django is set up."""

import statistics
import time

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.models import Policy, Proposal, Release
from rules.selectors import releases, verify_chain
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal

TIMES = 7
MOST_MILLISECONDS = 150


def measure(many: int, rules: int, changes: int) -> None:
    """Build the releases, open one more proposal, and time each page cold and warm."""
    call_command("migrate", verbosity=0)
    author, reviewer = (User.objects.create_superuser(name) for name in ("author", "reviewer"))
    Policy.objects.create(approvals={}, otherwise=1, safety=1, required=[], by=author)
    began = time.perf_counter()
    for number in range(1, many + 1):
        touched = range(1, rules + 1) if number == 1 else some(number, rules, changes)
        publish(author, reviewer, touched, number)
    print(f"built {many} releases of {rules} rules in {time.perf_counter() - began:.1f} s, {connection.vendor}")
    last = Release.objects.get(number=many)
    print(f"rules in the last one: {last.entries.count()}; audit trail: {verify_chain() or 'whole'}")
    small = propose_rules(by=author, contents=contents(some(many + 1, rules, changes), many + 1), title="Small")
    large = propose_rules(by=author, contents=contents(range(1, rules + 1), many + 2), title="Large")
    for one in (small, large):
        reviews.ask_for_review(by=author, proposal=Proposal.objects.get(pk=one.pk))
    pages = {
        f"proposal of {changes} changes": f"/proposals/{small.pk}/",
        f"proposal of {rules} changes": f"/proposals/{large.pk}/",
        "proposals": "/proposals/",
        "release": f"/releases/{many}/",
        f"release 1, {rules} changes": "/releases/1/",
        "releases": "/releases/",
        "library": "/rules/",
        "rule": "/rules/1/",
        "compare neighbours": f"/releases/{many - 1}/compare/{many}/",
        "compare first and last": f"/releases/1/compare/{many}/",
        "file": f"/releases/{many}/rules.yaml",
    }
    client = Client()
    client.force_login(reviewer)
    print(f"{'page':26} {'cold ms':>8} {'warm ms':>8} {'queries':>8}")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        client.get("/releases/")
        for name, path in pages.items():
            timed(client, name, path)


def timed(client: Client, name: str, path: str) -> None:
    """The page with nothing kept in memory, and the middle of several times with it."""
    releases._rules_in.cache_clear()
    releases._engine_rules.cache_clear()
    cold = milliseconds(client, path)
    warm = statistics.median(milliseconds(client, path) for _ in range(TIMES))
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    slow = "  slower than 150 ms" if name.startswith("proposal of") and warm > MOST_MILLISECONDS else ""
    print(f"{name:26} {cold:8.1f} {warm:8.1f} {len(asked):8}{slow}")


def milliseconds(client: Client, path: str) -> float:
    """How long the server takes."""
    began = time.perf_counter()
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return (time.perf_counter() - began) * 1000


def publish(author: User, reviewer: User, touched: range, edition: int) -> None:
    """One release, proposed by one and approved by the other."""
    proposal = propose_rules(by=author, contents=contents(touched, edition), title=f"Edition {edition}", reason="More.")
    reviews.ask_for_review(by=author, proposal=proposal)
    seen = standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest
    reviews.approve(by=reviewer, proposal=proposal, seen=seen)
    publish_proposal(by=author, proposal=proposal)


def some(number: int, rules: int, changes: int) -> range:
    """The rules that one release touches: others than the one before."""
    first = (number * changes) % max(rules - changes, 1) + 1
    return range(first, first + changes)


def contents(numbers: range, edition: int) -> list[tuple[int, RuleContent]]:
    """Rules as long as the demo's."""
    return [(number, content(number, edition)) for number in numbers]


def content(number: int, edition: int) -> RuleContent:
    """One rule, worded anew in each edition."""
    return RuleContent(
        title=f"点名品牌 {number} 而商品不是该品牌",
        conditions=(
            Condition(Side.QUERY, Operator.IS, Attribute.BRAND, (f"品牌{number}",)),
            Condition(Side.BOTH, Operator.AGREES, Attribute.EFFICACY),
        ),
        effect=Effect(EffectKind.CAP, Level.MODERATELY if edition % 2 else Level.WEAKLY),
        instruction="查询点名了品牌时，其他品牌的同一药品最高为中度相关。",
        rationale=f"第 {edition} 版。顾客点名品牌，多半认的是厂家的工艺或熟悉的包装。\n给别的厂家的药并不害人，但不是他要的那一盒。",
        source="药学常识，未经临床审核",
        examples=(Example(f"品牌{number}板蓝根颗粒", f"[品牌{number}]板蓝根颗粒 10g*20袋", Level.HIGHLY),),
    )
