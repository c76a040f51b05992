"""What the coach may read of a mail, wherever it is shown: no codes and no tips."""

from __future__ import annotations

from django.utils.translation import gettext as _

from portal.mail.models import OutboundEmail


def subject(mail: OutboundEmail) -> str:
    if mail.erase_body:
        return _("(a code, never shown)")
    if mail.kind == OutboundEmail.Kind.MARKETING:
        return _("(a tip, for the person only)")
    return mail.subject or _("(written when due)")


def text(mail: OutboundEmail) -> str:
    if mail.erase_body:
        return _("This mail carries a code, so its words are shown to nobody.")
    if mail.kind == OutboundEmail.Kind.MARKETING:
        return _("A tip names the key that carries least, and that is shown to the person only.")
    return mail.text or _("There are no words: they are written when due, or were erased.")


def state(mail: OutboundEmail) -> str:
    words = mail.get_status_display()
    return f"{words}, {_('may have arrived twice')}" if mail.maybe_duplicate else words
