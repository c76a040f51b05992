from __future__ import annotations

import sys
from typing import Any

import polib
from django.core.management.base import BaseCommand

from portal.translations import catalogue_path, problems, used_messages


class Command(BaseCommand):
    help = "Whether all that is said has Dutch, and Dutch as we write it: one `file: sentence` a line."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(problems(used_messages(), polib.pofile(str(catalogue_path()))))
        for line in found:
            self.stdout.write(line)
        sys.exit(bool(found))
