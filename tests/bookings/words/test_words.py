"""Who is spoken to: the visitor as "je", of the visitor to the coach in the third person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.calls import erasure, lifecycle
from bookings.models import Booking, CallType
from bookings.words import invitation
from portal.accounts.models import User
from portal.common import times
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.bookings.people import confirm, mail
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db
SORRY = "Jet van Dalen moet dit gesprek helaas afzeggen. Dat spijt ons."
NEW_TIME = "Kies hier een nieuwe tijd, dan gaat je gesprek gewoon door"


def page_of(booking: Booking) -> str:
    user = UserFactory(email=booking.email)
    erasure.adopt(user)
    visitor = Client()
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return words_of(visitor.get(reverse("bookings:manage", args=[booking.public_id])))


# ---- a call that is off -----------------------------------------------------------------------------
def test_a_coach_who_cancels_says_sorry_and_offers_a_new_time(call_type):
    booking = confirm(call_type, shared_scan=CompletedScanFactory().public_id)
    lifecycle.cancel(booking, by=Booking.By.HOST)
    for words in (mail("cancelled").text, page_of(booking)):
        assert SORRY in words
        assert NEW_TIME in words
    assert "Komt een ander moment beter uit?" not in mail("cancelled").text
    assert "We lieten Sanne weten dat het je spijt" in mail("coach_cancelled").text


def test_whoever_cancels_is_asked_for_another_moment_and_reads_no_sorry(call_type):
    booking = confirm(call_type)
    lifecycle.cancel(booking, by=Booking.By.INVITEE)
    assert "Komt een ander moment beter uit?" in mail("cancelled").text
    for words in (mail("cancelled").text, page_of(booking), mail("coach_cancelled").text):
        assert "spijt" not in words
        assert NEW_TIME not in words


@pytest.mark.parametrize("by", Booking.By)
def test_a_call_that_is_off_names_no_place_and_shares_nothing(call_type, by):
    booking = confirm(call_type, shared_scan=CompletedScanFactory().public_id)
    lifecycle.cancel(booking, by=by)
    for words in (mail("cancelled").text, mail("coach_cancelled").text, page_of(booking)):
        assert "nline" not in words
        assert "Uitslag gedeeld" not in words


def test_only_a_shared_result_is_said_to_be_kept(call_type):
    assert "Je uitslag blijft bewaard." not in page_of(confirm(call_type))
    shared = CompletedScanFactory().public_id
    later = datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert "Je uitslag blijft bewaard." in page_of(confirm(call_type, later, who="dirk", shared_scan=shared))


# ---- of the visitor, to the coach --------------------------------------------------------------------
def test_the_coach_is_told_to_send_the_link_and_the_visitor_to_expect_it(call_type, coach: Client):
    booking = confirm(call_type)
    assert "Waar: Online; je krijgt de link van Jet vóór het gesprek" in mail("confirmation").text
    for words in (mail("coach_booked").text, mail("coach_booked").html):
        assert "Online. Stuur Sanne de link vóór het gesprek." in words
        assert "je krijgt de link van Jet" not in words
    page = coach.get(reverse("admin:bookings_booking_change", args=[booking.pk]))
    assert "Online. Stuur Sanne de link vóór het gesprek." in words_of(page)


def test_a_pattern_speaks_to_the_visitor_so_the_coach_reads_it_as_a_quotation(call_type, coach: Client):
    booking = confirm(call_type, shared_scan=CompletedScanFactory().public_id)
    page = words_of(coach.get(reverse("admin:bookings_booking_change", args=[booking.pk])))
    assert "De greep Sanne Vermeer leest: ‘" in page


def test_own_words_about_the_place_are_quoted_to_the_coach(call_type):
    CallType.objects.update(location_nl="Ik stuur je de dag ervoor een adres", location_en="I mail you")
    call_type.refresh_from_db()
    confirm(call_type)
    assert "Waar: Sanne leest: ‘Ik stuur je de dag ervoor een adres’" in mail("coach_booked").text


def test_the_plan_of_a_call_names_keys_by_their_nouns(call_type):
    booking = confirm(call_type, topics=("discomfort",))
    with translation.override("nl"):
        assert invitation.agenda(booking, "nl")[1] == (15, "ruimte voor ongemak")


# ---- whose time it is ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "dutch", "english"),
    [
        ("Europe/Amsterdam", "Nederlandse tijd", "Dutch time"),
        ("America/New_York", "tijd in New York (UTC−5)", "New York time (UTC−5)"),
        ("Europe/London", "tijd in Londen (UTC+0)", "London time (UTC+0)"),
        ("America/Argentina/Buenos_Aires", "tijd in Buenos Aires (UTC−3)", "Buenos Aires time (UTC−3)"),
        ("UTC", "UTC", "UTC"),
        ("Nowhere/Gone", "Nederlandse tijd", "Dutch time"),
    ],
)
def test_a_zone_is_named_as_people_name_it(zone, dutch, english):
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    for language, words in (("nl", dutch), ("en", english)):
        with translation.override(language):
            assert times.zone_label(noon, zone) == words


def test_the_hour_that_comes_twice_says_which_one_it_is():
    with translation.override("nl"):
        first, second = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        assert times.zone_label(first, "Europe/Amsterdam") == "Nederlandse tijd (UTC+2)"
        assert times.zone_label(second, "Europe/Amsterdam") == "Nederlandse tijd (UTC+1)"


@pytest.fixture
def coach(db: None) -> Client:
    return browser_of(User.objects.create_superuser("jet@voorbeeld.nl", name="Jet", proven_at=times.now()))
