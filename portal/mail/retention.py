"""How long the words of a mail are kept. The row stays: it says that a mail left, and when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from portal.mail.models import NO_TEXT, OutboundEmail


def erase_old_bodies(at: datetime) -> int:
    """Erase the words of mails that were finished longer ago than RETENTION["mail_bodies"]."""
    old = OutboundEmail.objects.filter(
        status__in=OutboundEmail.FINAL, due_at__lt=at - settings.RETENTION["mail_bodies"]
    )
    return old.exclude(text="", subject="", calendar="").update(**NO_TEXT)
