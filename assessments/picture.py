"""Pictures of our own drawings, as PNG: a result its owner may show, and what a shared link shows elsewhere."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from urllib.parse import urlsplit

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string

from assessments.bridge import Member
from portal.practice.facts import practice

# One weight of each font of the pages, as TTF; their licences stand in portal/static/portal/fonts.
FONTS = [
    str(settings.BASE_DIR / "assessments" / "fonts" / name) for name in ("besley-640.ttf", "archivo-560.ttf")
]
WIDTH, CARD_WIDTH = 1600, 1200  # pixels
SIZES = ((40, 46), (30, 62))  # of the letters of the headline, and how many make a line
MAX_LINES, TOP = 4, 112
CARD_SIZES = ((62, 34), (50, 42))
CARD_TOP, CARD_SIGNS, CARD_LINE = 148, 78, 38  # of what is said below the title: signs a line, pixels between


def draw(verdict: Sequence[str], members: Sequence[Member]) -> bytes:
    context = {
        **headline(verdict),
        "members": members,
        "name": practice()["name"],
        "host": urlsplit(settings.SITE_URL).netloc,
    }
    return _png(render_to_string("assessments/picture.svg", context), "picture.css", width=WIDTH)


def headline(verdict: Sequence[str]) -> dict[str, object]:
    """Its lines and where they stand, small when there are many: the arch begins below them."""
    size, lines = _set(verdict, SIZES, MAX_LINES)
    return {"size": size, "lines": [(TOP + round(1.25 * size) * row, line) for row, line in enumerate(lines)]}


def card(title: Sequence[str], about: str, members: Sequence[Member]) -> str:
    """What a shared link shows, as SVG: drawn once, when the words of a page change (draw_share_cards)."""
    size, lines = _set(title, CARD_SIZES, 2)
    step = round(1.1 * size)
    below = CARD_TOP + step * (len(lines) - 1) + 52
    context = {
        "size": size,
        "lines": [(CARD_TOP + step * row, line) for row, line in enumerate(lines)],
        "about": [
            (below + CARD_LINE * row, line) for row, line in enumerate(textwrap.wrap(about, CARD_SIGNS))
        ],
        "members": members,
        "one": any(member.is_weakest for member in members),
    }
    return render_to_string("assessments/card.svg", context)


def draw_card(svg: str) -> bytes:
    return _png(svg, "picture.css", "card.css", width=CARD_WIDTH)


def _set(sentences: Sequence[str], sizes: Sequence[tuple[int, int]], most: int) -> tuple[int, list[str]]:
    wrapped = [
        (size, [line for sentence in sentences for line in textwrap.wrap(sentence, signs)])
        for size, signs in sizes
    ]
    return next((one for one in wrapped if len(one[1]) <= most), wrapped[-1])


def _png(svg: str, *styles: str, width: int) -> bytes:
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        style_sheet="\n".join(render_to_string(f"assessments/{name}") for name in styles),
        skip_system_fonts=True,
        font_files=FONTS,
        width=width,
    )
