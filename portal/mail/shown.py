"""What the coach may read of a mail, wherever it is shown: no codes, no tips, and nothing that is private."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from portal.common import times, tokens
from portal.mail.models import OutboundEmail
from portal.mail.names import name_of


def subject(mail: OutboundEmail) -> str:
    if mail.erase_body:
        return _("(a code, never shown)")
    if mail.kind == OutboundEmail.Kind.MARKETING:
        return _("(a tip, for the person only)")
    return mail.subject or _("(written when due)")


def what(mail: OutboundEmail) -> str:
    """'Confirmation: Bevestigd: do 26 nov …'; of what has no words to show only which kind it is."""
    name = str(name_of(mail.message).words)
    has_subject = mail.subject and not mail.erase_body and mail.kind == OutboundEmail.Kind.SERVICE
    return f"{name}: {mail.subject}" if has_subject else name


def text(mail: OutboundEmail) -> str:
    return hidden(mail) or tokens.hide(mail.text)


def hidden(mail: OutboundEmail) -> str:
    """Why the words that a mail has are not shown; '' when they are."""
    if mail.erase_body:
        return _("This mail carries a code, so its words are shown to nobody.")
    if mail.kind == OutboundEmail.Kind.MARKETING:
        return _("A tip names the key that carries least, and that is shown to the person only.")
    if mail.text and name_of(mail.message).is_private:
        return _("What stands in it is for the person only.")
    return "" if mail.text else _("There are no words: they are written when due, or were erased.")


def state(mail: OutboundEmail) -> str:
    words = mail.get_status_display()
    if mail.status == OutboundEmail.Status.CANCELLED and mail.stopped_at:
        facts = {"name": mail.stopped_by, "moment": times.short_moment(mail.stopped_at, times.HOST_ZONE)}
        return _("stopped by %(name)s, %(moment)s") % facts
    return f"{words}, {_('may have arrived twice')}" if mail.maybe_duplicate else words


def leaves(mail: OutboundEmail) -> str:
    """'as soon as possible', 'today, 14:00', 'tomorrow, 10:30', 'do 26 nov 2026, 10:30': when what waits leaves."""
    now = times.now()
    if mail.send_after <= now:
        return _("as soon as possible")
    days = times.local(mail.send_after, times.HOST_ZONE).date() - times.local(now, times.HOST_ZONE).date()
    clock = times.clock(mail.send_after, times.HOST_ZONE)
    if days <= timedelta(days=1):
        return (_("tomorrow, %(clock)s") if days else _("today, %(clock)s")) % {"clock": clock}
    return times.short_moment(mail.send_after, times.HOST_ZONE)


def moment(mail: OutboundEmail) -> str:
    """When it leaves, or left, or was stopped."""
    if mail.status in OutboundEmail.WAITING:
        return leaves(mail)
    return times.short_moment(mail.sent_at or mail.stopped_at or mail.due_at, times.HOST_ZONE)
