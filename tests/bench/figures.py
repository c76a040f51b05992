"""`make bench`: what costs how much in docs/benchmarks.md; `ratios.py` has what is compared.

Not part of the suite: it asserts counts and sizes, never times.
"""

from __future__ import annotations

import os
import statistics
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page, sync_playwright
from psycopg.types.range import Range

from bookings.availability import calendar
from bookings.availability.query import build_query
from bookings.domain.slots import slots
from bookings.models import BlockedTime, Booking, CallType
from portal.common import times
from tests.bench import slots_pure
from tests.bench.report import best, table
from tests.chaos.harness import Chaos
from tests.chaos.visitor import Visitor
from tests.factories.bookings import CallTypeFactory, first_coach

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
pytestmark = pytest.mark.django_db(transaction=True)
DAYS, BOOKINGS, BUSY = 60, 200, 300
BATCH = 1000
PUBLIC = {
    "landing": "/", "ten keys": "/sleutels/", "one key": "/sleutels/lef-belonen/",
    "free times": "/impactcall/", "sign in": "/inloggen/", "privacy": "/privacy/",
    "accessibility": "/toegankelijkheid/",
}  # fmt: skip


# ---- slots --------------------------------------------------------------------------------------------
def test_slots_pure() -> None:
    rows: list[list[object]] = []
    for scale, found in slots_pure.run().items():
        timed = [found[name]["best_ms"] for name in ("slots", "is_bookable", "nearest")]  # type: ignore[index]
        rows.append([scale, found["bookings"], found["busy"], found["free_slots"], *timed])
    columns = ["scale", "bookings", "busy blocks", "free starts", "slots", "is_bookable", "nearest"]
    table(f"Slots of {DAYS} days, the pure engine (best, ms)", columns, rows, "Aim at 1x: at most 2 ms.")


def fill(call_type: CallType, scale: int) -> None:
    """200 calls ahead and 300 blocks; more scale adds years of past calls and more blocks in sight."""
    monday = times.now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    ahead = [
        monday + timedelta(days=day, hours=hour)
        for day in range(DAYS)
        for hour in (0, 2, 4, 6)
        if day % 7 < 5
    ][:BOOKINGS]
    past = [monday - timedelta(days=2, hours=2 * number) for number in range(BOOKINGS * (scale - 1))]
    calls = (
        Booking(
            call_type=call_type,
            host=call_type.host,
            name="Demo",
            email=f"demo{number}@example.org",
            status=Booking.Status.CONFIRMED,
            confirmed_at=times.now(),
            **calendar.period_and_footprint(call_type, start),
        )
        for number, start in enumerate(ahead + past)
    )
    Booking.objects.bulk_create(calls, batch_size=BATCH)
    blocks = (
        BlockedTime(
            host=call_type.host,
            period=Range(
                monday + timedelta(minutes=(number * 287) % (DAYS * 1440)),
                monday + timedelta(minutes=(number * 287) % (DAYS * 1440) + 15),
            ),
        )
        for number in range(BUSY * scale)
    )
    BlockedTime.objects.bulk_create(blocks, batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("scale", [1, 10, 100])
def test_slots_from_the_database(scale: int) -> None:
    call_type = CallTypeFactory(horizon_days=DAYS, max_per_day=None)
    fill(call_type, scale)
    now = times.now()
    until = now + timedelta(days=DAYS + 2)

    def listed() -> int:
        return len(slots(build_query(call_type, first=now, until=until, now=now)))

    with CaptureQueriesContext(connection) as queries:
        found = listed()
    row = [f"{scale}x", Booking.objects.count(), BUSY * scale, found, len(queries), round(best(listed, 7), 1)]
    columns = ["scale", "bookings in the table", "busy blocks in sight", "free starts", "queries", "ms"]
    note = "Aim at 1x: at most 10 ms and 4 queries."
    table(f"Slots of {DAYS} days from the database, in process, {scale}x (best, ms)", columns, [row], note)
    assert len(queries) <= 4


# ---- pages --------------------------------------------------------------------------------------------
def test_queries_of_the_public_pages() -> None:
    call_command("load_instrument", verbosity=0)
    first_coach()
    rows: list[list[object]] = []
    for amount in ("little data", "200 calls, 300 blocks"):
        if amount != "little data":
            fill(CallType.objects.get(), 1)
        for name, path in PUBLIC.items():
            with CaptureQueriesContext(connection) as queries:
                assert Client().get(path).status_code == 200
            rows.append([name, amount, len(queries)])
            assert len(queries) <= 6, (name, [query["sql"][:90] for query in queries])
    table(
        "Queries of the public pages", ["page", "data", "queries"], rows, "Aim: at most 6, whatever the data."
    )


def weigh(page: Page, address: str) -> dict[str, float]:
    """Bytes over the wire of a first view, by kind, and the number of requests."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda e: kinds.__setitem__(e["requestId"], e["type"]))
    session.on("Network.loadingFinished", lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]))
    page.goto(address, wait_until="networkidle")
    found = {"all": sum(sizes.values()) / 1000, "requests": len(sizes)}
    for kind in ("Document", "Stylesheet", "Script", "Font"):
        found[kind] = sum(size for key, size in sizes.items() if kinds.get(key) == kind) / 1000
    return found


def test_weight_of_a_first_view(parts: Chaos) -> None:
    _web, site = parts.start_web(workers=2)
    rows: list[list[object]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox", "--disable-gpu"]
        )
        for name, path in PUBLIC.items():
            context = browser.new_context()
            found = weigh(context.new_page(), site + path)
            context.close()
            kinds = [round(found[kind], 1) for kind in ("all", "Document", "Stylesheet", "Script", "Font")]
            rows.append([name, *kinds, int(found["requests"])])
            assert found["all"] <= 150, name
            assert found["requests"] <= 8, name
            assert found["Script"] <= 10, name
        browser.close()
    columns = ["page", "all kB", "HTML", "CSS", "JS", "fonts", "requests"]
    table(
        "First view of each public page, over the wire", columns, rows, "Aim: at most 150 kB and 8 requests."
    )


# ---- the faults ---------------------------------------------------------------------------------------
def test_confirming_while_redis_is_away(parts: Chaos) -> None:
    CallType.objects.update(needs_code=False, max_per_day=None)
    _web, site = parts.start_web(workers=2, TRUSTED_PROXY_COUNT="1")
    rows: list[list[object]] = []
    first = 0
    for name, hurt, heal in (
        ("running", lambda: None, lambda: None),
        ("hung", parts.hang_redis, parts.wake_redis),
        ("stopped", parts.redis_server.stop, lambda: None),
    ):
        visitors = [Visitor(site, first + number) for number in range(10)]
        first += 10
        for visitor in visitors:
            visitor.hold(visitor.starts()[-1])
        hurt()
        answers = [visitor.confirm()[0] for visitor in visitors]
        heal()
        waits = sorted(visitor.seconds * 1000 for visitor in visitors)
        rows.append([name, answers.count(200), round(statistics.median(waits)), round(waits[-1])])
        assert answers == [200] * 10
    columns = ["Redis", "confirmed of 10", "median ms", "worst ms"]
    table("Confirming a call over HTTP, one after the other", columns, rows, "Aim: below 1,500 ms at worst.")
