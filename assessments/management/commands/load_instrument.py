from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from assessments.checks import validate
from assessments.instrument import InstrumentError, version_number
from assessments.services import publish_instrument

FOLDER = Path(__file__).resolve().parents[2] / "instruments"


class Command(BaseCommand):
    help = "Publish the questionnaires in assessments/instruments. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for path, content in sorted(map(_read, FOLDER.glob("*.yaml")), key=_oldest_first):
            try:
                row, is_written = publish_instrument(content)
            except InstrumentError as error:
                raise CommandError(f"{path.name}: {error}") from error
            if options["verbosity"]:
                self.stdout.write(f"{row}: {'published' if is_written else 'unchanged'}")


def _read(path: Path) -> tuple[Path, dict[str, Any]]:
    try:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        validate(content)
    except (InstrumentError, yaml.YAMLError) as error:
        raise CommandError(f"{path.name}: {error}") from error
    return path, content


def _oldest_first(found: tuple[Path, dict[str, Any]]) -> tuple[str, tuple[int, int]]:
    meta = found[1]["meta"]
    return meta["slug"], version_number(meta["version"])
