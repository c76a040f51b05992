"""How the rest of the portal sends mail: a row in the caller's own transaction.

A mail exists if and only if the fact that caused it does. Delivery is somebody else's work (`delivery`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_noop

from portal.common import times
from portal.common.waking import wake
from portal.mail.models import OutboundEmail, erased_codes
from portal.mail.render import Foreseen, Later, Skip, register_renderer, render

__all__ = [
    "Foreseen",
    "Later",
    "OutboundEmail",
    "Skip",
    "cancel",
    "enqueue",
    "planned",
    "register_renderer",
    "send_again",
    "send_now",
    "stop",
    "unsay",
    "wake",
    "written",
]


def enqueue(*mails: OutboundEmail) -> None:
    """Add the mails that one event causes, in its transaction; they leave as soon as it commits.

    `key` is an idempotency key: a mail whose key is in the outbox already is not added again. Raises
    RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            "A mail is written in the transaction that causes it: call this inside transaction.atomic()."
        )
    OutboundEmail.objects.bulk_create(mails, ignore_conflicts=True)
    if any(mail.send_after <= times.now() for mail in mails):  # what is due later is found by the sweep
        _wake_once()


def written(
    *,
    key: str,
    kind: str,
    message: str,
    to: str,
    language: str,
    context: Mapping[str, object],
    names_people: bool,
    to_name: str = "",
    reply_to: str = "",
    about: str = "",
    sequence: int | None = None,
    calendar: bytes = b"",
    calendar_method: str = "",
    erase_body: bool = False,
    expires_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> OutboundEmail:
    """A mail for `enqueue` whose words are frozen now: they say what was true.

    `about` and `sequence` name the matter and its version for `cancel`. With `erase_body` the words are
    erased once sent. `names_people` says that it names somebody it is neither to nor from (`to`, `reply_to`),
    as a digest does: then its words do not survive their erasure. Past `expires_at` the mail is cancelled.
    """
    parts = render(message, language, context, to_name=to_name, about=about)
    at = times.now()
    return addressed(
        key=key,
        kind=kind,
        message=message,
        language=language,
        to_email=to,
        to_name=to_name,
        reply_to=reply_to,
        about=about,
        sequence=sequence,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        calendar=calendar.decode(),
        calendar_method=calendar_method,
        headers=dict(headers or {}),
        erase_body=erase_body,
        names_people=names_people,
        expires_at=expires_at,
        send_after=at,
        rendered_at=at,
    )


def planned(
    *,
    key: str,
    kind: str,
    message: str,
    to: str,
    language: str,
    send_after: datetime,
    data: Mapping[str, Any],
    names_people: bool,
    about: str,
    sequence: int | None = None,
    to_name: str = "",
    reply_to: str = "",
    calendar_method: str = "",
    expires_at: datetime | None = None,
) -> OutboundEmail:
    """A mail for `enqueue` that is checked and written when it is due, by the renderer registered for
    `message`, from `data`: ids, never words about a person. `names_people` is as with `written`. Past
    `expires_at` it is cancelled, never late. With a `calendar_method` the renderer gives the file too, under
    `render.CALENDAR`.
    """
    return addressed(
        key=key,
        kind=kind,
        message=message,
        language=language,
        to_email=to,
        to_name=to_name,
        reply_to=reply_to,
        about=about,
        sequence=sequence,
        calendar_method=calendar_method,
        data=dict(data),
        names_people=names_people,
        expires_at=expires_at,
        send_after=send_after,
    )


def addressed(*, send_after: datetime, **fields: Any) -> OutboundEmail:
    defaults = {"from_email": settings.DEFAULT_FROM_EMAIL, "due_at": send_after}
    return OutboundEmail(send_after=send_after, **(defaults | fields))


def cancel(
    *, about: str, before_sequence: int | None = None, keys: Iterable[str] | None = None, reason: str = ""
) -> int:
    """Cancel what has not left yet about a matter, or about its versions before `before_sequence`, or of it
    these `keys` alone.

    Call it before enqueuing the mails of the new version, in the same transaction. A mail that is with a
    worker at this moment may still leave, but is not tried again.
    """
    status = OutboundEmail.Status
    mails = OutboundEmail.objects.filter(about=about, status__in=[*OutboundEmail.WAITING, status.LEASED])
    if before_sequence is not None:
        mails = mails.filter(sequence__lt=before_sequence)
    if keys is not None:
        mails = mails.filter(key__in=list(keys))
    # One statement, so that a row which a worker claims meanwhile is seen in its newest state.
    return mails.update(
        is_withdrawn=True,
        reason=reason,
        status=Case(When(status=status.LEASED, then=Value(status.LEASED)), default=Value(status.CANCELLED)),
        **erased_codes(),
    )


def unsay(*, about: str, messages: Iterable[str], reason: str) -> int:
    """Erase the words of these kinds of mail about a matter, in the transaction that changes what may be
    said. Returns how many had not left and are cancelled."""
    return OutboundEmail.objects.filter(about=about, message__in=list(messages)).unsay(reason)


def send_again(mail: OutboundEmail) -> bool:
    """Queue the identical mail once more, because a person asked for it. False when that makes no sense."""
    status = OutboundEmail.Status
    again = [*OutboundEmail.UNDELIVERED, status.UNCERTAIN]
    if mail.kind == OutboundEmail.Kind.SERVICE:
        again.append(status.SENT)
    at = times.now()
    mails = OutboundEmail.objects.filter(pk=mail.pk, status__in=again, is_withdrawn=False, erase_body=False)
    changed = (
        mails.exclude(expires_at__lte=at)
        .exclude(Q(data__isnull=True) | Q(rendered_at__isnull=False), text="")  # erased: it would be empty
        .update(
            status=status.QUEUED,
            reason="",
            attempts=0,
            own_errors=0,
            due_at=at,
            send_after=at,
            maybe_duplicate=Case(
                When(status__in=OutboundEmail.UNDELIVERED, then="maybe_duplicate"), default=Value(True)
            ),
        )
    )
    _wake_once()
    return bool(changed)


STOPPED = gettext_noop("It was stopped by hand.")
BY_HAND = "by_hand"  # in the data of a mail: somebody wants it to leave now, whatever its own hour


def stop(mail: OutboundEmail, *, by: str) -> bool:
    """Somebody of the practice does not want it sent: its row keeps its key, so that nothing plans it again. False
    when it has left already. One that is with a worker may still leave, but is not tried again."""
    status = OutboundEmail.Status
    mails = OutboundEmail.objects.filter(
        pk=mail.pk, status__in=[*OutboundEmail.WAITING, status.LEASED], erase_body=False
    )
    changed = mails.update(
        is_withdrawn=True,
        reason=STOPPED,
        stopped_by=by[:254],
        stopped_at=times.now(),
        status=Case(When(status=status.LEASED, then=Value(status.LEASED)), default=Value(status.CANCELLED)),
    )
    return bool(changed)


@transaction.atomic
def send_now(mail: OutboundEmail) -> bool:
    """Let what waits leave now, past every check of whoever sends it. However often it is asked for, it is the same
    row, and leaves once. False when it does not wait, or holds a code."""
    at = times.now()
    waiting = OutboundEmail.objects.filter(pk=mail.pk, status__in=OutboundEmail.WAITING, erase_body=False)
    row = waiting.exclude(expires_at__lte=at).select_for_update(of=("self",), no_key=True).first()
    if row is None:
        return False
    row.send_after, row.due_at = min(row.send_after, at), min(row.due_at, at)
    if row.data is not None:
        row.data = {**row.data, BY_HAND: True}
    row.save(update_fields=["send_after", "due_at", "data"])
    _wake_once()
    return True


def _wake_once() -> None:
    """One wake-up after the commit, however many mails were written: each costs a connection to Redis.

    One that was asked for inside another savepoint does not count: it goes when that savepoint is rolled
    back.
    """
    connection = transaction.get_connection()
    ours = set(connection.savepoint_ids)
    if not any(func is wake and set(sids) <= ours for sids, func, _robust in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
