from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from portal.leads.sequences import defaults


class Command(BaseCommand):
    help = (
        "Make the sequences of mails that come with the portal. What is there, edited or not, stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("nl"):
            for one in defaults.shipped():
                words = "Made" if defaults.ensure(one) else "There already, left alone:"
                self.stdout.write(f"{words} {one.name}.")
