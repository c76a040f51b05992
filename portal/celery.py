"""The Celery applications. Messages carry ids only; rows in PostgreSQL are the truth."""

from __future__ import annotations

import gc
import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import (
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_before_create_process,
)
from django.conf import settings

from portal import request_ids

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

REQUEST_ID = "portal_request_id"  # in the headers of a message

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


@before_task_publish.connect
def send_request_id_along(headers: dict[str, Any] | None = None, **_options: Any) -> None:
    if headers is not None and (request_id := request_ids.current()):
        headers[REQUEST_ID] = request_id


@task_prerun.connect
def follow_request(task: Any = None, **_options: Any) -> None:
    request_ids.follow(getattr(task.request, REQUEST_ID, ""))


@task_postrun.connect
def follow_request_no_more(**_options: Any) -> None:
    request_ids.follow("")
