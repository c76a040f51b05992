"""Booking a call over HTTP: the usual way, what is shared, and a time that is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.calls import holds
from bookings.models import AvailabilityRule, Booking, CallType
from portal.accounts.models import User
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import (
    code_for,
    confirm,
    filled_in,
    hold,
    page_of,
    starts_on,
    type_code,
    words_of,
)
from tests.bookings.people import THURSDAY_9, mail, mails
from tests.bookings.people import confirm as confirmed
from tests.bookings.visitor.journeys import EMAIL, linked
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db


# ---- the way it usually goes ------------------------------------------------------------------------
def test_unknown_visitor_books_with_a_mailed_code(browser, clock):
    hold(browser)
    response = confirm(browser, clock, remark="Over overleg")
    assert response.headers["Location"] == reverse("account_confirm_login_code")
    assert Booking.objects.get().status == Booking.Status.HELD
    assert [message for message in mails() if message.startswith("bookings")] == []
    response = type_code(browser)
    booking = Booking.objects.get()
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert (booking.status, booking.remark, booking.email) == ("confirmed", "Over overleg", EMAIL)
    assert booking.user == User.objects.get(email=EMAIL)
    page = browser.get(response.headers["Location"])
    assert "Bevestigd" in words_of(page)
    assert page_of(page).h1.get_text() == "Dinsdag om 16:00 spreek je Jet."


def test_code_typed_twice_is_one_booking(browser, clock):
    hold(browser)
    confirm(browser, clock)
    code = {"code": code_for(EMAIL)}
    twin = Client()
    twin.cookies = browser.cookies.copy()
    first = browser.post(reverse("account_confirm_login_code"), code)
    second = twin.post(reverse("account_confirm_login_code"), code)
    assert second.headers["Location"] == first.headers["Location"]
    assert Booking.objects.count() == 1


def test_sending_the_code_lets_the_hold_outlive_it(browser, clock):
    hold(browser)
    clock.shift(timedelta(minutes=9))
    confirm(browser, clock)
    assert Booking.objects.get().expires_at == times.now() + timedelta(minutes=11)


def test_form_sent_twice_mails_one_code(browser, clock):
    hold(browser)
    data = filled_in(browser, clock)
    for _ in range(3):
        response = browser.post(reverse("bookings:confirm"), data)
        assert response.headers["Location"] == reverse("account_confirm_login_code")
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() == 1


def test_signed_in_visitor_confirms_at_once(member, clock):
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    assert page.select_one("input[name=email]") is None
    assert page.select_one("input[name=name]")["value"] == "Sanne Vermeer"
    response = confirm(member, clock)
    booking = Booking.objects.get()
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert (booking.email, booking.status) == (EMAIL, "confirmed")


def test_somebody_elses_address_in_the_form_of_a_member_changes_nothing(member, clock):
    hold(member)
    confirm(member, clock, email="noor@voorbeeld.nl")
    assert Booking.objects.get().email == EMAIL


def test_call_type_may_go_without_a_code(browser, call_type, clock):
    CallType.objects.update(needs_code=False)
    hold(browser)
    response = confirm(browser, clock)
    booking = Booking.objects.get()
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert browser.get(response.headers["Location"]).status_code == 200
    assert (booking.status, booking.user) == ("confirmed", None)


@pytest.mark.parametrize("reminders", [[1440], [60, 120, 1440]])
def test_confirming_asks_as_often_however_many_mails_it_writes(
    browser, call_type, clock, django_assert_num_queries, reminders
):
    CallType.objects.update(needs_code=False, reminder_minutes=reminders, coach_reminder_minutes=[])
    start = hold(browser)
    form = filled_in(browser, clock)
    with django_assert_num_queries(36):  # two of them ask whether a webhook wants to know: a contact, a call
        browser.post(reverse("bookings:confirm"), form)
    assert Booking.objects.get().start_at.isoformat() == start
    assert OutboundEmail.objects.count() == 2 + len(reminders)


def test_without_a_code_nobody_learns_who_has_a_call(browser, call_type, clock):
    CallType.objects.update(needs_code=False)
    BookingFactory(call_type=call_type, start=THURSDAY_9, email=EMAIL)
    hold(browser)
    response = confirm(browser, clock)
    assert response.headers["Location"] == reverse("account_confirm_login_code")


def test_a_form_whose_answer_was_lost_leads_to_its_own_call_without_a_code(browser, call_type, clock):
    CallType.objects.update(needs_code=False)
    hold(browser)
    form = filled_in(browser, clock)
    before = browser.cookies.copy()
    first = browser.post(reverse("bookings:confirm"), form)
    browser.cookies = before
    again = browser.post(reverse("bookings:confirm"), form)
    assert again.headers["Location"] == first.headers["Location"]
    assert browser.post(reverse("bookings:confirm"), form | {"remark": "Anders"}).status_code != 200
    assert Booking.objects.count() == 1


def test_zone_is_shown_and_kept_on_the_booking(browser, clock):
    page = browser.get(reverse("bookings:slots"), {"zone": "America/New_York"})
    assert "Alle tijden: tijd in New York (UTC−5)" in words_of(page)
    assert "07:00 tot 07:30, tijd in New York 13:00 Nederlandse tijd" in words_of(page)
    hold(browser, starts_on(page)[0], zone="America/New_York")
    assert "07:00 tot 07:30" in words_of(browser.get(reverse("bookings:details")))
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get().time_zone == "America/New_York"


def test_more_days_follow_where_the_page_ended(browser):
    first = browser.get(reverse("bookings:slots"))
    link = page_of(first).select(".days-beside a")[-1]["href"]
    second = browser.get(reverse("bookings:slots") + link)
    assert starts_on(second)[0] > starts_on(first)[-1]
    assert len(page_of(second).select("fieldset.day")) == 10  # Tuesday 8 to Monday 21 December
    back = page_of(second).select(".days-beside a")[0]["href"]
    assert starts_on(browser.get(reverse("bookings:slots") + back)) == starts_on(first)


def test_no_free_time_is_said_kindly_with_a_way_on(browser, call_type):
    call_type.host.rules.all().delete()
    words = words_of(browser.get(reverse("bookings:slots")))
    assert "Op dit moment zijn alle tijden bezet." in words
    assert "jet@voorbeeld.nl" in words


def test_without_a_coach_the_page_still_stands(browser, call_type):
    CallType.objects.update(is_active=False)
    assert browser.get(reverse("bookings:slots")).status_code == 200
    assert browser.get(reverse("bookings:zone")).status_code == 302
    assert browser.get(reverse("bookings:details")).status_code == 302
    assert browser.post(reverse("bookings:hold"), {"start": "x"}).status_code == 422
    assert browser.post(reverse("bookings:confirm"), {}).status_code == 302


def test_another_time_gives_the_held_one_back(browser):
    hold(browser)
    browser.post(reverse("bookings:release"))
    assert Booking.objects.count() == 0
    assert browser.get(reverse("bookings:details")).headers["Location"] == reverse("bookings:slots")


def test_call_booked_without_a_code_belongs_to_whoever_proves_the_address(browser, call_type, clock):
    booking = confirmed(call_type)
    browser.post(reverse("account_request_login_code"), {"email": EMAIL})
    type_code(browser)
    booking.refresh_from_db()
    assert booking.user == User.objects.get(email=EMAIL)
    assert browser.get(reverse("bookings:manage", args=[booking.public_id])).status_code == 200


def test_form_that_waited_too_long_for_its_code_is_not_confirmed_for_the_next_person(browser, clock):
    hold(browser)
    confirm(browser, clock)
    clock.shift(timedelta(minutes=41))
    browser.post(reverse("account_request_login_code"), {"email": "noor@voorbeeld.nl"})
    type_code(browser, "noor@voorbeeld.nl")
    assert Booking.objects.exclude(status="held").count() == 0


def test_address_that_only_acts_leads_on_when_it_is_merely_opened(browser, call_type):
    """The language switch on an error page, or a reload, opens the address of a POST."""
    hold(browser)
    booking = confirmed(call_type)
    browser.get(linked(booking))
    for name, arguments, page in [
        ("hold", [], "slots"),
        ("release", [], "slots"),
        ("confirm", [], "details"),
        ("extend", [], "details"),
        ("unshare", [booking.public_id], "manage"),
    ]:
        response = browser.get(reverse(f"bookings:{name}", args=arguments))
        assert response.headers["Location"] == reverse(f"bookings:{page}", args=arguments)
    assert Booking.objects.count() == 2


def test_two_presses_before_there_is_a_session_hold_the_time_once(call_type: CallType) -> None:
    first, second = Client(), Client()
    start = starts_on(first.get(reverse("bookings:slots")))[6]
    second.cookies["csrftoken"] = first.cookies["csrftoken"].value
    for press in (first, second):
        response = press.post(reverse("bookings:hold"), {"start": start})
        assert response.status_code == 302
    assert Booking.objects.count() == 1
    for press in (first, second):  # whichever answer the browser kept
        assert press.get(reverse("bookings:details")).status_code == 200


# ---- sharing ----------------------------------------------------------------------------------------
def test_sharing_is_not_asked_without_a_completed_scan(member):
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    assert page.select("input[name=share]") == []


def test_sharing_and_topics_are_asked_with_nothing_chosen_beforehand(member):
    CompletedScanFactory(user=User.objects.get())
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    assert [field.get("checked") for field in page.select("input[name=share]")] == [None, None]
    assert len(page.select("input[name=topics]")) == 10
    assert page.select("input[name=topics][checked]") == []


def test_no_answer_about_sharing_is_refused_at_the_field(member, clock):
    CompletedScanFactory(user=User.objects.get())
    hold(member)
    response = confirm(member, clock)
    assert response.status_code == 422
    assert "Kies ja of nee; allebei is goed." in words_of(response)


@pytest.mark.parametrize(("answer", "shared"), [("yes", True), ("no", False)])
def test_result_is_shared_only_after_yes(member, clock, answer, shared):
    scan = CompletedScanFactory(user=User.objects.get())
    hold(member)
    confirm(member, clock, share=answer, topics=["letting-go"])
    assert Booking.objects.get().shared_scan == (scan.public_id if shared else "")
    assert ("van 100" in mail("coach_booked").text) is shared


def test_scan_of_somebody_else_cannot_be_shared(member, clock):
    other = CompletedScanFactory(user=UserFactory())
    hold(member)
    confirm(member, clock, share="yes", shared_scan=other.public_id, scan=other.public_id)
    assert Booking.objects.get().shared_scan == ""


# ---- when a time is gone ----------------------------------------------------------------------------
def test_time_taken_before_the_hold_offers_the_three_nearest(browser, call_type):
    start = starts_on(browser.get(reverse("bookings:slots")))[3]
    other = Client()
    hold(other, start)
    response = browser.post(reverse("bookings:hold"), {"start": start})
    assert response.status_code == 409
    assert "Deze tijd is net bezet." in words_of(response)
    assert len(starts_on(response)) == 3
    hold(browser, starts_on(response)[0])


def test_when_nothing_else_is_free_the_page_keeps_what_was_typed_and_asks_once_more(
    browser, call_type, clock
):
    start = hold(browser)
    data = filled_in(browser, clock, remark="Over overleg", topics=["letting-go"])
    clock.shift(timedelta(minutes=30))
    other = Client()
    hold(other, start)
    day = AvailabilityRule.objects.filter(host=call_type.host)
    hours = list(day.values())
    day.delete()
    browser.post(reverse("bookings:confirm"), data)
    type_code(browser)
    page = browser.get(reverse("bookings:lost"))
    assert page.status_code == 409
    form = page_of(page).select_one("form[action$='bevestigen/']")
    assert form.select_one("button").get_text(strip=True) == "Probeer deze tijd nog een keer"
    again = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    assert (again["remark"], again["name"], again["topics"]) == (
        "Over overleg",
        "Sanne Vermeer",
        "letting-go",
    )
    AvailabilityRule.objects.bulk_create(AvailabilityRule(**one) for one in hours)
    other.post(reverse("bookings:release"))
    clock.shift(timedelta(seconds=5))
    browser.post(form["action"], again)
    booking = Booking.objects.get(status="confirmed")
    assert (booking.period.lower.isoformat(), booking.remark) == (again["start"], "Over overleg")


def test_time_taken_after_the_hold_lapsed_keeps_everything_typed(browser, call_type, clock):
    start = hold(browser)
    data = filled_in(browser, clock, remark="Over overleg", topics=["letting-go", "steady"])
    clock.shift(timedelta(minutes=30))
    hold(Client(), start)
    browser.post(reverse("bookings:confirm"), data)
    response = type_code(browser)
    assert response.headers["Location"] == reverse("bookings:lost")
    page = browser.get(reverse("bookings:lost"))
    assert page.status_code == 409
    form = page_of(page).select_one("form.plate")
    again = {field["name"]: field.get("value", "") for field in form.select("input[type=hidden]")}
    assert (again["remark"], again["name"]) == ("Over overleg", "Sanne Vermeer")
    assert form.select_one("button.btn").get_text(strip=True) == "Bevestig deze tijd"  # the code was typed
    topics = [field["value"] for field in form.select("input[name=topics]")]
    assert topics == ["letting-go", "steady"]
    clock.shift(timedelta(seconds=5))
    response = browser.post(form["action"], again | {"topics": topics, "start": starts_on(page)[0]})
    booking = Booking.objects.get(status="confirmed")
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert (booking.remark, booking.topics) == ("Over overleg", ["letting-go", "steady"])


def test_a_time_that_is_gone_before_the_code_asks_for_another_and_says_that_a_code_follows(browser, clock):
    start = hold(browser)
    filled_in(browser, clock, remark="Over overleg")
    browser.post(reverse("bookings:extend"), {"start": start, "name": "Sanne Vermeer"})
    clock.shift(timedelta(hours=1))
    hold(Client(), start)
    form = page_of(browser.get(reverse("bookings:lost"))).select_one("form.plate")
    assert form.select_one("button.btn").get_text(strip=True) == "Mail me de code"


def test_lapsed_hold_of_a_free_time_still_confirms(browser, clock):
    hold(browser)
    clock.shift(timedelta(minutes=20))
    holds.release_lapsed_holds()
    assert "Deze tijd staat niet meer voor je vast." in words_of(browser.get(reverse("bookings:details")))
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:1:2::{}", "::ffff:198.51.100.7"])
def test_fourth_hold_from_one_network_is_told_to_wait(browser, address):
    browser.defaults["REMOTE_ADDR"] = address.format(9)
    starts = starts_on(browser.get(reverse("bookings:slots")))
    for number, start in enumerate(starts[0:9:3]):
        hold(Client(REMOTE_ADDR=address.format(number)), start)
    response = browser.post(reverse("bookings:hold"), {"start": starts[-1]})
    assert response.status_code == 429
    assert "drie tijden vast" in words_of(response)


def test_second_call_offers_to_move_the_first(member, call_type, clock):
    first = BookingFactory(call_type=call_type, start=THURSDAY_9, email=EMAIL, user=User.objects.get())
    start = hold(member)
    response = confirm(member, clock)
    assert response.headers["Location"] == reverse("bookings:already")
    page = member.get(reverse("bookings:already"))
    assert page.status_code == 409
    form = page_of(page).select_one("form[action*=verplaatsen]")
    data = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    member.post(form["action"], data)
    moved = Booking.objects.get()
    assert (moved.pk, moved.sequence, moved.start_at.isoformat()) == (first.pk, 1, start)
