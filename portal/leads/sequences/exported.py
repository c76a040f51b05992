"""What a copy of everything holds of the sequences somebody is or was in. The mails stand in it as mails."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.common.export import Section
from portal.leads.sequences.models import Run, RunQuerySet


def runs(email: str) -> RunQuerySet:
    return Run.objects.filter(lead__email=email)


SECTIONS = (
    Section(
        name="sequences",
        words=_("mail sequences"),
        rows=runs,
        for_coach=runs,
        left_out={"public_id": "random", "context": "ids", "anchor_at": "what days are counted from"},
    ),
)
