"""docs/coach: five pages in each language, whose links lead somewhere, with pictures that were taken and are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
MANUAL = DOCS / "coach"
LINK = re.compile(r"\]\(([^)#]+)\)")
PICTURES = {"nl": 10, "en": 10}  # at least


def pages() -> list[Path]:
    return sorted(MANUAL.rglob("*.md"))


def test_each_language_has_its_five_pages() -> None:
    assert {folder: len(list((MANUAL / folder).glob("*.md"))) for folder in ("nl", "en")} == {
        "nl": 5,
        "en": 5,
    }


@pytest.mark.parametrize("page", [*pages(), DOCS.parent / "README.md"], ids=lambda page: page.name)
def test_every_link_and_picture_of_it_is_there(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if "://" not in link:
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_show_the_pictures_of_their_language_and_every_picture_is_shown(language: str) -> None:
    shown = {
        (page.parent / link).resolve()
        for page in (MANUAL / language).glob("*.md")
        for link in LINK.findall(page.read_text())
        if link.endswith(".png")
    }
    taken = {file.resolve() for file in (MANUAL / "pictures").glob(f"*-{language}.png")}
    assert shown == taken
    assert len(shown) >= PICTURES[language]
    assert all(file.stat().st_size < 300_000 for file in taken)


def test_every_page_of_a_language_leads_to_the_others() -> None:
    for folder in ("nl", "en"):
        names = {page.name for page in (MANUAL / folder).glob("*.md")}
        for page in (MANUAL / folder).glob("*.md"):
            assert names - {page.name} <= set(LINK.findall(page.read_text())), page


def test_every_picture_has_words_beside_it() -> None:
    for page in pages():
        assert "![](" not in page.read_text(), page
