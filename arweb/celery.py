"""The Celery application. Settings are named before it is built, or `delay_on_commit` would be missing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arweb.settings")

app = Celery("arweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
