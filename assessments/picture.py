"""A result as a picture its owner may show: the bridge and the headline, as a PNG."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from urllib.parse import urlsplit

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string

from assessments.bridge import Member
from portal.common.practice import practice

# One weight of each font of the pages, as TTF; their licences stand in portal/static/portal/fonts.
FONTS = [
    str(settings.BASE_DIR / "assessments" / "fonts" / name) for name in ("besley-640.ttf", "archivo-560.ttf")
]
WIDTH = 1600  # pixels
SIZES = ((40, 46), (30, 62))  # of the letters of the headline, and how many make a line
MAX_LINES, TOP = 4, 112


def draw(verdict: Sequence[str], members: Sequence[Member]) -> bytes:
    context = {
        **headline(verdict),
        "members": members,
        "name": practice()["name"],
        "host": urlsplit(settings.SITE_URL).netloc,
    }
    return resvg_py.svg_to_bytes(
        svg_string=render_to_string("assessments/picture.svg", context),
        style_sheet=render_to_string("assessments/picture.css"),
        skip_system_fonts=True,
        font_files=FONTS,
        width=WIDTH,
    )


def headline(verdict: Sequence[str]) -> dict[str, object]:
    """Its lines and where they stand, small when there are many: the arch begins below them."""
    wrapped = [
        (size, [line for sentence in verdict for line in textwrap.wrap(sentence, signs)])
        for size, signs in SIZES
    ]
    size, lines = next((one for one in wrapped if len(one[1]) <= MAX_LINES), wrapped[-1])
    return {"size": size, "lines": [(TOP + round(1.25 * size) * row, line) for row, line in enumerate(lines)]}
