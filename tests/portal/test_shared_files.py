"""Two versions and one folder of static files, as while the second takes over from the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from portal.sheets import SharedFiles


def collected(settings: Any, folder: Path, css: str) -> SharedFiles:
    """The storage of a version after `collectstatic`."""
    settings.BASE_DIR = folder
    storage = SharedFiles(location=settings.STATIC_ROOT, base_url="/static/")
    storage.delete("site.css")
    storage.save("site.css", ContentFile(css.encode()))
    assert [found for _name, found, _is_done in storage.post_process({"site.css": (storage, "site.css")})]
    return storage


def test_a_version_that_comes_leaves_the_one_that_goes_its_files_and_its_list(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    collected(settings, tmp_path / "0.1.0", "a{}")
    collected(settings, tmp_path / "0.2.0", "b{}")
    seen = {}
    for version in ("0.1.0", "0.2.0"):  # each starts anew, and reads its list
        settings.BASE_DIR = tmp_path / version
        name = SharedFiles(location=settings.STATIC_ROOT, base_url="/static/").stored_name("site.css")
        seen[version] = (settings.STATIC_ROOT / name).read_text()
    assert seen == {"0.1.0": "a{}", "0.2.0": "b{}"}
