"""No page is half English."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from arweb.templatetags.arweb import PLACES
from inference.services.judging import judge_all
from inference.services.runs import launch_run
from rules.enums import CheckName
from rules.models import ReleaseEntry, Rule, RuleVersion
from tests.factories import make_benchmark, make_release
from tests.translations.scenes import (
    FORBID,
    ROWS,
    analysed,
    details,
    draft,
    further,
    governed,
    imported,
    reviewed,
    told,
)
from tests.translations.words import Words, english_on

FILE_FIELDS = {"conditions", "effect", "format", "number", "rule", "rules"}


RULE_FILE = b"""format: arweb-rules/1
rules:
- number: 1
  title: 3
"""


@pytest.mark.django_db
def test_empty_pages_are_all_chinese(chinese: Client) -> None:
    assert english_on(chinese, *(reverse(name) for _icon, name, _label, _key in PLACES), *further()) == {}


@pytest.mark.django_db
def test_filled_pages_are_all_chinese(chinese: Client, tmp_path: Path) -> None:
    user = User.objects.get()
    benchmark = make_benchmark(*ROWS, slug="set")
    first = judge_all(run=launch_run(by=user, release=make_release(by=user), benchmark=benchmark))
    last = judge_all(run=launch_run(by=user, release=make_release(FORBID, by=user), benchmark=benchmark))
    change = draft(user)
    job = imported(user, tmp_path)
    pages = [
        *(reverse(name) for _icon, name, _label, _key in PLACES),
        *details(first, last, change, job),
        f"{reverse('inference:try')}?query=布洛芬&title=布洛芬片",
    ]
    assert english_on(chinese, *pages) == {}


@pytest.mark.django_db
def test_proposals_under_review_are_all_chinese(chinese: Client) -> None:
    user = User.objects.get()
    proposal = reviewed(user)
    page = reverse("rules:proposal", args=[proposal.pk])
    change = reverse("rules:change", args=[proposal.pk, proposal.changes.earliest("pk").pk])
    checks = [reverse("inference:check", args=[proposal.pk, name]) for name in CheckName]
    assert english_on(chinese, page, change, *checks, *analysed(chinese, proposal)) == {}
    assert english_on(chinese, *told(user, proposal), *governed()) == {}
    release = make_release(replace(FORBID, title="另一条"), by=user)
    ReleaseEntry.objects.create(release=release, rule=Rule.objects.earliest("pk"), version=RuleVersion.objects.last())
    assert english_on(chinese, page, reverse("rules:compare", args=[release.number, 1])) == {}


@pytest.mark.django_db
def test_refusals_and_tokens_are_all_chinese(chinese: Client) -> None:
    made = chinese.post(reverse("rules:tokens"), {"days": 30}).content.decode()
    assert Words(re.sub("<code.*?</code>", "", made)).english == set()
    for content in (b"rules: [", b"a: &b 1", b"format: other\nrules: 3\n", "甲".encode("gb18030"), RULE_FILE):
        refused = chinese.post(reverse("rules:import"), {"file": ContentFile(content, "甲.yaml"), "title": "甲"})
        assert Words(refused.content.decode()).english <= FILE_FIELDS, content
