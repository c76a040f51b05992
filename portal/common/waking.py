"""Waking a worker up. Only a faster start: the sweep finds what a lost wake-up leaves."""

from __future__ import annotations

import logging
import os
import signal
import time

from django.conf import settings
from kombu import Connection
from kombu.pools import producers

from portal.celery import app

logger = logging.getLogger(__name__)

TIMEOUT = 0.5  # seconds that Redis may cost a request
BREAK = 30.0  # seconds without trying after a failure
PUBLISHER = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT, "max_retries": 0}

_closed_until = 0.0


def wake(task: str = "mail.deliver", *ids: int) -> None:
    """Tell a worker that a task has work. Never raises; a dead or hung Redis costs half a second at times."""
    global _closed_until
    kill_point("after_commit_before_wake")
    if time.monotonic() < _closed_until:
        return
    try:
        line = Connection(settings.REDIS_URL, connect_timeout=TIMEOUT, transport_options=PUBLISHER)
        with producers[line].acquire(block=True, timeout=TIMEOUT) as producer:  # kept open in this process
            app.send_task(task, args=ids, producer=producer, retry=False, expires=60)
    except Exception as error:  # whatever Redis does, the row is safe and the sweep will find it
        _closed_until = time.monotonic() + BREAK
        logger.warning("Redis cannot be reached, work waits for the sweep: %s", error)


def kill_point(name: str) -> None:
    """Die here without any cleaning up when a fault test asks for it; KILL_POINT is empty outside tests."""
    if name == settings.KILL_POINT:
        os.kill(os.getpid(), signal.SIGKILL)
