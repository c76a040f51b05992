"""A no-show may be a mistake: ten minutes nothing leaves, and also after that it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.calls import erasure, lifecycle, taking
from bookings.errors import OfferOverError, SlotTakenError, TooLateError
from bookings.models import Booking, CallType, Offer
from bookings.waitlist.instead import UNDO
from portal.common import times
from portal.leads.models import Lead
from portal.mail import outbox, preview
from portal.mail.models import OutboundEmail
from tests.bookings.people import THURSDAY_9, confirm, no_show, told_of_missed, written_by_worker
from tests.factories.assessments import UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]
MISSED = "bookings/offer_no_show"


@pytest.fixture
def missed(call_type: CallType, clock) -> Booking:
    booking = confirm(call_type)
    clock.move_to(booking.end_at + timedelta(minutes=5))
    return booking


def mail() -> OutboundEmail:
    return OutboundEmail.objects.filter(message=MISSED).latest("pk")


def lines() -> list[str]:
    return list(Lead.objects.get().events.order_by("pk").values_list("kind", flat=True))


def held() -> int:
    return Booking.objects.filter(status="held").count()


# ---- the ten minutes ------------------------------------------------------------------------------------
def test_for_ten_minutes_nothing_leaves_and_nothing_is_held(missed, clock):
    no_show(missed)
    assert (mail().send_after, mail().text, mail().status) == (times.now() + UNDO, "", "queued")
    assert (held(), Offer.objects.count()) == (0, 0)
    clock.shift(UNDO - timedelta(seconds=1))
    assert not OutboundEmail.objects.due(times.now()).filter(message=MISSED).exists()
    clock.shift(timedelta(seconds=1))
    assert written_by_worker("offer_no_show").subject.startswith("We hebben je gemist")
    assert held() == 2


def test_without_the_yes_nothing_is_mailed_or_held(missed):
    lifecycle.close(missed, Booking.Status.NO_SHOW)
    assert (OutboundEmail.objects.filter(message=MISSED).count(), held()) == (0, 0)


def test_a_yes_may_come_after_the_no(missed):
    lifecycle.close(missed, Booking.Status.NO_SHOW)
    no_show(missed)
    assert mail().status == "queued"
    assert lines().count("call.no_show") == 1


def test_taken_back_in_time_nothing_ever_leaves(missed, clock):
    no_show(missed)
    back = lifecycle.take_back_no_show(missed)
    assert (back.status, mail().status, held()) == ("confirmed", "cancelled", 0)
    assert mail().reason == "It was taken back: they did not miss this call."
    assert Lead.objects.get().stage == "planned"
    assert lines() == ["call.booked", "call.no_show", "call.no_show_undone"]


def test_missed_after_all_is_asked_and_told_anew(missed, clock):
    no_show(missed)
    lifecycle.take_back_no_show(missed)
    told_of_missed(missed, clock)
    assert [row.status for row in OutboundEmail.objects.filter(message=MISSED).order_by("pk")] == [
        "cancelled",
        "retry",
    ]
    assert held() == 2


def test_a_worker_that_was_killed_between_holding_and_sending_makes_no_second_offer(missed, clock):
    told_of_missed(missed, clock)
    starts = Offer.objects.get().starts
    OutboundEmail.objects.filter(message=MISSED).update(text="", html="", subject="", rendered_at=None)
    again = written_by_worker("offer_no_show")
    assert (Offer.objects.get().starts, held()) == (starts, 2)
    assert again.text.count("/impactcall/aanbod/") == 2


def test_a_mail_that_was_written_without_times_holds_none_at_a_later_attempt(missed, clock):
    hours = missed.host.rules.all()
    kept = list(hours)
    hours.delete()
    told_of_missed(missed, clock)
    for rule in kept:
        rule.save()
    assert "Bekijk de vrije tijden" in written_by_worker("offer_no_show").text
    assert held() == 0


@pytest.mark.parametrize("why", ["booked", "erased", "completed"])
def test_what_is_no_longer_true_when_it_is_due_stays_away(missed, call_type, clock, why):
    no_show(missed)
    if why == "booked":
        BookingFactory(call_type=call_type, start=THURSDAY_9 + timedelta(days=5), email=missed.email)
    elif why == "erased":
        erasure.erase(UserFactory(email=missed.email))
    else:
        lifecycle.close(missed, Booking.Status.COMPLETED)
    clock.shift(UNDO)
    if OutboundEmail.objects.due(times.now()).filter(message=MISSED).exists():
        assert written_by_worker("offer_no_show").status == "cancelled"
    assert (held(), Offer.objects.count()) == (0, 0)
    assert not OutboundEmail.objects.filter(message=MISSED).exclude(status="cancelled").exists()


def test_the_coach_reads_it_beforehand_and_nothing_is_held_for_that(missed):
    no_show(missed)
    seen = preview.of(mail())
    assert "maandag 30 november 2026, 09:00 tot 09:30" in seen.text
    assert seen.can_leave
    assert (held(), Offer.objects.count()) == (0, 0)


def test_sent_by_hand_it_holds_the_times_at_once(missed):
    no_show(missed)
    assert outbox.send_now(mail())
    written_by_worker("offer_no_show")
    assert held() == 2


def test_stopped_by_hand_nothing_is_held_when_it_would_be_due(missed, clock):
    no_show(missed)
    outbox.stop(mail(), by="jet@voorbeeld.nl")
    clock.shift(UNDO)
    assert not OutboundEmail.objects.due(times.now()).filter(message=MISSED).exists()
    assert held() == 0


# ---- after it went --------------------------------------------------------------------------------------
def test_an_offer_that_went_is_withdrawn_and_the_link_says_so(missed, clock):
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    lifecycle.take_back_no_show(missed)
    offer.refresh_from_db()
    assert (offer.status, held()) == ("withdrawn", 0)
    with pytest.raises(OfferOverError):
        taking.take_offer(offer, offer.starts[0], name="Sanne", language="nl")
    assert Lead.objects.get().stage == "planned"


def test_told_once_is_told_once_also_when_it_was_taken_back_in_between(missed, clock):
    told_of_missed(missed, clock)
    OutboundEmail.objects.filter(message=MISSED).update(status="sent", sent_at=times.now())
    lifecycle.take_back_no_show(missed)
    no_show(missed)
    assert OutboundEmail.objects.filter(message=MISSED).count() == 1


def test_a_time_that_was_taken_stays_a_call(missed, clock):
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    call = taking.take_offer(offer, offer.starts[0], name="Sanne", language="nl")
    lifecycle.take_back_no_show(missed)
    call.refresh_from_db()
    offer.refresh_from_db()
    assert (call.status, offer.status) == ("confirmed", "taken")


def test_took_place_after_all_is_spoken(missed, clock):
    no_show(missed)
    lifecycle.take_back_no_show(missed)
    lifecycle.close(missed, Booking.Status.COMPLETED)
    assert Lead.objects.get().stage == "spoken"


def test_taken_back_twice_is_taken_back_once(missed):
    no_show(missed)
    lifecycle.take_back_no_show(missed)
    assert lifecycle.take_back_no_show(missed).status == "confirmed"
    assert lines().count("call.no_show_undone") == 1


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_only_a_no_show_is_taken_back(missed, status):
    off = {"cancelled_at": times.now(), "cancelled_by": "host"} if status == "cancelled" else {}
    Booking.objects.filter(pk=missed.pk).update(status=status, **off)
    with pytest.raises(TooLateError):
        lifecycle.take_back_no_show(missed)


def test_not_when_another_call_lies_in_its_margin_since(missed, call_type):
    no_show(missed)
    BookingFactory(call_type=call_type, start=missed.end_at + timedelta(minutes=1))
    with pytest.raises(SlotTakenError):
        lifecycle.take_back_no_show(missed)
    missed.refresh_from_db()
    assert missed.status == "no_show"
