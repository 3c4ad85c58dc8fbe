"""What there is to look at: rows in Chinese that fill the pages, and the addresses of these pages."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Import
from annotation.services.imports import import_products
from annotation.services.must_hold import set_must_hold
from inference.models import Judgment, Run
from inference.services.proposal_checks import ask_for_checks, run_checks
from inference.services.runs import launch_run
from rules.engine.approval import PARTS
from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.enums import CheckName, NotificationKind
from rules.models import Change, Proposal, Rule
from rules.selectors.notifications import Wish
from rules.selectors.reviews import standing_of
from rules.services import reviews
from rules.services.checks import override_check, set_policy
from rules.services.notifications import set_preferences, tell
from rules.services.proposals import (
    add_rule,
    discard_change,
    edit_rule,
    open_proposal,
    save_change,
    schedule_proposal,
)
from tests.factories import make_benchmark, make_release, make_user

FORBID = RuleContent(
    title="布洛芬一律不推荐",
    conditions=(
        Condition(Side.QUERY, Operator.TEXT_CONTAINS, values=("布洛芬",)),
        Condition(Side.PRODUCT, Operator.IS_PRESENT, Attribute.CORE_NAME),
    ),
    effect=Effect(EffectKind.FORBID),
    instruction="不推荐",
    rationale="仅供测试",
    source="说明书",
    examples=(Example("布洛芬", "布洛芬片100片", Level.IRRELEVANT),),
)


HIGHLY = Effect(EffectKind.FORCE, Level.HIGHLY)


ROWS = [
    ("布洛芬", "[芬必得]布洛芬缓释胶囊0.3g*20粒", "irrelevant"),
    ("布洛芬", "布洛芬片100片", "highly"),
    ("创可贴", "[邦迪]苯扎氯铵贴10片", "highly"),
    ("感冒灵颗粒", "[鱼跃]制氧机 3L", "irrelevant"),
]


def reviewed(user: User) -> Proposal:
    """A proposal that was approved, timed, changed, asked to change and let pass."""
    benchmark = make_benchmark(*ROWS, slug="set")
    set_must_hold(by=user, member=benchmark.members.earliest("pk"), value=True)
    release = make_release(FORBID, replace(FORBID, title="旧", effect=HIGHLY, valid_until=date(2020, 1, 1)), by=user)
    launch_run(by=user, release=release, benchmark=benchmark)
    author, colleague = make_user(username="赵药师"), make_user(username="李药师")
    User.objects.update(is_superuser=True)
    author, colleague = User.objects.get(pk=author.pk), User.objects.get(pk=colleague.pk)
    proposal = open_proposal(by=author, title="试改", reason="仅供测试")
    change = edit_rule(by=author, proposal=proposal, rule=Rule.objects.earliest("pk"))
    for text in ("改", "再改"):
        content = replace(FORBID, safety=True, title=text)
        change = save_change(by=author, change=change, content=content, edition=change.edition)
        added = add_rule(by=author, proposal=proposal, content=replace(FORBID, title="新规则", effect=HIGHLY))
        if text == "改":
            reviews.ask_for_review(by=author, proposal=proposal)
            run_checks(proposal_id=proposal.pk)
            reviews.comment(by=user, proposal=proposal, text="请看", about=f"R{change.rule.number}")
            reviews.approve(by=user, proposal=proposal, seen=standing_of(proposal).signed.digest, text="同意")
            schedule_proposal(by=user, proposal=proposal, publish_at=timezone.now() + timedelta(days=1))
            discard_change(by=author, change=added)
    proposal.refresh_from_db()
    reviews.ask_for_changes(by=colleague, proposal=proposal, seen=standing_of(proposal).signed.digest, text="请改")
    set_policy(by=user, approvals={"forbid": 3}, otherwise=1, safety=2, required=list(CheckName))
    run_checks(proposal_id=proposal.pk)
    ask_for_checks(by=user, proposal=proposal)
    override_check(by=user, proposal=proposal, name=CheckName.BENCHMARK, reason="另有依据")
    return proposal


def analysed(client: Client, proposal: Proposal) -> list[str]:
    """What is found about all rules, and a finding with its situation."""
    page = f"{reverse('rules:analysis')}?proposal={proposal.pk}"
    pages = [f"{page}&kind={kind}" for kind in ("age", "shadowed", "never", "specificity", "kind")]
    addresses = re.findall(
        reverse("rules:witness") + r'\?[^"]+', "".join(client.get(one).content.decode() for one in pages)
    )
    numbers = Rule.objects.values_list("number", flat=True)
    return [*pages, unescape(addresses[0]), *(reverse("rules:findings", args=[number]) for number in numbers)]


def told(user: User, proposal: Proposal) -> list[str]:
    """What people are told of, each kind of it, and the page of what they wish to know."""
    summary, counts = "%(failed)s of %(count)s pinned examples would not hold.", {"failed": 1, "count": 2}
    params = {
        NotificationKind.APPROVED: {"given": 1, "needed": 2, "text": "同意"},
        NotificationKind.VOID: {"approver": "甲", "differences": [(part, "R1") for part in PARTS]},
        NotificationKind.CHECK_FAILED: {"check": CheckName.EXAMPLES, "summary": summary, "counts": counts},
        NotificationKind.SCHEDULED: {"moment": timezone.now().isoformat()},
        NotificationKind.PUBLISHED: {"release": 2},
        NotificationKind.OVERTAKEN: {"release": 2, "base": 1, "moment": timezone.now().isoformat()},
    }
    for kind in NotificationKind:
        tell(kind, proposal, f"test:{kind}", [user.pk], actor=None, params=params.get(kind))
    set_preferences(by=user, language="zh-hans", wanted={NotificationKind.VOID: Wish(in_app=True, by_mail=True)})
    return [reverse("rules:notifications"), reverse("rules:notification_settings"), "/"]


def governed() -> list[str]:
    """The pages about all proposals, releases and events."""
    pages = [reverse(f"rules:{name}") for name in ("policy", "releases", "audit", "import", "tokens", "proposals")]
    for name in ("library", "releases"):
        pages += [f"{reverse(f'rules:{name}')}?at={at}" for at in ("2030-01-01T12:00", "1999-01-01T00:00", "甲")]
    return [*pages, reverse("rules:compare", args=[1, 1])]


def further() -> list[str]:
    """Pages that lie below a place of the rail and need no data."""
    names = ("ablations", "new_configuration", "documents", "add_passage", "upload_leaflets")
    pages = [reverse(f"inference:{name}") for name in names]
    pages += [f"{reverse('inference:documents')}?q=感冒", f"{reverse('inference:documents')}?kind=entry"]
    entries = {"medicine": "感冒灵", "brand": "999", "need": "退烧药", "efficacy": "感冒", "form": "颗粒"}
    pages += [reverse("inference:entry_new", args=[kind]) for kind in entries]
    for name in ("entry", "entry_correct", "entry_withdraw"):
        pages += [f"{reverse(f'inference:{name}', args=[kind])}?name={entry}" for kind, entry in entries.items()]
    return pages


def draft(user: User) -> Change:
    """A change of the one rule, in a proposal that also adds an empty one."""
    proposal = open_proposal(by=user, title="试改", reason="仅供测试")
    add_rule(by=user, proposal=proposal)
    return edit_rule(by=user, proposal=proposal, rule=Rule.objects.get())


def imported(user: User, folder: Path) -> Import:
    """An import with a row that was refused."""
    file = folder / "商品.csv"
    file.write_text("product_id,title\n甲,板蓝根颗粒10g\n乙,\n", "utf-8")
    return import_products(path=file, by=user)


def details(first: Run, last: Run, change: Change, job: Import) -> list[str]:
    """The pages of one thing each."""
    pages = [reverse("inference:judgment", args=[one.pk]) for one in Judgment.objects.filter(run=last)]
    pages += [reverse("inference:run", args=[last.pk]), reverse("inference:compare", args=[first.pk, last.pk])]
    pages += [f"{pages[-1]}?show=all&open={last.judgments.earliest('pk').pair_id}"]
    pages += [reverse("inference:rule_effects", args=[change.rule.number])]
    pages += [reverse("inference:proposal_effects", args=[change.proposal_id])]
    pages += [reverse("rules:rule", args=[change.rule.number]), reverse("rules:releases"), reverse("rules:audit")]
    pages += [
        reverse("rules:release", args=[last.release.number]),
        reverse("rules:proposal", args=[change.proposal_id]),
    ]
    pages += [reverse("rules:change", args=[change.proposal_id, change.pk])]
    pages += [reverse("annotation:import", args=[job.pk]), reverse("annotation:benchmark", args=["set"])]
    return [*pages, reverse("annotation:product", args=[last.judgments.earliest("pk").pair.product_id])]
