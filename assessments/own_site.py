"""The first statement with its five links, for the coach's own site: as text, HTML and Markdown, and a QR code.

Sites and mail programs strip forms, frames and scripts; links live everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from assessments.instrument import Instrument

USUAL_WORD = "site"
MARKED = re.compile(r"([\\`*_\[\]<>#|~&])")  # what means something in Markdown, and begins an entity


@dataclass(frozen=True)
class Piece:
    """`links` are the five answers in words, each with its address."""

    heading: str
    time_frame: str
    statement: str
    links: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        lines = (f"{words}: {address}" for words, address in self.links)
        return "\n".join([self.heading, "", self.time_frame, self.statement, "", *lines])

    @property
    def html(self) -> str:
        """With styles of its own, for a page that has none of ours."""
        lines = render_to_string("assessments/own_site.txt", {"piece": self}).splitlines()
        return "\n".join(filter(None, map(str.strip, lines)))  # of an empty line a site makes a paragraph

    @property
    def markdown(self) -> str:
        lines = (f"- [{marked(words)}]({address})" for words, address in self.links)
        return "\n".join(
            [
                f"## {marked(self.heading)}",
                "",
                marked(self.time_frame),
                "",
                f"**{marked(self.statement)}**",
                "",
                *lines,
            ]
        )


def piece(instrument: Instrument, language: str, van: str) -> Piece:
    """`instrument` in that language."""
    with translation.override(language):
        heading = f"{_('Trust isn’t soft.')} {_('In seven minutes you know where to start.')}"
    links = tuple(
        (option.label, address(language, {"a": str(option.value), "van": van}))
        for option in instrument.options
    )
    return Piece(heading, instrument.time_frame, instrument.items[0].text, links)


def address(language: str, query: dict[str, str]) -> str:
    with translation.override(language):
        return f"{settings.SITE_URL}{reverse('assessments:begin')}?{urlencode(query)}"


def marked(text: str) -> str:
    return MARKED.sub(r"\\\1", text)
