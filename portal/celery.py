"""The Celery application. Messages carry ids only; rows in PostgreSQL are the truth."""

from __future__ import annotations

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_everywhere(**_options: Any) -> None:
    """Keep Celery's own handlers away: worker and beat write masked lines too (LOG_LEVEL, not --loglevel)."""
    dictConfig(settings.LOGGING)
