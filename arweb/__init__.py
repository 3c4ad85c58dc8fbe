"""Wiring: settings, urls, Celery, the embedded worker."""

from arweb.celery import app as celery_app

__all__ = ["celery_app"]
