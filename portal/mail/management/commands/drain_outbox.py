from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from portal.mail.delivery import deliver_due

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send what is due without Celery and Redis: once, or with --loop until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on every OUTBOX_SWEEP_SECONDS.")

    def handle(self, *args: Any, **options: Any) -> None:
        handled = drain()
        self.stdout.write(f"{handled} handled")
        while options["loop"]:
            time.sleep(settings.OUTBOX_SWEEP_SECONDS)
            close_old_connections()
            try:
                drain()
            except OperationalError:  # the database is away for a moment: this loop is what heals it
                logger.exception("The outbox cannot be read now")


def drain() -> int:
    total = 0
    while handled := deliver_due():
        total += handled
    return total
