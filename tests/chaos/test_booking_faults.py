"""Calls booked over HTTP while a part is broken: what was acknowledged stands, and has exactly its mails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bookings.models import Booking, CallType
from portal.mail.models import OutboundEmail
from tests.chaos.booking import LOST, held, open_calendar
from tests.chaos.harness import SHORT_LEASE, Chaos, wait_until
from tests.chaos.visitor import PATIENCE, PROMISE, Visitor
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import first_coach

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
COACH = "jet@voorbeeld.nl"
WARM = 4  # bookings after which no worker is new: the promise is about a fault, not about a start


@pytest.fixture
def site(chaos: Chaos) -> str:
    """A running web server whose call type asks for no code, so that one POST confirms."""
    InstrumentFactory()
    first_coach()
    CallType.objects.update(needs_code=False, max_per_day=None)
    _process, site = chaos.start_web(TRUSTED_PROXY_COUNT="1")
    return site


def book(
    site: str,
    count: int,
    first: int = 0,
    patience: float = PATIENCE,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[str]:
    """Let `count` visitors each book a start of their own, days ahead; who saw "Bevestigd". `meanwhile` happens
    while their forms are open."""
    visitors = [Visitor(site, first + number) for number in range(count)]
    for visitor in visitors:
        assert visitor.hold(visitor.starts()[-1]) == 200, "the time was held"
    meanwhile()
    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(lambda visitor: visitor.confirm(patience), visitors))
    assert [status for status, _url in answers] == [200] * count
    assert all("/bevestigd/" in url for _status, url in answers), answers
    return [visitor.email for visitor in visitors]


def immediate() -> dict[str, int]:
    """How many confirmations and coach mails were committed, by state."""
    rows = OutboundEmail.objects.filter(message__in=["bookings/confirmation", "bookings/coach_booked"])
    return Counter(rows.values_list("status", flat=True))


def assert_exactly_the_mails(chaos: Chaos, emails: list[str]) -> None:
    expected = 2 * len(emails)
    assert wait_until(lambda: immediate().get("sent", 0) == expected, 40), immediate()
    time.sleep(1)  # a copy too many would come now
    got = Counter(mail.recipient for mail in chaos.sink.received)
    assert got == Counter(dict.fromkeys(emails, 1) | {COACH: len(emails)})
    assert set(chaos.sink.copies().values()) == {1}
    assert Booking.objects.filter(status=Booking.Status.CONFIRMED).count() == len(emails)


def test_booking_with_everything_running_mails_both_at_once(chaos: Chaos, site: str) -> None:
    chaos.start_worker()
    assert_exactly_the_mails(chaos, book(site, 3))


def test_booking_stands_while_redis_is_stopped_and_the_mails_follow(chaos: Chaos, site: str) -> None:
    """R11 and R13: sessions, limits and open forms are none of its business."""
    worker = chaos.start_worker()
    emails = book(site, WARM)
    emails += book(site, 6, WARM, PROMISE, meanwhile=chaos.redis_server.stop)
    chaos.redis_server.start()
    chaos.keep_up(worker)
    chaos.start_beat()
    assert_exactly_the_mails(chaos, emails)


def test_booking_stands_while_redis_hangs_and_the_mails_follow(chaos: Chaos, site: str) -> None:
    chaos.start_worker()
    emails = book(site, WARM)
    chaos.hang_redis()
    emails += book(site, 6, WARM, PROMISE)
    chaos.wake_redis()
    chaos.start_beat()
    assert_exactly_the_mails(chaos, emails)


def test_a_process_killed_after_the_commit_and_before_the_wake_up_loses_nothing(chaos: Chaos) -> None:
    """R06: nobody heard that the call was made, and no worker was told; the same form settles it."""
    open_calendar()
    doomed, site = chaos.start_web(KILL_POINT="after_commit_before_wake", TRUSTED_PROXY_COUNT="1")
    [first] = held(site, 1)
    with pytest.raises(LOST):
        first.visitor.confirm(PATIENCE)
    doomed.says("SIGKILL").kill()
    assert immediate() == {"queued": 2}
    before = Booking.objects.get()
    chaos.start_worker(beats=True)
    assert_exactly_the_mails(chaos, [first.visitor.email])
    _web, first.visitor.site = chaos.start_web(TRUSTED_PROXY_COUNT="1")
    assert first.settle()
    assert Booking.objects.get() == before
    assert_exactly_the_mails(chaos, [first.visitor.email])


def test_worker_killed_between_claim_and_send_loses_no_mail_of_a_booking(chaos: Chaos, site: str) -> None:
    chaos.lease_seconds = SHORT_LEASE
    doomed = chaos.start_worker(KILL_POINT="after_claim")
    emails = book(site, 2)
    assert wait_until(lambda: immediate().get("leased", 0) > 0, 40)
    doomed.kill()
    chaos.start_worker(beats=True)
    assert_exactly_the_mails(chaos, emails)


def test_refused_invitee_leaves_booking_and_coach_mail_standing(chaos: Chaos, site: str) -> None:
    chaos.sink.rule(lambda to, _before: "550 5.1.1 No such mailbox" if to != COACH else None)
    chaos.start_worker()
    book(site, 1)
    assert wait_until(lambda: immediate() == {"sent": 1, "failed": 1}, 40), immediate()
    failed = OutboundEmail.objects.get(status="failed")
    assert failed.message == "bookings/confirmation"
    assert failed.reason
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


def test_mail_server_that_says_later_twice_gets_each_mail_once(chaos: Chaos, site: str) -> None:
    chaos.sink.rule(lambda _to, before: "451 4.3.0 Later" if before < 2 else None)
    chaos.start_worker(beats=True)
    emails = book(site, 1)
    for attempt in (1, 2):
        refused = OutboundEmail.objects.filter(status="retry", attempts=attempt)
        assert wait_until(lambda waiting=refused: waiting.count() == 2, 40), immediate()
        chaos.move_clock(attempt * timedelta(minutes=10).total_seconds())  # longer than the retry table says
    assert_exactly_the_mails(chaos, emails)
