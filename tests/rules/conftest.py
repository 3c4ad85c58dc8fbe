"""What the tests of rules share."""

import pytest
from django.contrib.auth.models import User

from rules.models import Release
from tests.rules.publishing import published_rules
from tests.rules.rows import content, person


@pytest.fixture
def expert() -> User:
    return person("expert")


@pytest.fixture
def release(expert: User) -> Release:
    return published_rules(by=expert, contents=[(1, content()), (2, content("Other", "x"))], notes="first")
