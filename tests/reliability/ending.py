"""How a run ends: everything up, all that is due gone, and then all of it written down for the checker."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import redis

from tests.chaos.unpacked import opened
from tests.reliability import history
from tests.reliability.faults import hits
from tests.reliability.plan import Jump, Person

if TYPE_CHECKING:
    from tests.reliability.machine import Machine
    from tests.reliability.run import Run

DRAIN_SECONDS = 60
RETRIES = 70 * 60  # seconds that the clock jumps, so that what is to be tried again is due
MAILS_WAIT = (
    "SELECT count(*) FROM mail_outboundemail"
    " WHERE (status IN ('queued', 'retry') AND send_after <= %(now)s) OR status = 'leased'"
)
COPIES_WAIT = "SELECT count(*) FROM bookings_calendarcopy WHERE status = 'waiting' AND next_try_at <= %(now)s"
COPIES_LATER = "SELECT count(*) FROM bookings_calendarcopy WHERE status = 'waiting'"
OUTBOX = (
    "id, public_id, key, status, message, kind, to_email AS to, attempts, own_errors, maybe_duplicate, about, sequence,"
    " due_at, send_after, expires_at, sent_at, created_at, is_withdrawn, is_forgotten, lease_until, reason"
)
STATE = {
    "bookings": "SELECT * FROM bookings_booking ORDER BY id",
    "outbox": f"SELECT {OUTBOX} FROM mail_outboundemail ORDER BY id",
    "hosts": "SELECT * FROM bookings_host",
    "call_types": "SELECT * FROM bookings_calltype",
    "keys": "SELECT k.key, b.public_id AS booking, k.created_at FROM bookings_idempotencykey k"
    " JOIN bookings_booking b ON b.id = k.booking_id ORDER BY k.id",
    "offers": "SELECT * FROM bookings_offer ORDER BY id",
    "waitlist": "SELECT * FROM bookings_waitlistentry ORDER BY id",
    "copies": "SELECT * FROM bookings_calendarcopy ORDER BY id",
    "funnel": "SELECT * FROM funnel_tally ORDER BY id",
    "leases": "SELECT id, public_id, lease_until FROM mail_outboundemail"
    " WHERE status = 'leased' AND lease_until < now()",
}
FAREWELL = {"bookings/cancelled", "bookings/coach_cancelled", "bookings/coach_erased", "accounts/delete_code"}
EVENT = re.compile(r"^(UID|DTSTART|DTEND|STATUS|SUMMARY|SEQUENCE)[^:\r\n]*:(.*?)\r?$", re.MULTILINE)


def drain(run: Run) -> float | None:
    """Seconds until no mail that is due waits; None when that never came. Calendars get what they missed too: each time
    that they were hurt is waited for by the clock, so that goes on."""
    run.clock.jump(Jump(0, RETRIES))
    drained = until_gone(run, MAILS_WAIT)
    for _again in range(4):
        until_gone(run, COPIES_WAIT)
        if until_gone(run, COPIES_LATER, seconds=0) is not None:
            break
        run.clock.jump(Jump(0, RETRIES))
    return drained


def until_gone(run: Run, query: str, seconds: float = DRAIN_SECONDS + 10) -> float | None:
    """Seconds until the query counts none, and none a moment later either; None when that never came."""
    began, calm = time.monotonic(), 0
    while True:
        run.machine.keep_up()
        with suppress(run.database_gone), run.machine.ask() as asking:
            row = asking.execute(query, {"now": run.machine.now()}).fetchone()
            calm = calm + 1 if row and row[0] == 0 else 0
        if calm == 2:
            return round(time.monotonic() - began, 2)
        if time.monotonic() - began > seconds and not calm:
            return None
        time.sleep(0.3)


def write_down(run: Run, drained: float | None, healed_at: str) -> None:
    machine, folder = run.machine, run.folder
    with machine.ask() as asking:
        state: dict[str, Any] = {
            name: [row for (row,) in asking.execute(f"SELECT to_jsonb(t) FROM ({query}) t").fetchall()]
            for name, query in STATE.items()
        }
        versions = [
            dict(zip(("at", "business_at", "op", "table", "row"), line, strict=True))
            for line in asking.execute(
                "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"'),"
                " to_char(business_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"'),"
                ' op, "table", "row" FROM chaos.versions ORDER BY id'
            ).fetchall()
        ]
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    counts = Counter(booking["status"] for booking in state["bookings"])
    history.write_json(
        folder / history.STATE,
        {
            "at": at,
            "business_at": machine.now().isoformat(),
            "healed_at": healed_at,
            "seconds_to_drain": drained,
            "counts": dict(counts),
            **state,
        },
    )
    history.write_lines(folder / history.VERSIONS, versions)
    history.write_lines(folder / history.MAILS, list(mails_of(machine, state["outbox"])))
    history.write_json(
        folder / history.CALENDAR, [event_of(text) for text in machine.calendars.files().values()]
    )
    history.write_json(folder / history.POINTS, points_of(run, state["outbox"]))
    rows = {str(row["public_id"]): row for row in state["outbox"]}
    history.write_json(folder / history.SEARCHED, [searched(run, *one, rows) for one in erased(run)])


def erased(run: Run) -> Iterator[tuple[Person, str]]:
    """Everybody who asked for it and whose account is gone, and when the last answer to that came."""
    asked = {
        event["process"]: event["at"]
        for event in history.read_lines(run.folder / history.HISTORY)
        if event["f"] == "erase"
        and event["type"] != history.INVOKE
        and event["value"].get("why") != "no-code"
    }
    with run.machine.ask() as asking:
        for person in run.plan.people:
            there = asking.execute("SELECT 1 FROM accounts_user WHERE email = %s", [person.email]).fetchone()
            if there is None and f"person-{person.number}" in asked:
                yield person, asked[f"person-{person.number}"]


def mails_of(machine: Machine, outbox: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    rows = {str(row["public_id"]): row for row in outbox}
    for mail in machine.sink.received:
        message, row = mail.message, rows.get(mail.outbox_id, {})
        calendar = next((part for part in message.walk() if part.get_content_type() == "text/calendar"), None)
        event = event_of(calendar.get_content()) if calendar else {}
        yield {
            "at": mail.at,  # type: ignore[attr-defined]
            "outbox_id": mail.outbox_id,
            "message_id": str(message["Message-ID"]),
            "to": mail.recipient,
            "subject": str(message["Subject"]),
            "message": row.get("message", ""),
            "kind": row.get("kind", ""),
            "uid": event.get("uid", ""),
            "sequence": event.get("sequence"),
            "method": calendar.get_param("method") if calendar else "",
            "start": event.get("start", ""),
            "verdict": mail.verdict,  # type: ignore[attr-defined]
            "acknowledged": mail.verdict == "accept",  # type: ignore[attr-defined]
            "killed": mail.verdict == "kill",  # type: ignore[attr-defined]
        }


def event_of(text: str) -> dict[str, Any]:
    event = text.partition("BEGIN:VEVENT")[2].replace("\r\n ", "").replace("\n ", "")
    found: dict[str, Any] = {}
    for name, value in EVENT.findall(event):
        found.setdefault({"DTSTART": "start", "DTEND": "end"}.get(name, name.lower()), value)
    if found.get("sequence", "").isdigit():
        found["sequence"] = int(found["sequence"])
    return found


def points_of(run: Run, outbox: list[dict[str, Any]]) -> dict[str, Any]:
    """How often each point was hit while it served which operation; and each hit with its moment."""
    kinds = {str(row["public_id"]): row["message"] for row in outbox}
    file = run.machine.state / "hits.jsonl"
    found = [*hits(file.read_text() if file.exists() else ""), *run.hits]
    for hit in found:
        hit["operation"] = kinds.get(hit["operation"], hit["operation"])
    counted = Counter((hit["point"], hit["operation"]) for hit in found)
    counts = [
        {"point": point, "operation": f, "times": times} for (point, f), times in sorted(counted.items())
    ]
    return {"counts": counts, "hits": found}


# ---- what is left of somebody who erased everything --------------------------------------------------------
def searched(run: Run, person: Person, erased_at: str, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    words = [
        person.email.partition("@")[0].lower(),
        person.name.partition(" ")[2].lower(),
        person.remark.lower(),
    ]
    places = {
        "dump": database(run.machine),
        "redis": redis_keys(run.machine),
        "logs": logs(run.machine),
        "sink": sink(run.machine, erased_at, rows),
    }
    looked, found = Counter[str](), set()
    for name, texts in places.items():
        for place, text in texts:
            looked[name] += 1
            found |= {(place, word) for word in words if word in text.lower()}
    return {
        "process": f"person-{person.number}",
        "email": person.email,
        "erased_at": erased_at,
        "words": words,
        "looked": {name: looked[name] for name in places},
        "hits": [{"where": place, "word": word} for place, word in sorted(found)],
    }


def database(machine: Machine) -> Iterator[tuple[str, str]]:
    """Each row of each table of the portal as text; what this run itself keeps is not the portal's."""
    with machine.ask() as asking:
        tables = asking.execute(
            "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            for (row,) in asking.execute(f'SELECT t::text FROM "{table}" t').fetchall():
                packed = opened(row) if table.endswith("session") else iter([row])
                yield from ((table, text) for text in packed)


def redis_keys(machine: Machine) -> Iterator[tuple[str, str]]:
    with redis.Redis.from_url(machine.redis.url) as client:
        for key in client.scan_iter():
            read: dict[str, Callable[[bytes], Any]] = {
                "string": lambda key: [client.get(key)],
                "list": lambda key: client.lrange(key, 0, -1),
                "set": client.smembers,
                "hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
                "zset": lambda key: client.zrange(key, 0, -1),
                "none": lambda _key: [],  # taken from its queue meanwhile
            }
            for value in [key, *read[client.type(key).decode()](key)]:
                yield from (("redis", text) for text in opened((value or b"").decode("latin-1")))


def logs(machine: Machine) -> Iterator[tuple[str, str]]:
    for path in sorted((machine.state / "log").glob("*")):
        yield path.name, path.read_text(errors="replace")


def sink(machine: Machine, erased_at: str, rows: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What arrived after the erasure. What the erasure itself writes is excepted: a call is taken back."""
    for mail in machine.sink.received:
        message = rows.get(mail.outbox_id, {}).get("message", "forgotten")
        if mail.at > erased_at and message not in FAREWELL | {"forgotten"}:  # type: ignore[attr-defined]
            yield f"mail {message}", f"{mail.message['Subject']} {mail.message}"
