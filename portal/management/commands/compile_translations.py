from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.translations import compile_catalogue


class Command(BaseCommand):
    help = "Compile locale/nl/LC_MESSAGES/django.po; needs no GNU gettext."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"translations: {compile_catalogue()} messages")
