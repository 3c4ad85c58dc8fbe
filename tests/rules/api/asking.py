"""What programs send, and what they are answered."""

from typing import Any

from rest_framework.test import APIClient

from tests.rules.rows import content

API = "/api/v1"


NEW = {**content("New", "y").to_json(), "safety": False}


def sent(client: APIClient, url: str, data: Any = None, status: int = 200, method: str = "post") -> Any:
    answer = getattr(client, method)(url, data, format="json")
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def refused(client: APIClient, url: str, data: Any = None, method: str = "post") -> tuple[int, str]:
    answer = getattr(client, method)(url, data, format="json")
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def approved(draft: str, author: APIClient, reviewer: APIClient) -> dict[str, Any]:
    sent(author, f"{draft}ask-for-review/")
    return sent(reviewer, f"{draft}approve/", {"seen": reviewer.get(draft).json()["digest"]})
