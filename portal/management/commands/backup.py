"""One file that `restore` puts back: see docs/operating.md."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from portal.operations import backing_up, erasure_list
from portal.operations.errors import OperationError


class Command(BaseCommand):
    help = "Write a backup of the database into a folder, and the list of erasures beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups lie; it must be there")
        parser.add_argument(
            "--keep-days", type=int, default=0, help="then throw away backups from before so many days"
        )

    def handle(self, *args: Any, folder: Path, keep_days: int, **options: Any) -> None:
        try:
            path, kept = backing_up.make(folder)
        except OperationError as error:
            raise CommandError(str(error)) from None
        try:
            count = erasure_list.write(folder / erasure_list.NAME)
        except OperationError as error:
            raise CommandError(f"{path} is whole. But: {error}") from None
        except DatabaseError:
            raise CommandError(
                f"{path} is whole; but the database went away, and {erasure_list.NAME} is of before."
            ) from None
        gone = backing_up.forget_old(folder, keep_days, but=path) if keep_days > 0 else []
        rows = sum(kept.rows.values())
        self.stdout.write(f"{path}: {rows} rows in {len(kept.rows)} tables, {kept.size / 1e6:.1f} MB.")
        self.stdout.write(f"{folder / erasure_list.NAME}: {count} lines.")
        for one in gone:
            self.stdout.write(f"{one} was older than {keep_days} days, and is gone.")
