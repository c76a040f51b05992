"""What a copy of everything holds of somebody's team mirrors: for the leader only. Of members nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.mirror.models import Round
from portal.common.export import Say, Section, unsaid


def said(rounds: list[Any]) -> Mapping[str, Say]:
    return {"result": unsaid, "guess": unsaid}


SECTIONS = (
    Section(
        name="team_mirrors",
        words=_("team mirrors"),
        rows=lambda email: Round.objects.filter(user__email=email),
        left_out={
            "public_id": "random",
            "box": "random",
            "link_generation": "a number for the link",
            "invited": "digests of others, until the closing",
        },
        said=said,
    ),
)
