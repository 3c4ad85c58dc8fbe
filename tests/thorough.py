"""How many examples a property gets whose examples judge whole runs."""

import os

from django.db import connection


def examples(*, quick: int, thorough: int) -> int:
    """A few while one works, and many in `make test-slow`.

    A test is one transaction, and each example leaves its rows in it: PostgreSQL takes longer for each than for the one
    before, and gets a tenth.
    """
    if os.environ.get("HYPOTHESIS_PROFILE") != "thorough":
        return quick
    return thorough if connection.vendor == "sqlite" else thorough // 10
