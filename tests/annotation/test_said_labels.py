"""Every label of a benchmark as a file: annotation/selectors/said_labels.py."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from annotation.models import Assignment
from annotation.services.assigning import go_back
from annotation.services.labels import submit_label
from annotation.services.votes import store_votes
from tests.annotation.labelling import LEAD, label_next, make_annotator, make_labelling
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_every_label_is_a_line_and_what_was_changed_is_marked(client: Client) -> None:
    benchmark, lead = make_labelling(1, overlap=2).benchmark, make_user(*LEAD)
    label_next(make_annotator("zhang.wei"), benchmark, "weakly")
    held = Assignment.objects.get()
    go_back(by=held.person, benchmark=benchmark)
    submit_label(by=held.person, assignment_id=held.pk, level="highly", submission=uuid4())
    store_votes(by=lead, benchmark=benchmark, source="model@1", levels={held.queued.pair_id: "irrelevant"})
    client.force_login(lead)
    response = client.get(f"/benchmarks/{benchmark.slug}/labelling/labels.jsonl")
    content = b"".join(response.streaming_content).decode()
    rows = [json.loads(line) for line in content.splitlines()]
    assert [(row["kind"], row["level"], row["source"], row["replaced"]) for row in rows] == [
        ("person", "weakly", "", True),
        ("person", "highly", "", False),
        ("model", "irrelevant", "model@1", False),
    ]
    assert "zhang.wei" not in content
    assert rows[0]["by"] == rows[1]["by"] != ""


def test_who_does_not_lead_gets_no_labels_of_others(client: Client) -> None:
    benchmark = make_labelling(1).benchmark
    client.force_login(make_annotator())
    assert client.get(f"/benchmarks/{benchmark.slug}/labelling/labels.jsonl").status_code == 403
