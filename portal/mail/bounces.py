"""Mail that comes back: read from the mailbox of BOUNCE_MAILBOX, and what that means for a mail and its address.

Anybody can write to that mailbox. A report counts when it sends back the id of a mail of ours, which nobody can guess
and only its reader and the servers on the way have seen; it closes an address only when that mail went to it, lately.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.waking import kill_point
from portal.mail import imap, refused, reports
from portal.mail.models import BounceMailbox, OutboundEmail

logger = logging.getLogger(__name__)

Status = OutboundEmail.Status
# also what a worker has not marked yet: a server may send back at once
LEFT = (Status.SENT, Status.UNCERTAIN, Status.BOUNCED, Status.LEASED)
AT_ONCE = 100  # messages in one visit
BUDGET = 12.0  # seconds after which no other message is begun
MOST_TRIES = 3
SILENT = timedelta(hours=3)  # before anybody is told that the mailbox cannot be read
COMES_BACK_WITHIN = timedelta(days=14)  # servers try for five days; what comes later answers nothing


def read() -> int:
    """Look at what is new in the mailbox; nobody else does so meanwhile. Returns how many reports it held."""
    account: imap.Account | None = settings.BOUNCE_MAILBOX
    if account is None:
        return 0
    BounceMailbox.objects.get_or_create(account=account.name[:320])
    state = BounceMailbox.objects.filter(account=account.name[:320]).free().claim()
    if state is None:
        return 0
    found, error = 0, ""
    try:
        with imap.opened(account) as mailbox:
            found = look_through(mailbox, state)
        BounceMailbox.objects.leased_as(state).update(read_at=times.now())
    except imap.MailboxError as trouble:
        error = str(trouble)
        logger.warning("The mailbox of BOUNCE_MAILBOX cannot be read: %s", error)
    finally:
        BounceMailbox.objects.leased_as(state).update(error=error[:300], **NO_LEASE)
    return found


def look_through(mailbox: imap.Mailbox, state: BounceMailbox) -> int:
    """Message by message, noting how far it came: killed anywhere, the next visit goes on there."""
    started, found = time.monotonic(), 0
    if state.uid_validity != mailbox.uid_validity:  # the server numbered its messages anew
        note(state, uid_validity=mailbox.uid_validity, last_uid=0, at_uid=0, tries=0)
    for uid in mailbox.unseen_after(state.last_uid)[:AT_ONCE]:
        if time.monotonic() - started > BUDGET:
            break
        tries = state.tries + 1 if state.at_uid == uid else 1
        note(state, at_uid=uid, tries=tries)
        if tries > MOST_TRIES:
            logger.error(
                "A message in the mailbox of BOUNCE_MAILBOX is left alone: it stops whoever reads it."
            )
        elif look_at(mailbox, uid):
            found += 1
        note(state, last_uid=uid)
    return found


def look_at(mailbox: imap.Mailbox, uid: int) -> bool:
    """A report is carried out, then opened; everything else stays as it is, for whoever reads that mailbox."""
    try:
        raw = mailbox.message(uid) if reports.is_report(mailbox.header_of(uid)) else b""
        found = reports.read(raw) if raw else []
    except imap.MailboxError:
        raise
    except Exception:  # whatever somebody wrote: the rest is read all the same
        logger.exception("A message in the mailbox of BOUNCE_MAILBOX cannot be read")
        return False
    if not raw:
        return False
    for report in found:
        carry_out(report)
    kill_point("after_bounce")
    mailbox.mark_seen(uid)
    return True


def note(state: BounceMailbox, **fields: int) -> None:
    for name, value in fields.items():
        setattr(state, name, value)
    BounceMailbox.objects.leased_as(state).update(**fields)


@transaction.atomic
def carry_out(report: reports.Report) -> None:
    """Idempotent. What answers no mail of ours means nothing."""
    since = times.now() - COMES_BACK_WITHIN
    left = Q(status__in=LEFT) | Q(maybe_duplicate=True, status=Status.RETRY)
    ours = OutboundEmail.objects.filter(left, public_id__in=report.ids, due_at__gte=since)
    mail = ours.select_for_update(of=("self",), no_key=True).order_by("pk").first()
    if mail is None:
        return
    is_ours = mail.to_email.lower() in report.addresses
    match report.action:
        case "delayed":
            if mail.status == Status.SENT and not mail.reason:
                mail.reason = words_of(report)
                mail.save(update_fields=["reason"])
        case "failed":
            OutboundEmail.objects.filter(pk=mail.pk).finish(
                Status.BOUNCED, words_of(report), sent_at=mail.sent_at
            )
            if is_ours and refused.is_of_the_address(report.status, report.answer):
                refused.refuse(mail.to_email, refused.Why.BOUNCE, reason=words_of(report))
        case "complaint":
            if is_ours or not report.addresses:  # providers leave out whose it is
                refused.refuse(mail.to_email, refused.Why.COMPLAINT)


def words_of(report: reports.Report) -> str:
    """The server's answer, beginning with its number; `reasons` says it in a sentence."""
    return (report.answer or report.status or report.action)[:300]


def unread_since() -> datetime | None:
    """Since when the mailbox was not read, when that is too long; whether it refuses or nobody looks."""
    account: imap.Account | None = settings.BOUNCE_MAILBOX
    if account is None:
        return None
    states = BounceMailbox.objects.filter(account=account.name[:320])
    read_at = states.values_list("read_at", flat=True).first()
    return read_at if read_at and read_at < times.now() - SILENT else None
