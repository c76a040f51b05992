from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.practice import changing


class Command(BaseCommand):
    help = (
        "Take the first values of the practice from the environment. What a coach filled in stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Made." if changing.ensure() else "There already, left alone.")
