from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from assessments.instrument import InstrumentError
from assessments.services import publish_instrument

FOLDER = Path(__file__).resolve().parents[2] / "instruments"


class Command(BaseCommand):
    help = "Publish the questionnaires in assessments/instruments. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in sorted(FOLDER.glob("*.yaml")):
            try:
                row, is_written = publish_instrument(yaml.safe_load(path.read_text(encoding="utf-8")))
            except (InstrumentError, yaml.YAMLError) as error:
                raise CommandError(f"{path.name}: {error}") from error
            if options["verbosity"]:
                self.stdout.write(f"{row}: {'published' if is_written else 'unchanged'}")
