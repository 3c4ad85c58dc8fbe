"""`manage.py load_demo`: people, products, leaflets, labelled pairs and some to label, rules and bad cases to look around with."""

import json
from datetime import date
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from annotation.enums import ImportState
from annotation.models import Benchmark, Import
from annotation.services.imports import import_cases, import_pairs, import_products
from arweb.demo import DEMO_BENCHMARK, DEMO_FOLDER, DEMO_USERS, DemoUser
from arweb.demo_labelling import load_labelling
from inference.services.examining import examine_cases
from inference.services.leaflets import import_leaflets
from inference.services.learning import learn
from inference.services.pictures import import_readings
from inference.services.proposal_checks import run_checks
from rules.engine.content import RuleContent
from rules.models import Proposal
from rules.selectors import current_release
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.audit import record
from rules.services.exchange import propose_rules
from rules.services.releases import publish_proposal

BENCHMARK_NAME = "Demo"
BENCHMARK_NOTE = "演示基准集，据药学常识标注，未经临床审核。"
RULES_TITLE = "演示规则"
RELEASE_NOTES = "演示规则，据药学常识编写，未经临床审核。"
LEAFLETS_SOURCE = "演示说明书，据药学常识编写，未经临床审核"
LEAFLETS_DATED = date(2026, 11, 21)


class Command(BaseCommand):
    """Safe to repeat: what is there stays as it is."""

    help = "Load the demo: six users, products with package images, leaflets, labelled pairs, rules, bad cases. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing."""
        users = {user.username: make_user(user) for user in DEMO_USERS}
        lead = users["lead"]
        import_readings(path=DEMO_FOLDER / "readings.jsonl", by=lead)
        done(import_products(path=DEMO_FOLDER / "products.csv", by=lead, images=DEMO_FOLDER / "images"))
        load_leaflets()
        done(import_pairs(path=DEMO_FOLDER / "pairs.csv", by=lead, benchmark=DEMO_BENCHMARK))
        Benchmark.objects.filter(slug=DEMO_BENCHMARK, note="").update(name=BENCHMARK_NAME, note=BENCHMARK_NOTE)
        if current_release() is None:
            publish_rules(users)
        done(import_cases(path=DEMO_FOLDER / "cases.csv", by=lead))
        load_labelling(lead)
        examine_all()
        if options["verbosity"]:
            self.stdout.write("The demo is loaded.")


def make_user(user: DemoUser) -> User:
    """The account with its role; one that exists keeps its password and its roles."""
    with transaction.atomic():
        account, is_new = User.objects.get_or_create(username=user.username)
        if is_new:
            account.set_password(user.password)
            account.save()
            account.groups.add(Group.objects.get(name=user.role))
            record(by=None, verb="user.created", subject=f"user:{account.pk}", data={"role": user.role})
    return User.objects.get(pk=account.pk)


@transaction.atomic
def publish_rules(users: dict[str, User]) -> None:
    """The demo's rules the way any rule comes into force: proposed by one, checked, approved by two others."""
    proposal = propose_rules(by=users["expert"], contents=demo_rules(), title=RULES_TITLE, reason=RELEASE_NOTES)
    reviews.ask_for_review(by=users["expert"], proposal=proposal)
    run_checks(proposal_id=proposal.pk)
    for name in ("reviewer", "lead"):
        seen = standing_of(Proposal.objects.get(pk=proposal.pk)).signed.digest
        reviews.approve(by=users[name], proposal=proposal, seen=seen)
    publish_proposal(by=users["lead"], proposal=proposal)


def examine_all() -> None:
    """Look into the demo's bad cases at once: a command has no worker."""
    while examine_cases():
        pass


def load_leaflets() -> None:
    """The demo's leaflets, and what they teach. CommandError where one can't be taken."""
    taken = import_leaflets(path=DEMO_FOLDER / "leaflets.jsonl", source=LEAFLETS_SOURCE, dated=LEAFLETS_DATED)
    if taken.rejected:
        problems = "; ".join(f"{one.line}: {one.reason} {dict(one.params)}" for one in taken.problems[:5])
        raise CommandError(f"leaflets.jsonl was not imported whole: {problems}")
    if taken.created or taken.updated:
        learn(by=None)


def demo_rules() -> list[tuple[int, RuleContent]]:
    """The demo's rules with their numbers."""
    rows = json.loads((DEMO_FOLDER / "rules.json").read_text("utf-8"))
    return [(row.pop("number"), RuleContent.from_json(row)) for row in rows]


def done(job: Import) -> None:
    """Raise CommandError where the demo's own file was not taken whole."""
    if job.state != ImportState.DONE or job.rejected:
        problems = "; ".join(f"{one.line}: {one.reason} {one.params}" for one in job.problems.all()[:5])
        raise CommandError(f"{job.name} was not imported: {job.message} {problems}")
