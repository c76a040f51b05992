"""Rules about answers: what was acknowledged stands, what was refused is not there, and nothing typed is lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from tests.reliability.checker.calendar import COMMIT
from tests.reliability.checker.clock import Clock
from tests.reliability.checker.findings import Finding, about
from tests.reliability.checker.reading import BLOCK, Op, Run, Version, span

BOOKS = ("confirm", "book", "take-offer")
NO_FORM = ("already", "code", "gone", "csrf", "many")  # pages that show no form; it is kept for the next
CHANGES = (*BOOKS, "move", "cancel", "outcome", "erase", "block", "hours")


def it_was_a_run(run: Run) -> Iterator[Finding]:
    """The portal was there: somebody booked, and at most half of what people asked for has no answer. Else a run in
    which nothing went wrong shows nothing."""
    asked = [op for op in run.ops if op.process.startswith(("person", "coach"))]
    unknown = sum(op.outcome == "info" for op in asked)
    run.looked["it was a run"] += len(asked)
    if unknown * 2 > len(asked):
        yield Finding("it was a run", f"{unknown} of {len(asked)} questions have no answer")
    if not any(op.outcome == "ok" for op in run.asked(*BOOKS)):
        yield Finding("it was a run", "nobody booked anything")


def acknowledged_stands(run: Run) -> Iterator[Finding]:
    """Whatever was answered with ok was in the database by then, as it was asked for."""
    for op in run.ops:
        if op.outcome != "ok" or op.f not in CHANGES:
            continue
        run.looked["acknowledged stands"] += 1
        if not was_done(op, run):
            yield Finding(
                "acknowledged stands", f"{about(op)} and was told it was done, and it was not", op.lines
            )


def was_done(op: Op, run: Run) -> bool:
    if op.f == "block":
        return op.start is None or any(
            span(one.row["period"])[0] == op.start and one.at <= op.until + COMMIT
            for versions in run.rows(BLOCK)
            for one in versions
        )
    if op.f in ("erase", "hours"):
        return True  # the search for what is left of an erased person says whether it was done
    versions = [
        one for one in run.bookings.get(op.booking, []) if one.at <= op.until + COMMIT and not one.is_gone
    ]
    return any(is_as_asked(op, one) for one in versions)


def is_as_asked(op: Op, one: Version) -> bool:
    is_there = op.start is None or span(one.row["period"])[0] == op.start
    if op.f in BOOKS:
        return one.row["status"] == "confirmed" and is_there
    if op.f == "move":
        return is_there
    return bool(
        one.row["status"] == ("cancelled" if op.f == "cancel" else op.asked.get("outcome", "cancelled"))
    )


def stays_as_it_is(run: Run) -> Iterator[Finding]:
    """A call that was confirmed changes only when somebody asks for it, and is never deleted."""
    for public_id, versions in run.bookings.items():
        for before, after in pairwise(versions):
            if before.row["status"] == "held":
                continue
            run.looked["stays as it is"] += 1
            is_changed = after.is_gone or facts(before) != facts(after)
            if is_changed and (
                after.is_gone or not any(asks_for(op, before, after) for op in run.asked(*CHANGES))
            ):
                what = "was deleted" if after.is_gone else f"changed from {facts(before)} to {facts(after)}"
                yield Finding("stays as it is", f"{public_id} {what} at {after.at:%H:%M:%S.%f} UTC, unasked")
        last = versions[-1]
        kept = {row["public_id"]: row for row in run.state["bookings"]}.get(public_id)
        if last.is_gone and kept is not None:
            yield Finding("stays as it is", f"{public_id} is there again, after it was deleted")
        if not last.is_gone and (kept is None or summary(kept) != summary(last.row)):
            found = "gone" if kept is None else summary(kept)
            yield Finding("stays as it is", f"{public_id} was {summary(last.row)} and is {found} at the end")


def facts(one: Version) -> str:
    return f"{one.row['status']} {span(one.row['period'])[0]:%Y-%m-%d %H:%M}"


def summary(row: dict[str, object]) -> str:
    lower, upper = span(str(row["period"]))
    return f"{row['status']} {lower:%Y-%m-%d %H:%M}-{upper:%H:%M} version {row['sequence']}"


def asks_for(op: Op, before: Version, after: Version) -> bool:
    is_about = op.booking == before.row["public_id"] or op.asked.get("email") == before.row["email"] != ""
    is_coach = op.process == "coach" and op.f in ("hours", "block")
    is_then = op.at <= after.at <= op.done_until + COMMIT
    return op.outcome != "fail" and (is_about or is_coach) and is_then


def nothing_unasked(run: Run) -> Iterator[Finding]:
    """Every call came from a question that was answered with ok, or whose outcome nobody knows."""
    for public_id, versions in run.bookings.items():
        made = next((one for one in versions if one.row["status"] != "held" and not one.is_gone), None)
        if made is None or made.at < run.began_at:
            continue
        run.looked["nothing unasked"] += 1
        asked = [op for op in run.asked(*BOOKS, "fill", "code") if made_by(op, made)]
        if not any(op.outcome != "fail" for op in asked):
            refused = next((op for op in asked), None)
            says = f"{public_id} was booked at {made.at:%H:%M:%S.%f} UTC, " + (
                f"though {about(refused)} and was refused" if refused else "and nobody asked for it"
            )
            yield Finding("nothing unasked", says, refused.lines if refused else ())


def made_by(op: Op, made: Version) -> bool:
    if not op.at <= made.at <= op.done_until + COMMIT:
        return False
    if op.answer.get("booking"):
        return op.booking == made.row["public_id"]
    if made.row.get("offer_id") and op.f != "take-offer":  # of the same person, but no form of theirs made it
        return False
    email = email_of(op)
    return email in ("", made.row["email"]) and op.start in (None, span(made.row["period"])[0])


def email_of(op: Op) -> str:
    return str(op.asked.get("email") or (op.asked.get("typed") or {}).get("email") or "")


def one_answer_a_form(run: Run) -> Iterator[Finding]:
    """A form that is sent again, because its answer was lost, leads to the same call: one, whatever is answered."""
    forms: dict[str, list[Op]] = defaultdict(list)
    for op in run.asked(*BOOKS):
        if op.asked.get("key"):
            forms[op.asked["key"]].append(op)
    for ops in forms.values():
        run.looked["one answer a form"] += len(ops) > 1
        others = {
            op.booking
            for op in run.asked(*BOOKS)
            if op.outcome == "ok" and op.asked.get("key", ops[0].asked["key"]) != ops[0].asked["key"]
        }
        booked = {op.booking for op in ops if op.outcome == "ok"} | made_of(ops, run) - others
        if len(booked) > 1:
            lines = tuple(line for op in ops for line in op.lines)
            yield Finding(
                "one answer a form", f"{about(ops[0])} with one form, which made {sorted(booked)}", lines
            )
        since = first_made(booked, run)
        for op in ops if since else []:
            is_refused = op.outcome == "fail" and op.why in ("taken", "already", "used", "code", "gone")
            if is_refused and op.until > since and is_same(op, ops[0]) and stands(booked, run, op):
                says = f"{about(op)} once more with a form that was booked, and was told: {op.why}"
                yield Finding("one answer a form", says, op.lines)


def stands(booked: set[str], run: Run, op: Op) -> bool:
    """Whether what the form made stood from that question to its answer: nobody cancelled it meanwhile."""
    versions = [one for public_id in booked for one in run.bookings.get(public_id, []) if one.at <= op.until]
    return bool(versions) and not any(one.row["status"] == "cancelled" or one.is_gone for one in versions)


def is_same(op: Op, first: Op) -> bool:
    return bool(op.start == first.start and op.asked.get("typed") == first.asked.get("typed"))


def made_of(ops: list[Op], run: Run) -> set[str]:
    """Calls that came of a form whose answer was lost: of the same address and start, while it was under way."""
    found = set()
    for public_id, versions in run.bookings.items():
        made = next((one for one in versions if one.row["status"] != "held" and not one.is_gone), None)
        if made and any(op.outcome == "info" and email_of(op) and made_by(op, made) for op in ops):
            found.add(public_id)
    return found


def first_made(booked: set[str], run: Run) -> datetime | None:
    made = [
        one.at
        for public_id in booked
        for one in run.bookings.get(public_id, [])
        if one.row["status"] != "held" and not one.is_gone
    ]
    return min(made, default=None)


def typed_is_kept(run: Run) -> Iterator[Finding]:
    """What was typed stands in every answer that refuses or fails and shows the form again."""
    clock = Clock(run)
    for op in run.ops:
        typed, kept = op.asked.get("typed"), op.answer.get("kept")
        if op.outcome == "ok" or not typed or kept is None or not has_form(op):
            continue
        early, late = clock.between(op.at, op.until)
        if late - early > op.until - op.at:  # hours went by within this request, and a sitting ended
            continue
        run.looked["typed is kept"] += 1
        lost = sorted(name for name, value in typed.items() if value and kept.get(name) != value)
        if lost:
            yield Finding("typed is kept", f"{about(op)}; the answer had lost {', '.join(lost)}", op.lines)


def has_form(op: Op) -> bool:
    return op.answer.get("status", 1) not in (0, None) and op.why not in NO_FORM


def counts_are_conserved(run: Run) -> Iterator[Finding]:
    """Asked is accepted, refused and unknown together; and as many calls are there as were accepted, give or take those
    of which nobody knows."""
    accepted = {op.booking for op in run.asked(*BOOKS) if op.outcome == "ok"}
    unknown = sum(op.outcome == "info" for op in run.asked(*BOOKS, "fill", "code"))
    before = {
        versions[0].row["public_id"]
        for versions in run.bookings.values()
        if versions[0].at < run.began_at and versions[0].row["status"] != "held"
    }
    there = {row["public_id"] for row in run.state["bookings"] if row["status"] != "held"} - before
    run.looked["counts are conserved"] += len(there)
    if not len(accepted) <= len(there) <= len(accepted) + unknown:
        says = f"{len(accepted)} calls were accepted and {unknown} are unknown, and {len(there)} are there"
        yield Finding("counts are conserved", says)
    states = run.state.get("counts")
    found: dict[str, int] = defaultdict(int)
    for row in run.state["bookings"]:
        found[row["status"]] += 1
    if states is not None and {name: count for name, count in states.items() if count} != dict(found):
        yield Finding("counts are conserved", f"the portal counts {states}, and its rows say {dict(found)}")


RULES = [
    it_was_a_run,
    acknowledged_stands,
    stays_as_it_is,
    nothing_unasked,
    one_answer_a_form,
    typed_is_kept,
    counts_are_conserved,
]
