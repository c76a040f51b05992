"""People who do not exist, plainly marked, to look at the portal with: `make demo`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

AT = "@demo.voorbeeld.nl"  # whoever has an address here is a demo
MARK = "Voorbeeld"
SCALES = (1, 10, 100)
PEOPLE = 120  # at 1x
FIRST_NAMES = (
    "Sanne", "Noor", "Daan", "Fatima", "Joris", "Eva", "Bram", "Yasmin", "Ruben", "Lotte", "Karim", "Iris",
    "Thijs", "Samira", "Pieter", "Anouk", "Emre", "Maaike", "Wouter", "Femke",
)  # fmt: skip


def name_of(number: int) -> str:
    """'Voorbeeld Sanne 001'; people count from 1."""
    return f"{MARK} {FIRST_NAMES[(number - 1) % len(FIRST_NAMES)]} {number:03}"


def email_of(number: int) -> str:
    """'sanne.001@demo.voorbeeld.nl'."""
    return f"{FIRST_NAMES[(number - 1) % len(FIRST_NAMES)].lower()}.{number:03}{AT}"


class DemoCommand(BaseCommand):
    """One part of the demo. Filling twice is filling once; removing leaves everybody else alone."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, choices=SCALES, default=1, help="how much: 1, 10 or 100")
        parser.add_argument("--remove", action="store_true", help="take all of it away again")

    def handle(self, *args: Any, scale: int, remove: bool, **options: Any) -> None:
        if not settings.LOCAL_MODE:
            raise CommandError("Demo people are for a local portal (`make up`), never for a real site.")
        with transaction.atomic():
            done = self.remove() if remove else self.fill(scale)
        self.stdout.write(done)

    def fill(self, scale: int) -> str:
        raise NotImplementedError

    def remove(self) -> str:
        raise NotImplementedError
