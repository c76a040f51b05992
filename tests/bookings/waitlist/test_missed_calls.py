"""After a call nobody came to: ten minutes later two times are held for a day, and one kind mail leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.calls import erasure, lifecycle, taking
from bookings.models import Booking, CallType, Offer
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.people import THURSDAY_9, confirm, mails, no_show, told_of_missed
from tests.factories.assessments import UserFactory
from tests.factories.bookings import BookingFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db
MISSED = "bookings/offer_no_show"
DAY = timedelta(days=1)


@pytest.fixture
def missed(call_type: CallType, clock) -> Booking:
    """Sanne's call of Thursday, five minutes after its end."""
    booking = confirm(call_type, topics=("letting-go",))
    clock.move_to(booking.end_at + timedelta(minutes=5))
    return booking


def test_two_times_on_two_days_are_held_for_a_day_and_told_in_one_mail(missed, clock):
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    assert offer.expires_at == times.now() + DAY
    # a day to answer and a day of notice: Saturday, so Monday and Tuesday
    assert offer.starts == [
        datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
    ]
    rows = Booking.objects.filter(status="held").order_by("period")
    assert [row.start_at for row in rows] == offer.starts
    mail = OutboundEmail.objects.get(message=MISSED)
    assert (mail.to_email, mail.kind, mail.expires_at) == ("sanne@voorbeeld.nl", "service", offer.expires_at)
    assert mail.subject == "We hebben je gemist. Zullen we een nieuw moment kiezen met Jet van Dalen?"
    assert "maandag 30 november 2026, 09:00 tot 09:30" in mail.text
    assert "dinsdag 1 december 2026, 09:00 tot 09:30" in mail.text
    assert mail.text.count(f"/impactcall/aanbod/{offer.public_id}/") == 2
    assert "/impactcall/\n" in mail.text


def test_held_times_can_still_be_taken_at_the_last_moment(missed, clock):
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    clock.move_to(offer.expires_at - timedelta(seconds=1))
    call = taking.take_offer(offer, offer.starts[1], name="Sanne Vermeer", language="nl")
    assert (call.start_at, call.topics, call.shared_scan) == (offer.starts[1], ["letting-go"], "")
    assert not Booking.objects.filter(status="held").exists()


def test_the_time_that_was_not_chosen_goes_to_whoever_waits(missed, call_type, clock):
    told_of_missed(missed, clock)
    WaitlistEntryFactory(kind=call_type.slug)
    offer = Offer.objects.get()
    taking.take_offer(offer, offer.starts[1], name="Sanne Vermeer", language="nl")
    passed_on = Offer.objects.get(reason="freed")
    assert (passed_on.name, passed_on.starts) == ("Noor Aydin", [offer.starts[0]])


def test_marked_twice_is_told_once(missed, clock):
    told_of_missed(missed, clock)
    OutboundEmail.objects.filter(message=MISSED).update(status="sent", sent_at=times.now())
    no_show(missed)
    lifecycle.close(missed, Booking.Status.COMPLETED)
    no_show(missed)
    assert OutboundEmail.objects.filter(message=MISSED).count() == 1
    assert Offer.objects.count() == 1


def test_call_that_took_place_after_all_takes_the_offer_back(missed, clock):
    told_of_missed(missed, clock)
    lifecycle.close(missed, Booking.Status.COMPLETED)
    assert Offer.objects.get().status == "withdrawn"
    assert not Booking.objects.filter(status="held").exists()
    assert mails(message=MISSED) == []


def test_second_time_may_be_on_the_same_day_when_there_is_no_other(missed, call_type, clock):
    call_type.host.rules.exclude(weekday=1).delete()
    CallType.objects.update(horizon_days=7)
    told_of_missed(missed, clock)
    starts = [times.local(start, "Europe/Amsterdam").isoformat()[:16] for start in Offer.objects.get().starts]
    assert starts == ["2026-11-30T09:00", "2026-11-30T10:00"]  # 09:30 falls to the buffers of the first


def test_one_free_time_is_one_time_in_the_mail(missed, call_type, clock):
    call_type.host.rules.exclude(weekday=1).delete()
    CallType.objects.update(horizon_days=7, max_per_day=1)
    told_of_missed(missed, clock)
    assert len(Offer.objects.get().starts) == 1
    assert "Deze tijd is van jou tot" in OutboundEmail.objects.get(message=MISSED).text


@pytest.mark.parametrize("why", ["closed", "switched off"])
def test_without_a_free_time_the_mail_leads_to_all_times(missed, call_type, why, clock):
    if why == "closed":
        call_type.host.rules.all().delete()
    else:
        CallType.objects.update(is_active=False)
    told_of_missed(missed, clock)
    text = OutboundEmail.objects.get(message=MISSED).text
    assert Offer.objects.count() == 0
    assert "Bekijk de vrije tijden" in text
    assert "van jou tot" not in text
    lifecycle.close(missed, Booking.Status.COMPLETED)
    assert mails(message=MISSED) == []


def test_whoever_has_another_call_already_is_left_alone(missed, call_type):
    BookingFactory(call_type=call_type, start=THURSDAY_9 + 5 * DAY, email=missed.email)
    no_show(missed)
    assert (Offer.objects.count(), mails(message=MISSED)) == (0, [])


def test_whoever_was_erased_is_left_alone(missed):
    erasure.erase(UserFactory(email=missed.email))
    no_show(missed)
    assert (Offer.objects.count(), mails(message=MISSED)) == (0, [])


def test_call_of_long_ago_is_bookkeeping(missed, clock):
    clock.shift(8 * DAY)
    no_show(missed)
    assert (Offer.objects.count(), mails(message=MISSED)) == (0, [])


def test_mail_without_reproach_or_sales_in_the_language_of_the_person(call_type, clock):
    booking = confirm(call_type, language="en", time_zone="America/New_York")
    clock.move_to(booking.end_at)
    told_of_missed(booking, clock)
    mail = OutboundEmail.objects.get(message=MISSED)
    assert mail.subject == "We missed you. Shall we find a new time with Jet van Dalen?"
    assert "Monday 30 November 2026, 03:00 to 03:30" in mail.text
    assert "Monday 30 November 2026, 09:00 to 09:30, Dutch time" in mail.text
    assert "/en/impact-call/offer/" in mail.text
    assert (mail.reply_to, mail.headers) == ("jet@voorbeeld.nl", {})
    assert date(2026, 11, 26) == times.now().date()
