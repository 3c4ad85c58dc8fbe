"""NumPy, loaded when first asked for, which starting the application need not pay. Pure."""

from importlib import import_module
from typing import Any

Numbers = Any
"""A number or a NumPy array of numbers."""


def arrays() -> Any:
    """NumPy."""
    return import_module("numpy")
