"""Bring database and files up to date, here or in production: every step may be repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed

from portal.common import steps

STEPS = (
    ["compile_translations"],
    ["collectstatic", "--noinput"],
    ["migrate"],
    ["createcachetable"],
)


class Command(BaseCommand):
    help = "Translations, static files, migrations and what the apps start with, in one process."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, *arguments in [*STEPS, *([name] for name in steps.SETUP)]:
            call_command(name, *arguments, verbosity=0)
            if name == "compile_translations":  # this process may have read the ones of before, or found none
                translation_file_changed(None, Path("django.mo"))
