"""The words on the page of a key that are not part of the instrument, from `key_pages.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("key_pages.yaml")


@dataclass(frozen=True)
class KeyPage:
    scene: str
    misunderstanding: str
    answer: str
    heart: str


def key_page(slug: str, language: str) -> KeyPage:
    """Raises KeyError for an unknown key."""
    words = _content()[slug][language]
    misunderstanding = words["misunderstanding"]
    return KeyPage(words["scene"], misunderstanding["claim"], misunderstanding["answer"], words["heart"])


def slugs() -> tuple[str, ...]:
    return tuple(_content())


@cache
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content
