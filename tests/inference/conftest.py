"""Fixtures of these tests."""

from tests.scripted_model.fixture import scripted_model

__all__ = ["scripted_model"]
