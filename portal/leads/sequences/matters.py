"""What a mail of a sequence is about, in the list of mails: which one of which sequence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.sight import seen_by
from portal.leads.sequences.models import Sequence
from portal.leads.sequences.runs import MESSAGE
from portal.mail.models import OutboundEmail
from portal.mail.names import Matter, Name

NAMES = {
    MESSAGE: Name(
        gettext_lazy("Tip"),
        gettext_lazy("This mail never leaves to them; the others of the sequence do, each in its turn."),
    )
}


def steps_of(viewer: Any, mails: Collection[OutboundEmail]) -> dict[int, Matter]:
    """Two queries."""
    wanted = {mail.pk: (mail.data or {}).get("step") for mail in mails}
    sequences = Sequence.objects.filter(steps__in=[step for step in wanted.values() if step]).distinct()
    found: dict[object, Matter] = {}
    for sequence in seen_by(viewer, sequences).prefetch_related("steps"):
        path = reverse("admin:sequences_sequence_change", args=[sequence.pk])
        for number, step in enumerate(sequence.steps.all(), start=1):
            words = _("mail %(number)d of ‘%(sequence)s’") % {"number": number, "sequence": sequence.name}
            found[step.pk] = Matter(words, path)
    return {pk: found[step] for pk, step in wanted.items() if step in found}
