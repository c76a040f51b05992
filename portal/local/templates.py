"""Templates on this machine: an edited one is read anew, without a restart of web or worker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.template.loaders import cached

LOOK_EVERY = 0.3  # seconds


class Loader(cached.Loader):
    """Django's own, which keeps what it parsed, until a file below the folders of templates changes."""

    files: dict[Path, int] | None = None
    looked_at = 0.0

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        if time.monotonic() - self.looked_at > LOOK_EVERY:
            files = self.times()
            if files != self.files:
                self.reset()
            self.files, self.looked_at = files, time.monotonic()
        return super().get_template(template_name, skip)

    def times(self) -> dict[Path, int]:
        paths = (path for folder in self.engine.dirs for path in Path(folder).rglob("*.*"))
        return {path: path.stat().st_mtime_ns for path in paths if path.exists()}
