"""What is wrong with this portal, and what to do about it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import translation

from portal.operations import doctor
from portal.operations.findings import State


class Command(BaseCommand):
    help = "Database, worker, mail, site: each OK or what to do, in a line. Exit code 1 if one is wrong."
    requires_system_checks = []  # they ask the database, which may be away

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mail", metavar="ADDRESS", default="", help="send a mail there, and wait for it"
        )

    def handle(self, *args: Any, mail: str, **options: Any) -> None:
        if mail:
            try:
                validate_email(mail)
            except ValidationError:
                raise CommandError(f"‘{mail[:100]}’ is no address.") from None
        is_well = True
        with translation.override("en"):
            for finding in doctor.examine(mail_to=mail):
                self.stdout.write(f"{finding.state.value:11}  {finding.what}: {finding.words}")
                self.stdout.flush()
                is_well = is_well and finding.state is not State.WRONG
        if not is_well:
            sys.exit(1)
