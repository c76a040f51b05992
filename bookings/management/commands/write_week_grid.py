from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

QUARTERS = 96  # of an hour, in a day
HEAD = (
    "/* Written by `manage.py write_week_grid`: where a thing stands in the week, in quarters of an hour. */"
)


class Command(BaseCommand):
    help = (
        "Write the classes by which a thing of the week finds its rows: the content policy allows no style."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        path().write_text(grid(), encoding="utf-8")


def path() -> Path:
    return Path(apps.get_app_config("bookings").path, "static/bookings/css/admin/week-grid.css")


def grid() -> str:
    """`starts-5`: from the fifth row. `lasts-2`: two rows long."""
    starts = [f".starts-{row} {{ grid-row-start: {row}; }}" for row in range(1, QUARTERS + 1)]
    lasts = [f".lasts-{rows} {{ grid-row-end: span {rows}; }}" for rows in range(1, QUARTERS + 1)]
    return "\n".join([HEAD, *starts, *lasts]) + "\n"
