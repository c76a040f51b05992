"""What the site says of each key beside the instrument's own texts, from `key_pages.yaml`. Pure.

It belongs to the key, not to a version of the instrument: every version reads the same words here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FILE = Path(__file__).with_name("key_pages.yaml")
LANGUAGES: Final = ("nl", "en")


class KeyPagesError(ValueError):
    """The file is not complete; the message says in one sentence what is missing and where."""


@dataclass(frozen=True)
class KeyPage:
    address: str  # the last part of the address of the page, in this language
    phrase: str  # the key as a noun inside a sentence: 'ruimte voor ongemak'
    is_plural: bool  # the phrase asks for a plural verb
    scene: str
    misunderstanding: str
    answer: str
    heart: str


def key_page(slug: str, language: str) -> KeyPage:
    """Raises KeyError for an unknown key."""
    return _pages()[slug, language]


def slugs() -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for slug, _language in _pages()))


def slug_at(address: str, language: str) -> str:
    """The key whose page has this address. Raises KeyError when none has."""
    return _slugs_by_address()[address, language]


def slug_anywhere(address: str) -> str:
    """The key with this address in any language, or once had: its own slug. Raises KeyError for another."""
    for language in LANGUAGES:
        if slug := _slugs_by_address().get((address, language)):
            return slug
    if address in slugs():
        return address
    raise KeyError(address)


@cache
def _pages() -> Mapping[tuple[str, str], KeyPage]:
    return read(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@cache
def _slugs_by_address() -> Mapping[tuple[str, str], str]:
    return {(page.address, language): slug for (slug, language), page in _pages().items()}


def read(content: Mapping[str, Any]) -> dict[tuple[str, str], KeyPage]:
    """Every key in every language, or KeyPagesError: a text is missing, or two keys share an address."""
    pages = {(slug, lang): _page(content, slug, lang) for slug in content for lang in LANGUAGES}
    for slug, language in pages:
        address = pages[slug, language].address
        sharing = [other for (other, _lang), page in pages.items() if address in (page.address, other)]
        if set(sharing) != {slug}:
            raise KeyPagesError(f"Another key has the address {address} of {slug} too.")
    return pages


def _page(content: Mapping[str, Any], slug: str, language: str) -> KeyPage:
    words = (content[slug] or {}).get(language) or {}
    words = {**words, **(words.get("misunderstanding") or {})}

    def text(name: str) -> str:
        found = words.get(name)
        if not isinstance(found, str) or not found.strip():
            raise KeyPagesError(f"A text is missing in '{language}': {slug}, {name}.")
        return found

    return KeyPage(
        address=text("address"),
        phrase=text("phrase"),
        is_plural=words.get("is_plural") is True,
        scene=text("scene"),
        misunderstanding=text("claim"),
        answer=text("answer"),
        heart=text("heart"),
    )
