"""What is kept for how long, and how much of it is too old now. The worker does the same every hour."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from portal.common import retention, times


class Command(BaseCommand):
    help = "Throw away what was promised to be kept no longer; --dry-run only counts it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        run = retention.counted if dry_run else retention.carry_out
        with translation.override("en"):
            for rule, count in run(times.now()):
                self.stdout.write(f"{rule.name:20} {retention.span(rule.period):>10} {count:7}")
        if not dry_run and (left := sum(count for _rule, count in retention.counted(times.now()))):
            self.stdout.write(f"{left} rows stay for the next run, within the hour; or run this again.")
