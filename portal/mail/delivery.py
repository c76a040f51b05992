"""Taking due mails out of the outbox: claim one row, send it outside any transaction, mark it.

A worker that was killed leaves a lease that lapses (`portal.common.leases`); nobody knows then whether the
mail left, so a service mail goes once more (same Message-ID, shown as perhaps double) and tips do not.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import timedelta

from django.db.models import F, Q
from django.utils.translation import gettext_noop

from portal.common import times
from portal.common.leases import NO_LEASE
from portal.common.waking import kill_point
from portal.mail import mime, refused, retention, smtp
from portal.mail.models import OutboundEmail, OutboundEmailQuerySet
from portal.mail.render import CALENDAR, Later, Skip, due_context, render

logger = logging.getLogger(__name__)

BATCH = 20.0  # seconds in which new rows are claimed
SEND = 25.0  # seconds that one mail may take in all
ALL = 28.0  # seconds that a batch may take in all: below the task's soft limit of 30
MAX_OWN_ERRORS = 8
GIVE_UP_AFTER = timedelta(hours=72)
QUICK_DELAYS = [10, 30, 60, 300, 900, 1800, 3600]  # seconds; then hourly
SLOW_DELAYS = [60, 300, 900, 1800]
JITTER = 0.2

Status = OutboundEmail.Status
EXPIRED = gettext_noop("It could not leave in time, and late it is of no use.")
WITHDRAWN = gettext_noop("It was cancelled while it was being sent.")
LAPSED = gettext_noop("The worker stopped while sending; nobody knows whether it left.")
GAVE_UP = gettext_noop("It could not be delivered in three days.")


def deliver_due() -> int:
    """Send what is due, one row after another, for at most 28 seconds. Returns how many rows were handled."""
    started = time.monotonic()
    free_lapsed()
    cancel_expired()
    handled = 0
    retention.delete_forgotten()
    while (passed := time.monotonic() - started) < BATCH and (mail := claim()) is not None:
        kill_point("after_claim")
        handled += 1
        if not deliver(mail, seconds=min(SEND, ALL - passed)):
            break  # the server itself cannot be reached: asking for every row would only hold them all up
    return handled


def claim() -> OutboundEmail | None:
    due = OutboundEmail.objects.due(times.now()).order_by("send_after", "pk")
    return due.claim(status=Status.LEASED, attempts=F("attempts") + 1)


def deliver(mail: OutboundEmail, *, seconds: float) -> bool:
    """Send one claimed row and mark it. False when the mail server could not be reached at all."""
    try:
        content = prepare(mail)
    except Exception as error:  # a row that cannot be written must not hold up the others
        logger.exception("Mail %s cannot be written", mail.public_id)
        fail_on_our_side(mail, error)
        return True
    if content is None:
        return True
    try:
        outcome = smtp.send(mail.from_email, mail.to_email, content, seconds=seconds)
    except Exception as error:
        logger.exception("Mail %s cannot be sent", mail.public_id)
        fail_on_our_side(mail, error)
        return True
    kill_point("after_send")
    kill_point("before_mark")
    mark(mail, outcome)
    return not (isinstance(outcome, smtp.Refused) and outcome.is_unreachable)


def prepare(mail: OutboundEmail) -> bytes | None:
    """The bytes to send, or None when the row was finished instead. What was written once stays as it is."""
    if reason := refused.why_not(mail):
        leased(mail).finish(Status.CANCELLED, reason)
        return None
    if mail.is_written_when_due:
        context = due_context(mail)
        if isinstance(context, Skip):
            leased(mail).finish(Status.CANCELLED, context.reason)
            return None
        if isinstance(context, Later):
            postpone(mail, context)
            return None
        if not mail.is_rendered:
            write(mail, context)
    if leased(mail).filter(is_withdrawn=False).exists():
        return mime.build(mail)
    leased(mail).filter(is_withdrawn=True).finish(Status.CANCELLED, F("reason"))
    return None


def postpone(mail: OutboundEmail, later: Later) -> None:
    """Put the row back as if it had been planned for then; not when it was cancelled meanwhile."""
    moved = later.until - mail.due_at
    changed = (
        leased(mail)
        .filter(is_withdrawn=False)
        .update(
            status=Status.QUEUED,
            reason=later.reason,
            send_after=later.until,
            due_at=later.until,
            expires_at=mail.expires_at and mail.expires_at + moved,
            attempts=mail.attempts - 1,  # it was not tried
            **NO_LEASE,
        )
    )
    if not changed:
        leased(mail).filter(is_withdrawn=True).finish(Status.CANCELLED, F("reason"))


def write(mail: OutboundEmail, context: dict[str, object]) -> None:
    """Freeze the words of a due mail before its first attempt, so that every attempt is the same."""
    parts = render(mail.message, mail.language, context, to_name=mail.to_name, about=mail.about)
    mail.subject, mail.text, mail.html = parts.subject, parts.text, parts.html
    file = context.get(CALENDAR, b"") if mail.calendar_method else b""
    mail.calendar = file.decode() if isinstance(file, bytes) else ""
    mail.rendered_at = times.now()
    names = ("subject", "text", "html", "calendar", "rendered_at")
    leased(mail).update(**{name: getattr(mail, name) for name in names})


def mark(mail: OutboundEmail, outcome: smtp.Outcome) -> None:
    match outcome:
        case smtp.Sent():
            changed = leased(mail).finish(Status.SENT, sent_at=times.now())
        case smtp.Refused(is_final=True):
            changed = leased(mail).finish(Status.FAILED, outcome.reason[:300])
            note_refusal(mail, outcome)
            logger.error("Mail %s was refused: %s", mail.public_id, outcome.reason)
        case smtp.Refused():
            changed = try_again(mail, outcome.reason, is_slow=outcome.is_slow)
        case smtp.Unknown() if mail.kind == OutboundEmail.Kind.MARKETING:
            changed = leased(mail).finish(Status.UNCERTAIN, outcome.reason[:300])
        case smtp.Unknown():
            changed = try_again(mail, outcome.reason, maybe_duplicate=True)
    if not changed:
        logger.warning("Mail %s: the lease was over before its outcome was known", mail.public_id)


def note_refusal(mail: OutboundEmail, outcome: smtp.Refused) -> None:
    if refused.is_of_the_address("", outcome.reason, is_recipient=outcome.is_recipient):
        refused.refuse(mail.to_email, refused.Why.BOUNCE, reason=outcome.reason)


def try_again(mail: OutboundEmail, reason: str, *, is_slow: bool = False, **fields: object) -> int:
    """Put the row back for a later attempt; not when it was cancelled meanwhile, nor after three days."""
    if changed := leased(mail).filter(is_withdrawn=True).finish(Status.CANCELLED, WITHDRAWN, **fields):
        return changed
    at = times.now()
    if at >= mail.due_at + GIVE_UP_AFTER:
        return leased(mail).finish(Status.FAILED, GAVE_UP, **fields)
    return leased(mail).update(
        status=Status.RETRY,
        reason=reason[:300],
        send_after=at + delay(mail.attempts, is_slow=is_slow),
        **NO_LEASE,
        **fields,
    )


def fail_on_our_side(mail: OutboundEmail, error: Exception) -> None:
    """Our own mistake: a few attempts, in case a new version mends it, then stop and say so."""
    reason = f"{type(error).__name__}: {error}"[:300]
    errors = mail.own_errors + 1
    if errors >= MAX_OWN_ERRORS:
        leased(mail).finish(Status.FAILED, reason, own_errors=errors)
    else:
        try_again(mail, reason, own_errors=errors)


def free_lapsed() -> None:
    lapsed = OutboundEmail.objects.filter(status=Status.LEASED).lapsed()
    tips = Q(kind=OutboundEmail.Kind.MARKETING)
    lapsed.filter(tips).finish(Status.UNCERTAIN, LAPSED)
    lapsed.filter(is_withdrawn=True).finish(Status.CANCELLED, WITHDRAWN, maybe_duplicate=True)
    lapsed.filter(own_errors__gte=MAX_OWN_ERRORS - 1).finish(Status.FAILED, LAPSED, maybe_duplicate=True)
    lapsed.update(
        status=Status.RETRY,
        reason=LAPSED,
        maybe_duplicate=True,
        own_errors=F("own_errors") + 1,
        send_after=times.now(),
        **NO_LEASE,
    )


def cancel_expired() -> None:
    """A late reminder or an old code is worse than none."""
    OutboundEmail.objects.unsent().filter(expires_at__lte=times.now()).finish(Status.CANCELLED, EXPIRED)


def delay(attempts: int, *, is_slow: bool = False) -> timedelta:
    table = SLOW_DELAYS if is_slow else QUICK_DELAYS
    seconds = table[min(attempts, len(table)) - 1]
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - not a secret


def leased(mail: OutboundEmail) -> OutboundEmailQuerySet:
    return OutboundEmail.objects.leased_as(mail)
