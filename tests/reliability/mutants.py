"""The teeth: eight ways in which the portal could be wrong, each of which the checker must find.

A mutant changes a few lines of a function while a run's own processes start; on disk the portal stays as it is. The
lines it takes away must be there exactly once, so that no mutant dies unseen when the code changes.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

MUTANT = "CHAOS_MUTANT"


@dataclass(frozen=True)
class Edit:
    """In the function `where` (module:name), `old` becomes `new`."""

    where: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`found_by` names the rules that are meant to find it; `only` the program it is in, when not in all."""

    name: str
    words: str
    found_by: tuple[str, ...]
    edits: tuple[Edit, ...] = ()
    statements: tuple[str, ...] = ()
    only: str = ""


SNAPSHOT = """
from time import monotonic
kept = hold_slot.__dict__.setdefault("kept", {})
read_at, rows = kept.get(call_type.host_id, (0.0, None))
if rows is None or monotonic() - read_at > 60:
    read_at, rows = monotonic(), list(others.filter(host_id=call_type.host_id).values_list("footprint", flat=True))
    kept[call_type.host_id] = read_at, rows
return any(one.lower < footprint.upper and footprint.lower < one.upper for one in rows)
"""
SENT_AT_ONCE = """
from portal.mail import mime, smtp
for mail in mails:
    if mail.is_rendered and mail.send_after <= times.now():
        smtp.send(mail.from_email, mail.to_email, mime.build(mail), seconds=4)
        OutboundEmail.objects.filter(key=mail.key).update(status="sent", sent_at=times.now())
"""
AHEAD = "__import__('datetime').timedelta(minutes=10)"

MUTANTS = [
    Mutant(
        "no-exclusion-constraint",
        "The exclusion constraint on footprints is dropped.",
        ("no overlap",),
        statements=("ALTER TABLE bookings_booking DROP CONSTRAINT bookings_booking_no_overlap",),
    ),
    Mutant(
        "mail-before-commit",
        "A mail that is written now leaves inside the transaction that causes it.",
        ("a mail has its row",),
        (
            Edit(
                "portal.mail.outbox:enqueue",
                "    OutboundEmail.objects.bulk_create(mails, ignore_conflicts=True)\n",
                "    OutboundEmail.objects.bulk_create(mails, ignore_conflicts=True)\n"
                + textwrap.indent(SENT_AT_ONCE.strip("\n"), "    ")
                + "\n",
            ),
        ),
    ),
    Mutant(
        "unknown-sent-again",
        "What perhaps left is sent again as if it surely had not: unmarked, and tips too.",
        ("copies are marked", "copies are explained"),
        (
            Edit(
                "portal.mail.delivery:mark",
                "try_again(mail, outcome.reason, maybe_duplicate=True)",
                "try_again(mail, outcome.reason)",
            ),
            Edit(
                "portal.mail.delivery:mark",
                "finish(Status.UNCERTAIN, outcome.reason[:300])",
                "update(status=Status.RETRY, **NO_LEASE)",
            ),
            Edit(
                "portal.mail.delivery:free_lapsed",
                "lapsed.filter(tips).finish(Status.UNCERTAIN, LAPSED)",
                "pass",
            ),
            Edit("portal.mail.delivery:free_lapsed", "        maybe_duplicate=True,\n", ""),
        ),
    ),
    Mutant(
        "no-idempotency-key",
        "A form that is sent again is a new one.",
        ("one answer a form",),
        (
            Edit(
                "bookings.calls.lifecycle:_booked_with",
                "IdempotencyKey.objects.filter(key=key).first()",
                "None",
            ),
            Edit("bookings.calls.lifecycle:was_booked_with", ".exists()", ".none().exists()"),
            Edit(
                "bookings.calls.lifecycle:_confirm",
                "IdempotencyKey.objects.create(key=key, request_hash=asked, booking=booking)",
                "pass",
            ),
        ),
    ),
    Mutant(
        "hold-by-own-clock",
        "The web process lets a hold run out by a clock of its own, ten minutes fast.",
        ("a hold is kept",),
        (
            Edit(
                "bookings.models.booking:BookingQuerySet.occupying",
                "expires_at__lte=now",
                f"expires_at__lte=now + {AHEAD}",
            ),
            Edit(
                "bookings.models.booking:BookingQuerySet.lapsed",
                "expires_at__lte=now",
                f"expires_at__lte=now + {AHEAD}",
            ),
        ),
        only="gunicorn",
    ),
    Mutant(
        "reminder-not-looked-at-again",
        "A reminder is neither withdrawn with its call nor looked at again when it is due.",
        ("reminders are true",),
        (
            Edit(
                "bookings.calls.emails.reminders:_still_true",
                "booking = booking_of(mail)",
                'booking = Booking.objects.select_related("call_type__host", "host__user")'
                '.get(public_id=(mail.data or {})["booking"])',
            ),
            Edit(
                "bookings.calls.emails.reminders:_still_true",
                "if booking.status != Booking.Status.CONFIRMED or booking.start_at <= times.now():",
                "if not booking.email:",
            ),
            Edit(
                "portal.mail.outbox:cancel",
                "status__in=[*OutboundEmail.WAITING, status.LEASED])",
                'status__in=[*OutboundEmail.WAITING, status.LEASED]).exclude(message__contains="reminder")',
            ),
        ),
    ),
    Mutant(
        "refusal-without-reading-again",
        "A time is refused by what was taken when somebody last looked, up to a minute ago.",
        ("taken is justified",),
        (
            Edit(
                "bookings.calls.holds:_is_taken",
                "    return others.filter(host_id=call_type.host_id, footprint__overlap=footprint).exists()\n",
                textwrap.indent(SNAPSHOT.strip("\n"), "    ") + "\n",
            ),
        ),
    ),
    Mutant(
        "cancel-without-version",
        "A cancellation keeps the version of what it cancels.",
        ("one uid a call", "sequence never falls"),
        (Edit("bookings.calls.lifecycle:cancel", "        booking.sequence += 1\n", ""),),
    ),
]
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


def apply(name: str) -> None:
    """Make this process one of the mutant's. Call it when the apps are ready."""
    mutant = BY_NAME[name]
    if mutant.only in ("", sys.argv[0]):
        for edit in mutant.edits:
            change(edit)


def statements(name: str) -> tuple[str, ...]:
    """For the run's database, before it begins."""
    return BY_NAME[name].statements if name else ()


def change(edit: Edit) -> None:
    """Whoever imported the function has the changed one too: the code is put into the function that is there."""
    func, source = function_of(edit), changed_source(edit)
    namespace: dict[str, Any] = {}
    code = compile(source, f"<mutant of {edit.where}>", "exec", flags=annotations.compiler_flag)
    exec(code, func.__globals__, namespace)
    func.__code__ = namespace[func.__name__].__code__
    func.__mutated__ = source  # type: ignore[attr-defined]


def function_of(edit: Edit) -> Callable[..., Any]:
    module, _colon, path = edit.where.partition(":")
    found: Any = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found  # type: ignore[no-any-return]


def changed_source(edit: Edit) -> str:
    """Raises ValueError unless the old lines are there once."""
    func = function_of(edit)
    source = getattr(func, "__mutated__", None) or inspect.getsource(func)
    if source.count(edit.old) != 1:
        raise ValueError(f"{edit.where} has {source.count(edit.old)} times, not once: {edit.old!r}")
    return textwrap.dedent(source.replace(edit.old, edit.new))
