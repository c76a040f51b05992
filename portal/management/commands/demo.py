"""Fill the local portal with people who are plainly a demo, and all they did, or take them away again."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import transaction

from portal.common import steps, times
from portal.common.demo import DemoCommand
from portal.mail import played
from portal.mail.played import DEMO_MAIL


class Command(DemoCommand):
    help = "Demo people and all they did: --scale 1, 10 or 100; --remove takes them away."

    @transaction.atomic  # or a worker would send now what is told as sent some weeks ago
    def handle(self, *args: Any, scale: int, remove: bool, **options: Any) -> None:
        for name in reversed(steps.DEMO) if remove else steps.DEMO:  # each app fills what is its own
            call_command(name, scale=scale, remove=remove, stdout=self.stdout)
        if not remove:
            number = played.let_leave(DEMO_MAIL, until=times.now())
            self.stdout.write(f"Mail: {number} told as sent.")
