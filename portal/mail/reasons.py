"""What went wrong with a mail, in words a coach can use; the server's own words follow."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from portal.mail.models import OutboundEmail

ANSWER = re.compile(r"^([245]\d\d)[ -]+(?:[245]\.(\d{1,3}\.\d{1,3})\b)?")
STATUS = re.compile(r"^([245])\.(\d{1,3}\.\d{1,3})\b")  # of a report that quotes no answer


def plain_reason(mail: OutboundEmail) -> str:
    """One sentence, and the mail server's answer when there was one. Empty when there is nothing to say."""
    if not mail.reason:
        return ""
    answer = ANSWER.match(mail.reason) or STATUS.match(mail.reason)
    if mail.status == OutboundEmail.Status.SENT and answer:
        return f"{_('The receiving server has not delivered it yet, and keeps trying.')} ({mail.reason})"
    if mail.status == OutboundEmail.Status.BOUNCED and mail.reason == "failed":
        return _("The receiving server sent it back.")
    if answer is None:
        return _(mail.reason)
    return f"{_sentence(answer[1], answer[2] or '')} ({mail.reason})"


def _sentence(code: str, enhanced: str) -> str:
    if code.startswith("4"):
        return _("The receiving server asked to try again later.")
    if enhanced.startswith("7."):
        return _("The receiving server does not trust mail from this domain: check SPF, DKIM and DMARC.")
    if enhanced in {"1.1", "1.10", "2.1"} or (code == "550" and not enhanced):
        return _("This address does not exist or takes no mail.")
    if enhanced == "2.2" or code == "552":
        return _("This mailbox is full.")
    return _("The receiving server refused this mail.")
