"""The Celery applications. Messages carry ids only; rows in PostgreSQL are the truth."""

from __future__ import annotations

import gc
import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# For beat, which sends tasks by their names and so needs nothing of the site in memory.
clock = Celery("portal", fixups=[], set_as_current=False)
clock.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def log_as_everywhere(**_options: Any) -> None:
    """Keep Celery's own handlers away: worker and beat write masked lines too (LOG_LEVEL, not --loglevel)."""
    dictConfig(settings.LOGGING)


@worker_before_create_process.connect
def share_memory(**_options: Any) -> None:
    """As gunicorn.conf.py does: a child keeps sharing what no garbage collection writes into."""
    gc.collect()
    gc.freeze()
