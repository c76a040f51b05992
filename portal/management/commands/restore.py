"""Put a backup back into an empty database: see docs/operating.md."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.operations import erasure_list
from portal.operations.errors import OperationError
from portal.operations.restoring import Wishes, restore


class Command(BaseCommand):
    help = "Put a backup back into the empty database that DATABASE_URL names."
    requires_system_checks: list[str] = []  # there are no tables to look at
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="made by `backup`")
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--erasures",
            type=Path,
            help=f"the list of who was erased; else {erasure_list.NAME} beside the file",
        )
        which.add_argument("--no-erasures", action="store_true", help="there is no such list any more")
        parser.add_argument(
            "--other-key", action="store_true", help="go on although the SECRET_KEY is another"
        )
        parser.add_argument(
            "--stopped-at",
            type=instant,
            help="when the old portal stopped, in UTC, as 2026-11-30T14:05; mail due after it still leaves",
        )

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        listed: Path | None = options["erasures"] or file.with_name(erasure_list.NAME)
        if options["no_erasures"]:
            listed = None
        elif listed and not listed.exists():
            raise CommandError(
                f"There is no list of erasures at {listed}: without it, people who were erased come back. "
                "Name it with --erasures, or say --no-erasures."
            )
        asked = Wishes(erasures=listed, other_key=options["other_key"], stopped_at=options["stopped_at"])
        try:
            restore(file, asked, self.stdout.write)
        except OperationError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Done. Now `python manage.py setup`, then start web, worker and beat.")


def instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
