"""Reminders per kind of call: chosen minutes become rows, and each row is asked again when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.calls import lifecycle
from bookings.calls.emails import reminders
from bookings.calls.reminders import plan_reminders
from bookings.models import Booking, CallType
from portal.common import times
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Skip
from portal.mail.render import Parts, due_context, render
from tests.bookings.people import THURSDAY_9, confirm, details
from tests.factories.assessments import CompletedScanFactory

pytestmark = pytest.mark.django_db
HOUR, DAY, WEEK = 60, 1440, 10080
NOTHING_MORE = timedelta()


def choose(call_type: CallType, invitee: list[int], coach: list[int] | None = None) -> CallType:
    CallType.objects.filter(pk=call_type.pk).update(
        reminder_minutes=invitee, coach_reminder_minutes=coach or []
    )
    call_type.refresh_from_db()
    return call_type


def planned(audience: str = "invitee", **wanted: object) -> dict[int, datetime]:
    """Minutes and moment of every row that waits."""
    rows = OutboundEmail.objects.filter(message=f"bookings/reminder_{audience}", status="queued", **wanted)
    return {row.data["minutes"]: row.send_after for row in rows}


def row_at(minutes: int, audience: str = "invitee") -> OutboundEmail:
    return OutboundEmail.objects.get(message=f"bookings/reminder_{audience}", data__minutes=minutes)


def written(row: OutboundEmail) -> Parts:
    context = due_context(row)
    assert not isinstance(context, Skip), context
    return render(row.message, row.language, context)


# ---- planning -----------------------------------------------------------------------------------------
def test_as_shipped_the_visitor_hears_a_day_before_and_the_coach_an_hour_before(call_type):
    confirm(call_type)
    assert planned() == {DAY: THURSDAY_9 - timedelta(days=1)}
    assert planned("coach") == {HOUR: THURSDAY_9 - timedelta(hours=1)}


def test_every_chosen_time_is_a_row_with_its_own_key(call_type):
    booking = confirm(choose(call_type, [2 * DAY, DAY, 4 * HOUR, 15], [DAY, HOUR]))
    keys = set(OutboundEmail.objects.filter(message__contains="reminder").values_list("key", flat=True))
    assert keys == {
        f"booking:{booking.public_id}:reminder-{minutes}:0:{audience}"
        for audience, chosen in (("invitee", [2 * DAY, DAY, 240, 15]), ("coach", [DAY, HOUR]))
        for minutes in chosen
    }


def test_none_chosen_means_none(call_type):
    confirm(choose(call_type, []), shared_scan=CompletedScanFactory().public_id)
    assert planned() == planned("coach") == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    chosen=st.lists(st.integers(15, 14 * DAY), max_size=5, unique=True),
    booked=st.integers(0, 13 * DAY),
)
def test_planned_rows_are_the_chosen_minutes_still_ahead(call_type, clock, chosen, booked):
    """Booked anywhere in the two weeks before: what is past is skipped, and nothing else is."""
    start = datetime(2027, 3, 29, 9, tzinfo=UTC)  # the clock goes forward the day before
    clock.move_to(start - timedelta(minutes=14 * DAY - booked))
    with transaction.atomic():
        call_type.minimum_notice_minutes = 0
        call_type.save()
        confirm(choose(call_type, chosen), start)
        booking = Booking.objects.select_related("host").get()
        ahead = {minutes for minutes in chosen if reminders.reminder_at(booking, minutes) > times.now()}
        rows = planned()
        assert set(rows) == ahead
        assert all(times.now() < moment < start for moment in rows.values())
        for row in OutboundEmail.objects.filter(message="bookings/reminder_invitee"):
            assert row.send_after < row.expires_at <= start
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("minutes", "due"),
    [
        (3 * DAY, datetime(2027, 3, 26, 9, tzinfo=UTC)),  # Friday 10:00, still winter time
        (DAY, datetime(2027, 3, 28, 8, tzinfo=UTC)),  # Sunday 10:00, after the change
        (2 * DAY, datetime(2027, 3, 27, 9, tzinfo=UTC)),
        (WEEK, datetime(2027, 3, 22, 9, tzinfo=UTC)),
        (36 * HOUR, datetime(2027, 3, 27, 20, tzinfo=UTC)),  # not whole days: elapsed time
        (23 * HOUR, datetime(2027, 3, 28, 9, tzinfo=UTC)),
    ],
)
def test_whole_days_keep_the_wall_time_and_hours_are_elapsed(call_type, clock, minutes, due):
    clock.move_to(datetime(2027, 3, 15, 9, tzinfo=UTC))
    confirm(choose(call_type, [minutes]), datetime(2027, 3, 29, 8, tzinfo=UTC))  # Monday 10:00 in Amsterdam
    assert planned() == {minutes: due}
    if minutes % DAY == 0:
        assert times.clock(due, "Europe/Amsterdam") == "10:00"


@pytest.mark.parametrize(
    ("minutes", "audience", "left"),
    [
        (WEEK, "invitee", timedelta(days=1)),
        (2 * DAY, "invitee", timedelta(days=1)),
        (DAY, "invitee", timedelta(hours=1)),
        (4 * HOUR, "invitee", timedelta(hours=1)),
        (HOUR, "invitee", NOTHING_MORE),
        (15, "invitee", NOTHING_MORE),
        (DAY, "coach", NOTHING_MORE),
        (HOUR, "coach", NOTHING_MORE),
    ],
)
def test_a_reminder_that_cannot_leave_in_time_stays_away(call_type, clock, minutes, audience, left):
    clock.shift(timedelta(days=-14))
    call_type.horizon_days = 60
    call_type.save()
    confirm(choose(call_type, [minutes], [minutes]))
    assert row_at(minutes, audience).expires_at == THURSDAY_9 - left


def test_a_move_plans_anew_and_a_cancel_ends_all(call_type):
    booking = confirm(choose(call_type, [DAY, HOUR], [HOUR]))
    friday = THURSDAY_9 + timedelta(days=1)
    booking = lifecycle.move(booking, friday, by=Booking.By.INVITEE)
    assert planned(sequence=0) == {}
    assert planned() == {DAY: THURSDAY_9, HOUR: friday - timedelta(hours=1)}
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert planned() == planned("coach") == {}


# ---- asked again when due -----------------------------------------------------------------------------
def test_a_reminder_that_was_switched_off_stays_away_and_says_why(call_type, clock):
    confirm(choose(call_type, [DAY, HOUR]))
    choose(call_type, [HOUR])
    clock.move_to(row_at(DAY).send_after)
    answer = reminders.fill_reminder_to_invitee(row_at(DAY))
    assert answer == Skip("This reminder was switched off for this kind of call.")
    clock.move_to(row_at(HOUR).send_after)
    assert not isinstance(reminders.fill_reminder_to_invitee(row_at(HOUR)), Skip)


def test_rows_from_before_the_choice_existed_still_leave(call_type, clock):
    confirm(call_type)
    OutboundEmail.objects.filter(message__contains="reminder").update(
        data={"booking": Booking.objects.get().public_id}
    )
    for audience in ("invitee", "coach"):
        row = OutboundEmail.objects.get(message=f"bookings/reminder_{audience}")
        clock.move_to(row.send_after)
        assert not isinstance(due_context(row), Skip)


# ---- when the coach chooses others --------------------------------------------------------------------
def test_newly_chosen_times_count_for_calls_that_are_booked(call_type, clock):
    confirm(call_type)
    cancelled = confirm(call_type, THURSDAY_9 + timedelta(hours=2), who="noor")
    lifecycle.cancel(cancelled, by=Booking.By.HOST)
    choose(call_type, [WEEK, 2 * DAY, HOUR], [HOUR, 15])  # a week before has passed
    for _twice in range(2):
        plan_reminders(call_type)
    assert planned() == {
        2 * DAY: THURSDAY_9 - timedelta(days=2),
        DAY: THURSDAY_9 - timedelta(days=1),  # finds out when it is due
        HOUR: THURSDAY_9 - timedelta(hours=1),
    }
    assert set(planned("coach")) == {HOUR, 15}
    assert not OutboundEmail.objects.filter(
        about=cancelled.about, status="queued", data__isnull=False
    ).exists()


def test_a_choice_made_while_somebody_books_is_not_missed(call_type):
    """The call type at hand was read before the lock; the reminders are those of the moment of booking."""
    stale = CallType.objects.select_related("host").get()
    choose(call_type, [HOUR], [15])
    lifecycle.confirm(
        stale, THURSDAY_9, visitor="", details=details(), user=None, key="form-without-a-hold-00000000"
    )
    assert (set(planned()), set(planned("coach"))) == ({HOUR}, {15})


@pytest.mark.parametrize("is_shared", [True, False])
def test_only_whoever_shared_a_result_is_reminded_of_it(call_type, clock, is_shared):
    confirm(call_type, shared_scan=CompletedScanFactory().public_id if is_shared else "")
    row = row_at(DAY)
    clock.move_to(row.send_after)
    parts = written(row)
    for text in (parts.text, parts.html):
        assert "Je hoeft niets voor te bereiden." in text
        assert ("lees je je uitslag nog eens" in text) is is_shared


# ---- the coach's brief ----------------------------------------------------------------------------------
def test_a_shared_result_reaches_the_coach_again_a_day_before(call_type, clock):
    scan = CompletedScanFactory()
    confirm(call_type, shared_scan=scan.public_id)
    assert set(planned("coach")) == {DAY, HOUR}
    row = row_at(DAY, "coach")
    clock.move_to(row.send_after)
    parts = written(row)
    assert parts.subject == "Morgen, do 26 nov 2026, 09:00: impactcall met Sanne Vermeer"
    assert "Wat Sanne met je deelt" in parts.text
    scan.delete()
    assert due_context(row) == Skip("The result is not shared any more.")


def test_a_coach_who_chose_a_day_before_gets_it_without_a_result_too(call_type, clock):
    confirm(choose(call_type, [], [DAY]))
    row = row_at(DAY, "coach")
    clock.move_to(row.send_after)
    assert "Morgen spreek je Sanne Vermeer" in written(row).text


# ---- words ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "dutch", "english"),
    [
        (timedelta(days=14), "Over 2 weken", "In 2 weeks"),
        (timedelta(days=7), "Over een week", "In a week"),
        (timedelta(days=3), "Over 3 dagen", "In 3 days"),
        (timedelta(days=1), "Morgen", "Tomorrow"),
        (timedelta(hours=8), "Vandaag", "Today"),
        (timedelta(hours=4), "Over 4 uur", "In 4 hours"),
        (timedelta(hours=4, minutes=-3), "Over 4 uur", "In 4 hours"),  # a mail is a little late sometimes
        (timedelta(hours=1), "Over een uur", "In an hour"),
        (timedelta(minutes=90), "Over 90 minuten", "In 90 minutes"),
        (timedelta(minutes=59, seconds=20), "Over een uur", "In an hour"),
        (timedelta(minutes=40), "Over 40 minuten", "In 40 minutes"),
        (timedelta(minutes=14, seconds=50), "Over 15 minuten", "In 15 minutes"),
        (timedelta(seconds=30), "Over 1 minuut", "In 1 minute"),
    ],
)
def test_words_fit_the_distance(call_type, before, dutch, english):
    start = datetime(2026, 11, 26, 17, tzinfo=UTC)
    for language, words in (("nl", dutch), ("en", english)):
        with translation.override(language):
            assert reminders.time_ahead(start - before, start, "Europe/Amsterdam") == words


def test_an_hour_before_a_call_after_midnight_is_an_hour_and_not_tomorrow():
    start = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # 00:30 in Amsterdam
    assert reminders.time_ahead(start - timedelta(hours=1), start, "Europe/Amsterdam") == "Over een uur"
    assert reminders.time_ahead(start - timedelta(hours=10), start, "Europe/Amsterdam") == "Morgen"
    assert reminders.time_ahead(start - timedelta(hours=10), start, "America/New_York") == "Vandaag"


@pytest.mark.parametrize(
    ("language", "subject", "headline", "button"),
    [
        ("nl", "Over een uur: do 26 nov 2026, 09:00", "Over een uur spreek je Jet", "Naar het videogesprek"),
        ("en", "In an hour: Thu 26 Nov 2026, 09:00", "In an hour you speak with Jet", "Go to the video call"),
    ],
)
def test_the_last_reminder_holds_the_link_in_one_click(call_type, clock, language, subject, headline, button):
    CallType.objects.update(location_kind="jitsi")
    booking = confirm(choose(call_type, [HOUR]), language=language)
    row = row_at(HOUR)
    clock.move_to(row.send_after)
    parts = written(row)
    assert parts.subject.startswith(subject)
    assert headline in parts.text
    assert f'href="{booking.join_url}"' in parts.html
    assert booking.join_url in parts.text
    assert button in parts.html
    assert len(parts.html.encode()) < 30_000


# ---- what the database refuses --------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["reminder_minutes", "coach_reminder_minutes"])
@pytest.mark.parametrize("value", [[14], [14 * DAY + 1], [15, 16, 17, 18, 19, 20], [None], [60, 10]])
def test_times_that_make_no_sense_are_refused_by_the_database(call_type, name, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        CallType.objects.update(**{name: value})
    setattr(call_type, name, value)
    with pytest.raises(ValidationError):
        call_type.full_clean()
