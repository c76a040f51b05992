"""Rules about the end: healed, everything due has left, the calendar says the same, and who was erased is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.reliability.checker.findings import Finding
from tests.reliability.checker.reading import Run, moment, span

DRAINED = 60.0  # seconds
WAITING = ("queued", "retry")
SEARCHED = ("dump", "logs")  # Redis, and mail after an erasure, may be empty


def due_mail_has_left(run: Run) -> Iterator[Finding]:
    """After healing all due mail is gone within a minute, and no worker holds a row beyond its lease."""
    run.looked["due mail has left"] += 1
    seconds = run.state.get("seconds_to_drain")
    if seconds is None or seconds > DRAINED:
        took = "was never done" if seconds is None else f"took {seconds:.0f} s"
        yield Finding("due mail has left", f"draining {took}; {DRAINED:.0f} s are promised")
    now = moment(run.state["business_at"])
    for row in run.state["outbox"]:
        if row["status"] in WAITING and moment(row.get("send_after") or row["due_at"]) < now - timedelta(
            seconds=DRAINED
        ):
            yield Finding(
                "due mail has left",
                f"{row['public_id']} ({row['message']}) was due at {row['due_at']} and waits",
            )
        if row["status"] == "leased":
            yield Finding(
                "due mail has left", f"{row['public_id']} ({row['message']}) is still with a worker"
            )


def the_calendar_agrees(run: Run) -> Iterator[Finding]:
    """The coach's calendar has every call to come, at its time, once, and nothing that was cancelled."""
    if run.events is None:
        return
    calls = {
        row["ics_uid"]: row for row in run.state["bookings"] if row["status"] not in ("held", "cancelled")
    }
    now = moment(run.state["business_at"])
    seen = set()
    for event in run.events:
        run.looked["the calendar agrees"] += 1
        uid = event["uid"]
        row = calls.get(uid)
        if row is None:
            yield Finding(
                "the calendar agrees", f"the calendar has {uid} at {event['start']}, which is no call"
            )
        elif uid in seen:
            yield Finding("the calendar agrees", f"the calendar has {row['public_id']} twice")
        elif (moment(event["start"]), moment(event["end"])) != span(row["period"]):
            yield Finding(
                "the calendar agrees",
                f"the calendar has {row['public_id']} at {event['start']}, not {row['period']}",
            )
        seen.add(uid)
    for uid, row in calls.items():
        if row["status"] == "confirmed" and span(row["period"])[1] > now and uid not in seen:
            yield Finding(
                "the calendar agrees", f"{row['public_id']} at {row['period']} is not in the calendar"
            )


def erased_is_nowhere(run: Run) -> Iterator[Finding]:
    """Nothing of a person who erased everything is in the dump, Redis, the mails that left since, or the logs."""
    erased = {op.process for op in run.asked("erase") if op.outcome == "ok"}
    searched = {one["process"]: one for one in run.searched}
    for process in sorted(erased - set(searched)):
        yield Finding("erased is nowhere", f"nobody looked for what is left of {process}")
    for process in sorted(set(searched) & erased):
        one = searched[process]
        run.looked["erased is nowhere"] += 1
        looked = one.get("looked", {})
        if not one["words"] or not all(looked.get(place) for place in SEARCHED):
            yield Finding("erased is nowhere", f"it was not looked everywhere for {process}")
        for hit in one["hits"]:
            yield Finding(
                "erased is nowhere", f"{process} is erased, and {hit['word']} is still in {hit['where']}"
            )


RULES = [due_mail_has_left, the_calendar_agrees, erased_is_nowhere]
