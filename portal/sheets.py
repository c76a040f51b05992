"""One style sheet a side. Every component is a file in its app; collecting the static files joins them.

`site.css` holds every app's `css/shared/*.css` and `css/site/*.css`, `admin.css` its `css/shared/*.css` and
`css/admin/*.css`: apps in the order of INSTALLED_APPS, files by name. An address in them is seen from the
joined sheet: `url("portal/fonts/…")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = {"site.css": ("shared", "site"), "admin.css": ("shared", "admin")}
LAYERS = "@layer base, components;"  # a component wins from the base, whichever file comes first
PART = re.compile(r"\w+/css/(shared|site|admin)/[\w-]+\.css")
COMMENT, INDENT = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s*\n\s*")
NEEDLESS = re.compile(r"(?<=[{;,])\n|\n(?=\})")  # a rule is one line; it weighs less


class SharedFiles(CompressedManifestStaticFilesStorage):
    """Static files by their hashed names, of the version that goes and of the one that comes: a page of either finds
    its sheet. The list that leads to these names is each version's own, by the folder of its code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own_list = FileSystemStorage(settings.STATIC_ROOT / "lists" / settings.BASE_DIR.name)
        super().__init__(*args, manifest_storage=own_list, **kwargs)


class SheetFinder(AppDirectoriesFinder):
    """Finds what apps have in `static/`; the parts of a sheet only joined."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._folders = [Path(self.storages[app].location) for app in self.apps]
        self._joined = FileSystemStorage(settings.LOCAL_STATE_DIR / "sheets")
        self.storages["sheets"] = self._joined
        self.apps.append("sheets")

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for name in SHEETS:
            self._write(name)
        for path, storage in super().list(ignore_patterns):
            if not PART.fullmatch(path):
                yield path, storage

    def find_in_app(self, app: str, path: str) -> Any:
        if app == "sheets" and path in SHEETS:
            self._write(path)
        return super().find_in_app(app, path)

    def _write(self, name: str) -> None:
        """Only when something changed: its time tells the collector whether to take it."""
        css, path = self.joined(name), Path(self._joined.path(name))
        if not path.exists() or path.read_text(encoding="utf-8") != css:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(css, encoding="utf-8")

    def joined(self, name: str) -> str:
        parts = chain.from_iterable(
            sorted(folder.glob(f"*/css/{kind}/*.css")) for kind in SHEETS[name] for folder in self._folders
        )
        css = "\n".join([LAYERS, *(part.read_text(encoding="utf-8") for part in parts)])
        return NEEDLESS.sub("", INDENT.sub("\n", COMMENT.sub("", css))).strip() + "\n"
