"""One paragraph of the coach in a service mail. The app whose mail it is says which there are, in `ready()`."""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import Promise

from portal.common import times
from portal.leads.sequences.models import OwnParagraph

_kinds: dict[str, str | Promise] = {}


class ParagraphChangedError(Exception):
    """Somebody changed it since it was looked at. `now` is how it is."""

    def __init__(self, now: OwnParagraph) -> None:
        super().__init__(f"The paragraph {now.kind} changed meanwhile.")
        self.now = now


def register(kind: str, words: str | Promise) -> None:
    """A kind of service mail, and what a coach knows it by. Its renderer asks `paragraph`."""
    _kinds[kind] = words


def kinds() -> dict[str, str]:
    return {kind: str(words) for kind, words in _kinds.items()}


def paragraph(kind: str, language: str) -> str:
    """What the coach adds, plain text; nearly always nothing."""
    found = OwnParagraph.objects.filter(kind=kind).first()
    if found is None:
        return ""
    return found.text_en if language == "en" else found.text_nl


@transaction.atomic
def write(kind: str, version: int, *, text_nl: str, text_en: str) -> None:
    """Raises ParagraphChangedError when it has another version by now."""
    OwnParagraph.objects.get_or_create(kind=kind)
    there = OwnParagraph.objects.select_for_update().get(kind=kind)
    if (there.text_nl, there.text_en) == (text_nl, text_en):  # a double click
        return
    if there.version != version:
        raise ParagraphChangedError(there)
    there.text_nl, there.text_en = text_nl, text_en
    there.version, there.changed_at = version + 1, times.now()
    there.save()
