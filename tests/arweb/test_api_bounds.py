"""Every whole number that the API takes has an end: beyond that of the database it would be a fault of the server."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.annotation.labelling import LEAD, make_labelling
from tests.factories import make_user


def open_ends(node: Mapping[str, Any], shapes: Mapping[str, Any], path: str) -> Iterator[str]:
    """The whole numbers under a schema that may be of any size; what is only told is left out."""
    if node.get("readOnly"):
        return
    if name := node.get("$ref"):
        yield from open_ends(shapes[name.rsplit("/", 1)[-1]], shapes, path)
    if node.get("type") in ("integer", ["integer", "null"]) and not {"maximum", "enum"} & node.keys():
        yield path
    inner = {**node.get("properties", {}), "[]": node.get("items"), "{}": node.get("additionalProperties")}
    for name, one in inner.items():
        if isinstance(one, dict):
            yield from open_ends(one, shapes, f"{path}.{name}")
    for one in (*node.get("allOf", ()), *node.get("oneOf", ())):
        yield from open_ends(one, shapes, path)


def taken(operation: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What an operation takes: in its address and in its body. Paths look a number up, which any size may ask for."""
    for one in operation.get("parameters", ()):
        if one["in"] == "query":
            yield one["name"], one["schema"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield "body", content["schema"]


def test_every_whole_number_that_is_taken_has_an_end() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    shapes = schema["components"]["schemas"]
    operations = [one for path in schema["paths"].values() for one in path.values()]
    found = {
        f"{one['operationId']} {place}"
        for one in operations
        for name, node in taken(one)
        for place in open_ends(node, shapes, name)
    }
    assert (sorted(found), len(operations) > 50) == ([], True)


@pytest.mark.django_db
def test_what_no_database_holds_is_refused_by_name(client: Client) -> None:
    benchmark, lead = make_labelling(1).benchmark, make_user(*LEAD, "annotation.triage_case")
    client.force_login(lead)
    votes = {"source": "model@1", "votes": [{"pair": 2**63, "level": "highly"}]}
    asked = [
        client.post(f"/api/v1/benchmarks/{benchmark.slug}/votes/", votes, "application/json"),
        client.get(f"/api/v1/votes/?run={2**63}&run=1"),
        client.post("/api/v1/cases/link/", {"cases": [1], "proposal": 2**70}, "application/json"),
    ]
    assert [(one.status_code, [fault["field"] for fault in one.json()["errors"]]) for one in asked] == [
        (400, ["votes.0.pair"]),
        (400, ["run.0"]),
        (400, ["proposal"]),
    ]
