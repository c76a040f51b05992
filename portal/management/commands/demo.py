"""Fill the local portal with people, scans and calls that are plainly a demo, or take them away again."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from portal.common.demo import DemoCommand

STEPS = ("demo_people", "demo_scans", "demo_calls")  # each app fills what is its own


class Command(DemoCommand):
    help = "Demo people, scans and calls: --scale 1, 10 or 100; --remove takes them away."

    def handle(self, *args: Any, scale: int, remove: bool, **options: Any) -> None:
        for name in reversed(STEPS) if remove else STEPS:
            call_command(name, scale=scale, remove=remove, stdout=self.stdout)
