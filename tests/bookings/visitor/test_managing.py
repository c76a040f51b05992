"""One's own call over HTTP: seen, moved, cancelled, and on the account page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.models import Booking
from portal.accounts.models import User
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import (
    confirm,
    hold,
    page_of,
    starts_on,
    words_of,
)
from tests.bookings.people import THURSDAY_9, mails
from tests.bookings.people import confirm as confirmed
from tests.bookings.visitor.journeys import EMAIL, linked
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db


# ---- one's own call ---------------------------------------------------------------------------------
def test_link_of_the_mail_gives_the_right_and_a_clean_address(browser, call_type):
    booking = confirmed(call_type)
    response = browser.get(linked(booking))
    assert response.headers["Location"] == reverse("bookings:manage", args=[booking.public_id])
    page = browser.get(response.headers["Location"])
    assert "donderdag 26 november 2026, 09:00 tot 09:30" in words_of(page)
    assert page.headers["Cache-Control"] == "no-store"


def test_link_with_any_flipped_byte_is_one_friendly_page(browser, call_type):
    booking = confirmed(call_type)
    good = linked(booking)
    other = confirmed(call_type, THURSDAY_9 + timedelta(days=1), who="noor")
    bad = [
        good[:index] + ("x" if good[index] != "x" else "y") + good[index + 1 :]
        for index in range(12, len(good) - 1)
    ]
    bad = [address for address in bad if address.count("/") == good.count("/")]
    bad += [good[:-5] + "/", linked(booking, generation=1), good.replace(booking.public_id, other.public_id)]
    pages = {browser.get(address).status_code for address in bad}
    assert pages == {404}
    assert "Deze link werkt niet." in words_of(browser.get(bad[-1]))
    assert browser.get(reverse("bookings:manage", args=[booking.public_id])).status_code == 302


def test_link_ends_a_week_after_the_call(browser, call_type, clock):
    booking = confirmed(call_type)
    clock.move_to(booking.end_at + timedelta(days=7))
    assert browser.get(linked(booking)).status_code == 302
    clock.shift(timedelta(seconds=1))
    response = browser.get(linked(booking))
    assert response.status_code == 410
    assert "Deze link is verlopen" in words_of(response)
    assert browser.get(reverse("bookings:manage", args=[booking.public_id])).status_code == 302


@pytest.mark.parametrize("name", ["manage", "done", "invite", "move", "cancel"])
def test_call_of_somebody_else_is_not_there(member, call_type, name):
    booking = confirmed(call_type, who="noor")
    assert member.get(reverse(f"bookings:{name}", args=[booking.public_id])).status_code == 404
    assert member.post(reverse("bookings:cancel", args=[booking.public_id])).status_code == 404
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED


@pytest.mark.parametrize("name", ["manage", "done", "invite", "move", "cancel"])
def test_address_in_a_shared_calendar_asks_for_sign_in(browser, call_type, name):
    booking = confirmed(call_type)
    response = browser.get(reverse(f"bookings:{name}", args=[booking.public_id]))
    if response.headers["Location"] == reverse("bookings:manage", args=[booking.public_id]):
        response = browser.get(response.headers["Location"])
    assert response.headers["Location"].startswith(reverse("account_request_login_code"))
    assert browser.post(reverse("bookings:cancel", args=[booking.public_id])).status_code == 302
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED


def test_held_time_has_no_page_of_its_own(member):
    hold(member)
    address = reverse("bookings:manage", args=[Booking.objects.get().public_id])
    assert member.get(address).status_code == 404


def test_download_is_the_calendar_file_of_the_mail(browser, call_type):
    booking = confirmed(call_type, topics=("letting-go",))
    browser.get(linked(booking))
    response = browser.get(reverse("bookings:invite", args=[booking.public_id]))
    assert response.headers["Content-Type"] == "text/calendar; method=REQUEST; charset=UTF-8"
    sent = OutboundEmail.objects.get(message="bookings/confirmation").calendar
    assert response.content.decode() == sent
    with translation.override("en"):
        english = browser.get(reverse("bookings:invite", args=[booking.public_id]))
    assert english.content == response.content


def test_owner_moves_and_cancels(browser, call_type):
    booking = confirmed(call_type)
    browser.get(linked(booking))
    address = reverse("bookings:move", args=[booking.public_id])
    start = starts_on(browser.get(address))[-1]
    response = browser.post(address, {"start": start})
    assert response.headers["Location"] == reverse("bookings:manage", args=[booking.public_id])
    booking.refresh_from_db()
    assert (booking.start_at.isoformat(), booking.sequence) == (start, 1)
    browser.post(reverse("bookings:cancel", args=[booking.public_id]))
    page = browser.get(reverse("bookings:manage", args=[booking.public_id]))
    assert "Deze impactcall is geannuleerd." in words_of(page)
    assert "Plan een nieuwe impactcall" in words_of(page)
    done = browser.get(reverse("bookings:done", args=[booking.public_id]))
    assert done.headers["Location"] == reverse("bookings:manage", args=[booking.public_id])


def test_cancelling_shows_first_what_goes_and_what_else_there_is(browser, call_type):
    booking = confirmed(call_type)
    browser.get(linked(booking))
    manage = page_of(browser.get(reverse("bookings:manage", args=[booking.public_id])))
    address = manage.find("a", string="Annuleer deze impactcall")["href"]
    assert manage.select("form[action*=annuleren]") == []
    page = page_of(browser.get(address))
    assert "donderdag 26 november 2026, 09:00 tot 09:30" in page.select_one(".fact-large").get_text()
    assert page.find("a", string="Laat staan")["href"] == reverse("bookings:manage", args=[booking.public_id])
    assert page.find("a", string="Kies een andere tijd")["href"] == reverse(
        "bookings:move", args=[booking.public_id]
    )
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED
    form = page.select_one("main form")
    response = browser.post(form["action"])
    assert response.headers["Location"] == reverse("bookings:manage", args=[booking.public_id])
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CANCELLED


def test_a_cancelled_date_is_struck_and_said_in_words(browser, call_type):
    booking = confirmed(call_type)
    browser.get(linked(booking))
    address = reverse("bookings:manage", args=[booking.public_id])
    assert page_of(browser.get(address)).select("s") == []
    browser.post(reverse("bookings:cancel", args=[booking.public_id]))
    fact = page_of(browser.get(address)).select_one(".fact-sheet dd")
    assert fact.s.get_text() == "donderdag 26 november 2026, 09:00 tot 09:30"
    assert fact.b.get_text() == "Gaat niet door"


@pytest.mark.parametrize("late", [True, False])
def test_a_call_that_cannot_be_cancelled_has_no_page_to_do_it(browser, call_type, clock, late):
    booking = confirmed(call_type)
    browser.get(linked(booking))
    address = reverse("bookings:cancel", args=[booking.public_id])
    if late:
        clock.move_to(THURSDAY_9 - timedelta(hours=3))
    else:
        browser.post(address)
    response = browser.get(address)
    assert response.headers["Location"] == reverse("bookings:manage", args=[booking.public_id])


def test_move_to_a_lost_time_offers_the_nearest(browser, call_type):
    booking = confirmed(call_type)
    confirmed(call_type, THURSDAY_9 + timedelta(hours=2), who="noor")
    browser.get(linked(booking))
    address = reverse("bookings:move", args=[booking.public_id])
    response = browser.post(address, {"start": (THURSDAY_9 + timedelta(hours=2)).isoformat()})
    assert response.status_code == 409
    assert "Dit zijn de dichtstbijzijnde vrije tijden" in words_of(response)
    assert browser.post(address, {"start": "onzin"}).status_code == 422


def test_after_the_limit_the_page_offers_contact_instead(browser, call_type, clock):
    booking = confirmed(call_type)
    browser.get(linked(booking))
    clock.move_to(THURSDAY_9 - timedelta(hours=3))
    page = browser.get(reverse("bookings:manage", args=[booking.public_id]))
    assert "Schrijf of bel ons" in words_of(page)
    assert page_of(page).select("[action*=annuleren], [href*=annuleren]") == []
    browser.post(reverse("bookings:cancel", args=[booking.public_id]))
    assert browser.get(reverse("bookings:move", args=[booking.public_id])).status_code == 302
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED


def test_get_and_head_of_every_address_in_every_mail_change_nothing(browser, call_type):
    """A mail scanner opens whatever it finds."""
    booking = confirmed(call_type)
    before = list(Booking.objects.values())
    names = ["manage", "done", "invite", "move", "cancel"]
    addresses = [linked(booking), *(reverse(f"bookings:{name}", args=[booking.public_id]) for name in names)]
    for address in [
        *addresses,
        reverse("bookings:slots"),
        reverse("bookings:hold"),
        reverse("bookings:confirm"),
        reverse("bookings:extend"),
    ]:
        for method in (browser.get, browser.head):
            assert method(address).status_code < 500
    assert list(Booking.objects.values()) == before
    assert len(mails()) == 4


def test_every_post_needs_the_csrf_token(call_type):
    strict = Client(enforce_csrf_checks=True)
    booking = confirmed(call_type)
    for name, arguments in [
        ("hold", []),
        ("release", []),
        ("confirm", []),
        ("extend", []),
        ("move", [booking.public_id]),
        ("cancel", [booking.public_id]),
    ]:
        assert strict.post(reverse(f"bookings:{name}", args=arguments)).status_code == 403


def test_signing_out_releases_the_held_time(member):
    hold(member)
    member.post(reverse("account_logout"))
    assert Booking.objects.count() == 0


def test_account_lists_calls_with_a_way_to_change_them(member, call_type):
    user = User.objects.get()
    BookingFactory(call_type=call_type, start=THURSDAY_9, user=user, email=EMAIL)
    words = words_of(member.get(reverse("accounts:account")))
    assert "do 26 nov 2026, 09:00" in words
    assert "Verplaatsen of annuleren" in words


def test_the_page_to_move_a_call_offers_other_times_and_chooses_none(member, call_type, clock):
    """The time it has is no other one: pressing at once would say 'moved' and nothing would have."""
    booking = BookingFactory(call_type=call_type, user=User.objects.get(), email=EMAIL, start=THURSDAY_9)
    page = member.get(reverse("bookings:move", args=[booking.public_id]))
    assert THURSDAY_9.isoformat() not in starts_on(page)
    assert (THURSDAY_9 + timedelta(minutes=30)).isoformat() in starts_on(page)
    assert page_of(page).select("input[name=start][checked]") == []


# ---- the account ------------------------------------------------------------------------------------
def test_the_account_offers_to_plan_a_call_only_while_none_is_planned(member, call_type, clock):
    """One open call a person: with one planned, the next step is that call."""
    plan = f"a[href='{reverse('bookings:slots')}']"
    panel = page_of(member.get(reverse("accounts:account"))).select_one("#gesprekken")
    assert panel.select_one(plan) is not None
    booking = BookingFactory(call_type=call_type, user=User.objects.get(), email=EMAIL)
    panel = page_of(member.get(reverse("accounts:account"))).select_one("#gesprekken")
    assert panel.select_one(plan) is None
    assert panel.select_one(f"a[href='{reverse('bookings:manage', args=[booking.public_id])}']")


def test_the_black_button_of_the_account_is_the_scan_when_it_makes_sense_and_else_the_call(
    member, call_type, clock
):
    def black() -> list[str]:
        page = page_of(member.get(reverse("accounts:account")))
        return [button.text.strip() for button in page.select("main .btn:not(.outlined)")]

    assert black() == ["Begin met de scan"]
    CompletedScanFactory(user=User.objects.get(), days_ago=59)
    assert black() == ["Plan een impactcall"]
    booking = BookingFactory(call_type=call_type, user=User.objects.get(), email=EMAIL)
    assert black() == ["Open je geplande gesprek"]
    page = page_of(member.get(reverse("accounts:account")))
    assert page.select_one("#gesprekken .btn")["href"] == reverse("bookings:manage", args=[booking.public_id])
    clock.shift(timedelta(days=1))
    assert black() == ["Doe de scan opnieuw"]


def test_the_account_is_marked_in_the_menu(member):
    current = page_of(member.get(reverse("accounts:account"))).select(".main-menu [aria-current]")
    assert [link.text for link in current] == ["Mijn scans"]


# ---- what it costs ----------------------------------------------------------------------------------
def test_slot_page_costs_four_queries_whatever_the_data(browser, call_type, django_assert_num_queries):
    """The kinds of call, and three of the calendar."""
    address = reverse("bookings:slots")
    with django_assert_num_queries(4):
        browser.get(address)
    for number in range(12):
        BookingFactory(
            call_type=call_type, start=THURSDAY_9 + timedelta(days=1 + number // 6, hours=number % 6)
        )
    with django_assert_num_queries(4):
        browser.get(address)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_of_the_way_stands_in_both_languages(member, call_type, clock, language):
    with translation.override(language):
        hold(member)
        details = member.get(reverse("bookings:details"))
        assert details.status_code == 200
        assert page_of(details).html["lang"] == language
        booked = confirm(member, clock)
        assert member.get(booked.headers["Location"]).status_code == 200
        for name in ("slots", "zone"):
            assert member.get(reverse(f"bookings:{name}")).status_code == 200
