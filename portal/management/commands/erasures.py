"""The list that `restore` needs, to be written often: `backup` writes it too, but not as often."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from portal.operations import erasure_list
from portal.operations.errors import OperationError


class Command(BaseCommand):
    help = (
        "Bring the list of erasures in a folder up to date: digests, of who may not come back with a backup."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where backups lie")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        path = folder / erasure_list.NAME
        try:
            count = erasure_list.write(path)
        except OperationError as error:
            raise CommandError(str(error)) from None
        except DatabaseError:
            raise CommandError(f"The database does not answer. {path} is as it was.") from None
        self.stdout.write(f"{path}: {count} lines.")
