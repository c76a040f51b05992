"""How long mails are kept, and what stays of them when a person is erased: nothing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q

from portal.mail.models import NO_TEXT, OutboundEmail


def erase_old_bodies(at: datetime) -> int:
    """Erase the words of mails finished longer ago than RETENTION["mail_bodies"]; mails with a code go whole.

    The row of another mail stays: it says that a mail left, and when.
    """
    finished = OutboundEmail.objects.filter(status__in=OutboundEmail.FINAL)
    old = finished.filter(due_at__lt=at - settings.RETENTION["mail_bodies"])
    old.filter(erase_body=True).delete()
    return old.exclude(text="", subject="", calendar="").update(**NO_TEXT)


def forget_person(address: str) -> None:
    """Erase every mail to this address and about the same matters, in the caller's transaction.

    What was written and has not left yet still leaves (a call was cancelled, say), then its row goes.
    """
    to_person = Q(to_email__iexact=address)
    from_person = Q(reply_to__iexact=address) | Q(reply_to__icontains=f"<{address}>")
    matters = OutboundEmail.objects.filter(to_person).exclude(about="").values("about")
    mails = OutboundEmail.objects.filter(to_person | from_person | Q(about__in=matters))
    mails.update(is_forgotten=True, erase_body=True)
    OutboundEmail.objects.unsent().filter(is_forgotten=True, rendered_at__isnull=True).delete()
    delete_forgotten()


def delete_forgotten() -> int:
    """Delete the rows of erased people that are finished."""
    gone = OutboundEmail.objects.filter(is_forgotten=True, status__in=OutboundEmail.FINAL)
    return gone.delete()[0]
