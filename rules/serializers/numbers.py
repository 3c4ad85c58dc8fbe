"""Whole numbers as the database holds them."""

from typing import Any

from rest_framework import serializers

MOST = 2**63 - 1


class StoredNumber(serializers.IntegerField):
    """The id or the number of something. None is beyond what a database can be asked for."""

    def __init__(self, *, min_value: int = 0, max_value: int = MOST, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)
