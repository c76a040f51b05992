"""A held time over HTTP: the link of the mail, taking, declining, and somebody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from bookings.availability import calendar
from bookings.calls import holds, lifecycle
from bookings.models import Booking, Offer, WaitlistEntry
from portal.common import tokens
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import page_of, words_of
from tests.bookings.people import THURSDAY_9, confirm, mail, told_of_missed
from tests.bookings.visitor.waitlist.offered import (
    EMAIL,
    WAITLIST,
    followed,
    link_of,
    page_for,
    take,
)
from tests.browsers import as_member
from tests.factories.assessments import UserFactory
from tests.factories.bookings import CallTypeFactory, OfferFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db


# ---- the link -----------------------------------------------------------------------------------------
def test_link_of_the_mail_opens_the_time_in_a_clean_address(offer):
    freed = mail("offer_freed")
    address = re.search(r"/impactcall/aanbod/\S+", tokens.fill_in(freed.text))[0]
    browser = Client()
    response = browser.get(address)
    assert response.headers["Location"] == page_for(offer)
    page = browser.get(page_for(offer))
    words = words_of(page)
    assert "Deze tijd houden we voor je vast, Noor." in words
    assert "donderdag 26 november 2026, 09:00 tot 09:30" in words
    assert "Van jou tot ma 23 nov 2026, 17:00 , Nederlandse tijd" in words
    assert [button.get_text() for button in page_of(page).select("button.cta")] == [
        "Bevestig donderdag 26 november, 09:00"
    ]
    assert freed.text.count("~~token:") == 1  # the table holds no usable link


def test_time_that_came_free_at_night_is_held_until_noon_in_page_and_mail(call_type, noor, clock):
    WaitlistEntryFactory(user=noor, kind=call_type.slug)
    call = confirm(call_type)
    clock.shift(timedelta(hours=9))  # 22:00
    lifecycle.cancel(call, by=Booking.By.INVITEE)
    offer = Offer.objects.get()
    assert "Van jou tot di 24 nov 2026, 12:00 , Nederlandse tijd" in words_of(
        followed(offer).get(page_for(offer))
    )
    assert "tot di 24 nov 2026, 12:00, Nederlandse tijd" in mail("offer_freed").text


def test_both_clocks_are_named_where_they_differ(offer):
    Offer.objects.update(time_zone="America/New_York")
    words = words_of(followed(offer).get(page_for(offer)))
    assert "donderdag 26 november 2026, 03:00 tot 03:30" in words
    assert "09:00 tot 09:30, Nederlandse tijd" in words


def test_confirming_makes_the_call(offer):
    browser = followed(offer)
    response = take(browser, offer)
    booking = Booking.objects.get(status="confirmed")
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert browser.get(response.headers["Location"]).status_code == 200
    assert (booking.email, booking.start_at) == (EMAIL, THURSDAY_9)
    for again in (take(browser, offer), browser.get(page_for(offer))):
        assert again.status_code == 302
    assert browser.get(page_for(offer)).headers["Location"] == response.headers["Location"]
    assert Booking.objects.exclude(status="cancelled").count() == 1


def test_no_name_is_asked_for_at_the_field(offer):
    response = take(followed(offer), offer, name=" ")
    assert response.status_code == 422
    assert "Vul je naam in." in words_of(response)


@pytest.mark.parametrize("start", ["", "onzin", "2026-11-26T09:00:00", "2026-11-27T08:00:00+00:00"])
def test_time_that_was_not_offered_is_refused_with_a_sentence(offer, start):
    response = take(followed(offer), offer, start=start)
    assert response.status_code in (409, 422)
    assert "Kies een van de tijden" in words_of(response)
    assert Booking.objects.filter(status="confirmed").count() == 0


def test_planned_call_moves_instead_of_a_second_one(offer, call_type):
    planned = confirm(call_type, THURSDAY_9 + timedelta(days=1), who="noor")
    browser = followed(offer)
    page = browser.get(page_for(offer))
    assert "Je gesprek van vr 27 nov 2026, 09:00 gaat naar de nieuwe tijd." in words_of(page)
    button = page_of(page).select_one("button.cta").get_text()
    assert button == "Verplaats naar donderdag 26 november, 09:00"
    take(browser, offer)
    planned.refresh_from_db()
    assert (planned.start_at, planned.sequence) == (THURSDAY_9, 1)


def test_call_that_cannot_move_is_said_before_anything_is_pressed(offer):
    other = CallTypeFactory()
    confirm(other, THURSDAY_9 + timedelta(days=1), who="noor")
    browser = followed(offer)
    page = browser.get(page_for(offer))
    assert "Je kunt één gesprek tegelijk plannen." in words_of(page)
    assert page_of(page).select("button.cta") == []
    assert take(browser, offer).status_code == 409
    assert Offer.objects.get().status == "open"


def test_two_times_are_radios_with_the_chosen_one_first(call_type, noor, clock):
    missed = confirm(call_type, who="noor")
    clock.move_to(missed.end_at)
    told_of_missed(missed, clock)
    offer = Offer.objects.get()
    text = tokens.fill_in(OutboundEmail.objects.get(message="bookings/offer_no_show").text)
    links = re.findall(r"/impactcall/aanbod/\S+", text)
    browser = Client()
    page = browser.get(browser.get(links[1]).headers["Location"])
    radios = page_of(page).select("input[name=start][type=radio]")
    assert [(one["value"], one.has_attr("checked")) for one in radios] == [
        (offer.starts[0].isoformat(), False),
        (offer.starts[1].isoformat(), True),
    ]
    take(browser, offer, start=offer.starts[1].isoformat())
    assert Booking.objects.get(status="confirmed").start_at == offer.starts[1]
    assert not Booking.objects.filter(status="held").exists()


def test_no_thank_you_leaves_the_list_as_it_is(offer):
    browser = followed(offer)
    response = browser.post(page_for(offer, "offer_decline"))
    assert "jij blijft op de lijst" in words_of(browser.get(response.headers["Location"]))
    assert (Offer.objects.get().status, WaitlistEntry.objects.get().status) == ("declined", "waiting")
    page = browser.get(page_for(offer))
    assert (page.status_code, "Je gaf deze tijd vrij" in words_of(page)) == (410, True)
    assert browser.post(page_for(offer, "offer_decline")).status_code == 302


def test_lapsed_time_is_gone_with_a_way_on(offer, clock):
    browser = followed(offer)
    clock.shift(timedelta(hours=4))
    page = browser.get(page_for(offer))
    assert page.status_code == 410
    words = words_of(page)
    assert "Deze tijd houden we niet meer voor je vast." in words
    assert "Je staat nog op de wachtlijst." in words
    assert take(browser, offer).headers["Location"] == page_for(offer)
    assert Booking.objects.filter(status="confirmed").count() == 0
    holds.release_lapsed_holds()
    assert browser.get(page_for(offer)).status_code == 410


def test_page_of_the_second_that_lapsed_says_nothing_of_a_place_in_line(offer, call_type, clock):
    """Also in the minute before the task ends it."""
    clock.move_to(offer.expires_at)
    holds.release_lapsed_holds()
    lifecycle.cancel(confirm(call_type, THURSDAY_9 + timedelta(days=4)), by=Booking.By.INVITEE)
    second = Offer.objects.get(status="open")
    browser = followed(second)
    clock.move_to(second.expires_at)
    for _ in range(2):
        words = words_of(browser.get(page_for(second)))
        assert "Deze tijd houden we niet meer voor je vast." in words
        assert "Je staat nog op de wachtlijst." not in words
        assert "Laat het me weten als er een vrijkomt" in words
        holds.release_lapsed_holds()


def test_no_thank_you_that_comes_late_is_still_an_answer(offer, clock):
    browser = followed(offer)
    clock.move_to(offer.expires_at)
    response = browser.post(page_for(offer, "offer_decline"))
    assert "jij blijft op de lijst" in words_of(browser.get(response.headers["Location"]))
    assert (Offer.objects.get().status, WaitlistEntry.objects.get().status) == ("declined", "waiting")


# ---- somebody else's ----------------------------------------------------------------------------------
def test_every_flipped_sign_of_a_link_is_a_kind_404(offer):
    link = link_of(offer)
    start = link.index(offer.public_id)
    for place in range(start, len(link) - 1):
        flipped = "B" if link[place] != "B" else "C"
        if link[place] == "/":
            continue
        response = Client().get(link[:place] + flipped + link[place + 1 :])
        assert response.status_code == 404, place
        assert "Deze link werkt niet." in words_of(response)


def test_link_of_an_earlier_generation_is_worth_nothing(offer):
    browser = followed(offer)
    Offer.objects.update(generation=1)
    assert Client().get(link_of(offer)).status_code == 404
    assert browser.get(page_for(offer)).headers["Location"].startswith("/inloggen/")


@pytest.mark.parametrize("name", ["offer", "offer_take", "offer_decline"])
def test_stranger_and_other_member_cannot_touch_it(offer, name):
    data = {"start": THURSDAY_9.isoformat(), "name": "Iemand Anders"}
    other, stranger = as_member(UserFactory()), Client()
    if name == "offer":
        assert stranger.get(page_for(offer)).headers["Location"].startswith("/inloggen/")
        assert other.get(page_for(offer)).status_code == 404
    else:
        assert stranger.post(page_for(offer, name), data).headers["Location"].startswith("/inloggen/")
        assert other.post(page_for(offer, name), data).status_code == 404
    assert Offer.objects.get().status == "open"


def test_right_to_one_offer_is_no_right_to_another(offer, call_type):
    start = [slot.start for slot in calendar.free_slots(call_type)][40]
    foreign = OfferFactory(call_type=call_type, starts=[start])
    browser = followed(offer)
    assert browser.post(page_for(foreign, "offer_take"), {}).headers["Location"].startswith("/inloggen/")
    assert browser.get(page_for(foreign)).status_code == 302


def test_owner_who_is_signed_in_needs_no_link(offer, noor):
    member = as_member(noor)
    page = member.get(reverse("accounts:account"))
    link = page_of(page).find("a", string="Bekijk deze tijd")["href"]
    assert member.get(link).status_code == 200
    assert member.get(WAITLIST).status_code == 200
    take(member, offer)
    assert Booking.objects.get(status="confirmed").user == noor


def test_somebody_elses_session_takes_it_for_the_person_it_is_for(offer, noor):
    """A colleague with the mail at hand: the call is of whom it was offered to."""
    other = as_member(UserFactory())
    other.get(link_of(offer))
    take(other, offer)
    booking = Booking.objects.get(status="confirmed")
    assert (booking.user, booking.email) == (noor, EMAIL)


def test_scanners_that_follow_every_link_change_nothing(offer):
    before = rows()
    paths = [
        link_of(offer),
        *(page_for(offer, name) for name in ("offer", "offer_take", "offer_decline")),
        reverse("bookings:waitlist_stop", args=[offer.entry.public_id]),
        WAITLIST,
        reverse("bookings:waitlist_join"),
    ]
    for browser in (Client(), followed(offer), as_member(offer.user)):
        for path in paths:
            assert browser.get(path, follow=True).status_code == 200
            browser.head(path)
    assert rows() == before


def rows() -> dict[str, list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for table in ("bookings_offer", "bookings_waitlistentry", "bookings_booking", "mail_outboundemail"):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found
