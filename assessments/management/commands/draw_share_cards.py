from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from assessments import bridge, picture
from assessments.models import Instrument

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "static" / "assessments" / "cards"
DRAWN = ROOT / "cards.json"  # from what each was drawn, as a digest
SITE, CALL = "site", "call"


class Command(BaseCommand):
    help = "Draw the pictures of shared links anew where their words changed. For whoever changes the words of a key."

    def handle(self, *args: Any, **options: Any) -> None:
        drawn, wanted = json.loads(DRAWN.read_text()) if DRAWN.exists() else {}, cards()
        FOLDER.mkdir(exist_ok=True)
        for name, svg in wanted.items():
            if drawn.get(name) != digest(svg) or not (FOLDER / f"{name}.png").exists():
                (FOLDER / f"{name}.png").write_bytes(picture.draw_card(svg))
                self.stdout.write(f"{name} drawn")
        DRAWN.write_text(json.dumps({name: digest(svg) for name, svg in wanted.items()}, indent=1) + "\n")


def cards() -> dict[str, str]:
    """The site, the call and every key in both languages, as SVG, by the name of the file."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            keys = Instrument.objects.current().parsed(code).keys
            opening = [_("Trust isn’t soft."), _("In seven minutes you know where to start.")]
            about = _("Self-scan of team trust. Ten keys, thirty honest answers.")
            found[f"{SITE}-{code}"] = picture.card(opening, about, bridge.plain_members(keys))
            call = [_("An impact call about your team.")]
            about = _("With the coach, about the keys that carry least.")
            found[f"{CALL}-{code}"] = picture.card(call, about, bridge.plain_members(keys))
            for key in keys:
                members = bridge.plain_members(keys, key)
                found[f"{key.slug}-{code}"] = picture.card([key.name], key.meaning, members)
    return found


def digest(svg: str) -> str:
    styles = [render_to_string(f"assessments/{name}") for name in ("picture.css", "card.css")]
    return hashlib.sha256("\n".join([svg, *styles]).encode()).hexdigest()
