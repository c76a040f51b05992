"""Bring database and files up to date, here or in production: every step may be repeated."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS = (
    ["compile_translations"],
    ["collectstatic", "--noinput"],
    ["migrate"],
    ["createcachetable"],
    ["load_instrument"],
    ["ensure_first_coach"],
)


class Command(BaseCommand):
    help = "Translations, static files, migrations, instrument and first coach, in one process."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, *arguments in STEPS:
            call_command(name, *arguments, verbosity=0)
