"""Rules about mail: each belongs to a row, arrives once or is marked, and never says what is no longer true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from tests.reliability.checker.calendar import COMMIT
from tests.reliability.checker.clock import Clock
from tests.reliability.checker.findings import Finding
from tests.reliability.checker.reading import MAIL, Mail, Run, span

SENDING = timedelta(seconds=30)  # between the last look at what is true and the server having it, at most
SLACK = timedelta(seconds=1)
INTERRUPTS = ("kill", "stop", "hang", "cut-connection")  # after which nobody knows whether a mail left
REMINDERS = ("bookings/reminder_invitee", "bookings/reminder_coach")


def by_row(run: Run) -> dict[str, list[Mail]]:
    found: dict[str, list[Mail]] = defaultdict(list)
    for mail in sorted(run.mails, key=lambda mail: mail.at):
        found[mail.outbox_id].append(mail)
    return found


def committed_at(run: Run) -> dict[str, datetime]:
    """When each mail became a row that others can see."""
    return {versions[0].row["public_id"]: versions[0].at for versions in run.rows(MAIL)}


def a_mail_has_its_row(run: Run) -> Iterator[Finding]:
    """No mail without a committed row, none before it, and none to somebody else."""
    rows, committed = run.outbox, committed_at(run)
    for mail in run.mails:
        run.looked["a mail has its row"] += 1
        row = rows.get(mail.outbox_id)
        if row is None:
            yield Finding(
                "a mail has its row", f"mail {mail.line} to {mail.to} ({mail.subject}) belongs to no row"
            )
        elif mail.at < committed.get(mail.outbox_id, mail.at):
            ahead = committed[mail.outbox_id] - mail.at
            yield Finding(
                "a mail has its row",
                f"mail {mail.line} left {ahead.total_seconds():.3f} s before its row was there",
            )
        elif (row.get("to_email") or row.get("to") or mail.to).lower() != mail.to.lower():
            yield Finding("a mail has its row", f"mail {mail.line} of {mail.outbox_id} went to somebody else")


def copies_are_explained(run: Run) -> Iterator[Finding]:
    """At most one copy more for each time that a process died, or was cut off, while that mail was sent. Tips: none."""
    histories = {versions[0].row["public_id"]: versions for versions in run.rows(MAIL)}
    for name, mails in by_row(run).items():
        run.looked["copies are explained"] += 1
        if run.outbox.get(name, {}).get("kind") == "marketing" and len(mails) > 1:
            yield Finding(
                "copies are explained",
                f"tips {name} arrived {len(mails)} times; of those none may come twice",
            )
            continue
        sent = [one.at for one in histories.get(name, []) if one.row["status"] == "sent"]
        for first, second in pairwise(mails):
            if any(first.at < at < second.at for at in sent) or not is_interrupted(run, first, second):
                says = f"mail {second.line} is a copy of mail {first.line}, and nothing was hurt while that was sent"
                yield Finding("copies are explained", says)


def is_interrupted(run: Run, first: Mail, second: Mail) -> bool:
    """Whether nobody could know that the first had arrived: it had no answer, or something died before it was noted."""
    since, until = first.at - SLACK, min(first.at + SENDING, second.at)
    faults = (op for op in run.ops if op.process == "nemesis" and op.f in INTERRUPTS)
    return (
        not first.is_acknowledged
        or any(op.at <= until and op.until >= since for op in faults)
        or any(since <= hit.at <= until and hit.outbox_id in ("", first.outbox_id) for hit in run.hits)
    )


def copies_are_marked(run: Run) -> Iterator[Finding]:
    """Of what arrived twice the row says so, and it is one message: one Message-ID."""
    for name, mails in by_row(run).items():
        if len(mails) < 2 or name not in run.outbox:
            continue
        run.looked["copies are marked"] += 1
        if not run.outbox[name].get("maybe_duplicate"):
            yield Finding(
                "copies are marked", f"{name} arrived {len(mails)} times, and its row does not say so"
            )
        if len({mail.message_id for mail in mails}) > 1:
            yield Finding("copies are marked", f"{name} arrived under more than one Message-ID")


def sequence_never_falls(run: Run) -> Iterator[Finding]:
    """In each mailbox the SEQUENCE of a UID never falls, and nothing but a cancellation follows a cancellation, which
    is newer than all before it."""
    boxes: dict[tuple[str, str], list[Mail]] = defaultdict(list)
    for mail in sorted(run.mails, key=lambda mail: mail.at):
        if mail.uid and mail.sequence is not None:
            boxes[mail.to, mail.uid].append(mail)
    for mails in boxes.values():
        run.looked["sequence never falls"] += 1
        for first, second in pairwise(mails):
            assert first.sequence is not None
            assert second.sequence is not None
            where = f"mail {second.line} to {second.to} after mail {first.line}"
            if second.sequence < first.sequence:
                yield Finding("sequence never falls", f"{where}: {first.sequence}, then {second.sequence}")
            elif first.method == "CANCEL" != second.method:
                yield Finding("sequence never falls", f"{where}: an invitation after its cancellation")
            elif second.method == "CANCEL" != first.method and second.sequence == first.sequence:
                yield Finding(
                    "sequence never falls", f"{where}: a cancellation that is no newer than the invitation"
                )


def one_uid_a_call(run: Run) -> Iterator[Finding]:
    """A call has one UID for life, no other call has it, and its version rises with every change."""
    uids: dict[str, str] = {}
    for public_id, versions in run.bookings.items():
        run.looked["one uid a call"] += 1
        for one in versions:
            uid = one.row["ics_uid"]
            if uids.setdefault(uid, public_id) != public_id or uid != versions[0].row["ics_uid"]:
                yield Finding(
                    "one uid a call", f"{public_id} has the UID {uid}, which is another's or not its first"
                )
        for before, after in pairwise(versions):
            if before.row["status"] != "confirmed" or after.is_gone:
                continue
            is_moved = span(before.row["period"]) != span(after.row["period"])
            is_new = is_moved or after.row["status"] == "cancelled"
            if after.row["sequence"] < before.row["sequence"] + is_new:
                says = f"{public_id} changed to {after.row['status']} and stayed at version {after.row['sequence']}"
                yield Finding("one uid a call", says)
    for mail in run.mails:
        row = run.outbox.get(mail.outbox_id, {})
        if mail.uid and mail.uid in uids and str(row.get("about", "")).startswith("booking:"):
            if row["about"] != f"booking:{uids[mail.uid]}":
                yield Finding(
                    "one uid a call", f"mail {mail.line} is about {row['about']} and has another's UID"
                )
            if (
                row.get("sequence") is not None
                and mail.sequence is not None
                and mail.sequence < row["sequence"]
            ):
                yield Finding(
                    "one uid a call",
                    f"mail {mail.line} has SEQUENCE {mail.sequence}, its row {row['sequence']}",
                )


def reminders_are_true(run: Run) -> Iterator[Finding]:
    """No reminder of a call that was cancelled, moved or begun when the worker took the row."""
    clock = Clock(run)
    for mail in run.mails:
        row = run.outbox.get(mail.outbox_id, {})
        if row.get("message") not in REMINDERS:
            continue
        run.looked["reminders are true"] += 1
        taken_at = looked_at(run, mail)
        versions = run.bookings.get(str(row.get("about", "")).removeprefix("booking:"), [])
        seen = [one for one in versions if one.at <= taken_at]
        if not seen:
            continue
        call = seen[-1].row
        if call["status"] != "confirmed":
            yield Finding(
                "reminders are true", f"mail {mail.line} reminds {mail.to} of a call that is {call['status']}"
            )
        elif row.get("sequence") is not None and call["sequence"] > row["sequence"]:
            yield Finding(
                "reminders are true", f"mail {mail.line} reminds {mail.to} of a call that was moved"
            )
        elif span(call["period"])[0] < clock.between(taken_at, taken_at)[0]:
            yield Finding(
                "reminders are true", f"mail {mail.line} reminds {mail.to} of a call that has begun"
            )


def looked_at(run: Run, mail: Mail) -> datetime:
    """What committed by then, whoever sent this mail had to see: when its row was claimed, as far as that is known."""
    for versions in run.rows(MAIL):
        if versions[0].row["public_id"] == mail.outbox_id:
            claims = [one.at for one in versions if one.row["status"] == "leased" and one.at <= mail.at]
            return max(claims, default=mail.at - SENDING) - COMMIT
    return mail.at - SENDING


def everybody_is_told(run: Run) -> Iterator[Finding]:
    """Whoever heard that it is booked has a confirmation, and the coach has one; and what says it was sent arrived."""
    arrived = by_row(run)
    for row in run.outbox.values():
        run.looked["everybody is told"] += 1
        if row["status"] == "sent" and row["public_id"] not in arrived:
            yield Finding(
                "everybody is told",
                f"{row['public_id']} ({row['message']}) is called sent, and never arrived",
            )
    about: dict[str, set[str]] = defaultdict(set)
    for row in run.outbox.values():
        about[str(row.get("about"))].add(row["message"])
    for op in run.asked("confirm", "book", "take-offer"):
        if op.outcome != "ok" or not op.booking:
            continue
        wanted = {"bookings/confirmation", "bookings/coach_booked"}
        if missing := wanted - about[f"booking:{op.booking}"]:
            yield Finding(
                "everybody is told",
                f"{op.booking} was booked and there is no {' and no '.join(sorted(missing))}",
                op.lines,
            )


RULES = [
    a_mail_has_its_row,
    copies_are_explained,
    copies_are_marked,
    sequence_never_falls,
    one_uid_a_call,
    reminders_are_true,
    everybody_is_told,
]
