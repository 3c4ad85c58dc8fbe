"""How programs open proposals: once, described, and filled from a file."""

from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from rules.models import Proposal, Release
from rules.selectors.exchange import release_text
from tests.rules.api.asking import API, NEW, refused, sent
from tests.rules.api.conftest import allowed
from tests.rules.rows import content

pytestmark = pytest.mark.django_db


class TestOpening:
    def test_under_a_key_it_is_opened_once(self, author: APIClient) -> None:
        def opened(key: str, title: str = "x") -> Any:
            said = {"title": title, "reason": ""}
            return author.post(f"{API}/proposals/", said, format="json", HTTP_IDEMPOTENCY_KEY=key)

        first, second, other = opened("a").json(), opened("a").json(), opened("b").json()
        assert first == second
        assert other["id"] != first["id"]
        assert opened("a", "y").json()["code"] == "key_reused"

    def test_the_keys_of_two_people_are_two(self, author: APIClient) -> None:
        other = allowed("other", "change_proposal")
        told = [
            client.post(f"{API}/proposals/", {"title": "x"}, format="json", HTTP_IDEMPOTENCY_KEY="a").json()["id"]
            for client in (author, other)
        ]
        assert len(set(told)) == 2

    def test_described_and_listed(self, draft: str, author: APIClient) -> None:
        assert sent(author, draft, {"title": "Better", "reason": "so"}, method="put")["title"] == "Better"
        listed = author.get(f"{API}/proposals/", {"state": "draft", "author": "author"}).json()["results"]
        assert [(one["title"], one["changes"]) for one in listed] == [("Better", 1)]
        assert author.get(f"{API}/proposals/", {"author": "nobody"}).json()["count"] == 0

    def test_rules_are_imported(self, author: APIClient) -> None:
        rules = [{"number": 1, "content": NEW}, {"number": 7, "content": content("Seven", "z").to_json()}]
        told = sent(author, f"{API}/proposals/import/", {"title": "All", "rules": rules, "replace": True}, 201)
        changes = author.get(f"{API}/proposals/{told['id']}/changes/").json()["results"]
        assert [(one["rule"], one["kind"]) for one in changes] == [(1, "edit"), (7, "add"), (2, "retire")]

    def test_a_file_is_imported(self, author: APIClient, release: Release) -> None:
        text = release_text(release)
        assert refused(author, f"{API}/proposals/import/", {"title": "x", "file": text}) == (400, "no_changes")
        told = sent(author, f"{API}/proposals/import/", {"title": "x", "file": text.replace("'999'", "三九")}, 201)
        assert told["changes"] == 1

    def test_what_can_not_be_imported(self, author: APIClient) -> None:
        for said in ({}, {"file": "a: ["}, {"file": "x", "rules": []}, {"rules": []}):
            assert refused(author, f"{API}/proposals/import/", {"title": "x"} | said)[0] == 400
        assert not Proposal.objects.filter(title="x").exists()

    def test_an_import_may_be_larger_than_other_requests(self, author: APIClient) -> None:
        said = {"title": "x", "file": "", "filler": "y" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
        assert refused(author, f"{API}/proposals/import/", said)[0] == 400
        assert refused(author, f"{API}/proposals/", said) == (413, "too_large")
