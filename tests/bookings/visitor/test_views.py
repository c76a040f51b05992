"""Journeys and bad input over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.calls import holds
from bookings.calls.emails import contexts
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.common import times, tokens
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
from tests.bookings.people import THURSDAY_9, mails
from tests.bookings.people import confirm as confirmed
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db
EMAIL = "sanne@voorbeeld.nl"


@pytest.fixture
def browser(call_type: CallType) -> Client:
    """A visitor of a site with one coach, on Monday 23 November 2026."""
    return Client()


@pytest.fixture
def member(browser: Client) -> Client:
    """The same, signed in as Sanne."""
    browser.force_login(UserFactory(email=EMAIL), backend="django.contrib.auth.backends.ModelBackend")
    return browser


def linked(booking: Booking, *, generation: int = 0) -> str:
    token = tokens.make(contexts.MANAGE, booking.public_id, generation)
    return reverse("bookings:manage_link", args=[booking.public_id, token])


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
    assert page_of(page).h1.get_text() == "Dinsdag spreek je Jet, om 16:00."


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
    with django_assert_num_queries(34):
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
    link = page_of(first).find("a", string="Meer dagen")["href"]
    second = browser.get(reverse("bookings:slots") + link)
    assert starts_on(second)[0] > starts_on(first)[-1]
    assert len(page_of(second).select("fieldset.day")) == 5


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
        ("cancel", [booking.public_id], "manage"),
    ]:
        response = browser.get(reverse(f"bookings:{name}", args=arguments))
        assert response.headers["Location"] == reverse(f"bookings:{page}", args=arguments)
    assert Booking.objects.count() == 2


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
    assert ("van 100" in OutboundEmail.objects.get(message="bookings/coach_booked").text) is shared


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
    topics = [field["value"] for field in form.select("input[name=topics]")]
    assert topics == ["letting-go", "steady"]
    clock.shift(timedelta(seconds=5))
    response = browser.post(form["action"], again | {"topics": topics, "start": starts_on(page)[0]})
    booking = Booking.objects.get(status="confirmed")
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert (booking.remark, booking.topics) == ("Over overleg", ["letting-go", "steady"])


def test_lapsed_hold_of_a_free_time_still_confirms(browser, clock):
    hold(browser)
    clock.shift(timedelta(minutes=20))
    holds.release_lapsed_holds()
    assert "De tien minuten zijn voorbij." in words_of(browser.get(reverse("bookings:details")))
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


# ---- bad input --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("", 422),
        ("onzin", 422),
        ("2026-11-26T09:00:00", 422),  # no zone
        ("9999-99-99T00:00:00+00:00", 422),
        ("0001-01-01T00:00:00+14:00", 422),
        ("x" * 5000, 422),
        ("2027-03-28T02:30:00", 422),  # an hour that does not exist has no instant either
        ("2026-11-26T08:10:00+00:00", 409),  # not on the grid
        ("2026-11-20T09:00:00+00:00", 409),  # past
        ("2026-11-24T08:00:00+00:00", 409),  # inside the notice
        ("2026-12-31T09:00:00+00:00", 409),  # beyond the horizon
        ("2026-11-28T09:00:00+00:00", 409),  # Saturday
        ("8999-12-31T23:59:59+00:00", 409),
    ],
)
def test_start_that_is_not_on_offer_is_refused_with_a_sentence(browser, start, status):
    response = browser.post(reverse("bookings:hold"), {"start": start})
    assert response.status_code == status
    assert ("Kies een van de tijden" if status == 422 else "Deze tijd is net bezet.") in words_of(response)
    assert starts_on(response)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "../../etc/passwd", "Europe/Amsterdam\x00", "x" * 3000, "+02:00"]
)
def test_unknown_zone_is_refused_with_a_sentence(browser, zone):
    page = browser.get(reverse("bookings:slots"), {"zone": zone})
    assert page.status_code == 200
    assert "Alle tijden: Nederlandse tijd" in words_of(page)
    start = starts_on(page)[0]
    response = browser.post(reverse("bookings:hold"), {"start": start, "zone": zone})
    assert response.status_code == 422
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("shown", ["gisteren", "2026-99-99", "9999-12-31", "-1", "2026-11-26\x00"])
def test_odd_first_day_is_no_error(browser, shown):
    assert browser.get(reverse("bookings:slots"), {"from": shown}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Vul je naam in."),
        ("name", "Kijk op https://spam.example", "geen links"),
        ("name", "Sanne www.spam.example", "geen links"),
        ("name", "Bel 0612345678", "geen links"),
        ("name", "S" * 5000, ""),
        ("name", "Sanne\x00", "tekens"),
        ("name", '"Sanne" <x@voorbeeld.nl>', "geen links"),
        ("name", "=?utf-8?b?YQ0KQmNjOg==?= é", "geen links"),
        ("email", "sanne", "e-mailadres"),
        ("email", "sanne@voorbeeld.nl\r\nBcc: all@voorbeeld.nl", "e-mailadres"),
        ("email", "s" * 300 + "@voorbeeld.nl", ""),
        ("remark", "x" * 1001, "hoogstens 1000 tekens"),
        ("topics", ["no-such-key"], "Kies uit de sleutels"),
    ],
)
def test_bad_details_are_refused_at_the_field_and_the_rest_stays(browser, clock, field, value, sentence):
    hold(browser)
    response = confirm(browser, clock, **({"remark": "Over overleg"} | {field: value}))
    assert response.status_code == 422
    page = page_of(response)
    assert sentence in words_of(response)
    assert page.select_one(f"#id_{field}_error, .error-summary") is not None
    if field != "remark":
        assert page.select_one("textarea").get_text().strip() == "Over overleg"
    assert Booking.objects.get().status == Booking.Status.HELD
    assert OutboundEmail.objects.count() == 0


def assert_still_typed(response):
    page = page_of(response)
    assert page.select_one("textarea").get_text().strip() == "Over overleg"
    assert page.select_one("#id_email")["value"] == "sanne@"
    assert page.select_one("[form=details]").get("aria-hidden")  # Enter presses this one, which confirms
    assert OutboundEmail.objects.count() == 0


def test_what_was_typed_survives_another_language(browser, clock):
    hold(browser)
    response = confirm(browser, clock, remark="Over overleg", email="sanne@", to_language="en")
    assert response.headers["Location"] == "/en/impact-call/details/"
    assert Booking.objects.get().status == Booking.Status.HELD
    assert_still_typed(browser.get("/en/impact-call/details/"))


def test_what_was_typed_survives_another_time(browser, clock):
    hold(browser)
    typed = filled_in(browser, clock, remark="Over overleg", email="sanne@")
    browser.post(reverse("bookings:release"), typed)
    hold(browser)
    assert_still_typed(browser.get(reverse("bookings:details")))


def test_control_characters_in_a_name_are_cleaned_away(member, clock):
    hold(member)
    confirm(member, clock, name="Sanne\r\nBcc all\u202e\u2028 Vermeer")
    assert Booking.objects.get().name == "Sanne Bcc all Vermeer"


def test_a_megabyte_of_remark_is_refused_without_an_error(browser, clock):
    hold(browser)
    response = confirm(browser, clock, remark="x" * 1_000_000)
    assert response.status_code in (400, 413, 422)
    assert Booking.objects.get().status == Booking.Status.HELD


def test_machine_that_fills_in_everything_is_asked_once_more(browser, clock):
    hold(browser)
    response = confirm(browser, clock, website="https://spam.example")
    assert response.status_code == 422
    assert "een veld ingevuld dat je niet ziet" in words_of(response)
    assert page_of(response).select_one("input[name=website]").get("value") is None
    assert OutboundEmail.objects.count() == 0


def test_a_quick_form_goes_on_to_the_code_which_proves_more(browser, clock):
    hold(browser)
    data = filled_in(browser, clock)
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:confirm"), data)
    assert response.headers["Location"] == reverse("account_confirm_login_code")


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_quick_form_without_a_code_is_shown_again_filled_in_and_then_accepted(
    browser, call_type, clock, is_signed_in
):
    CallType.objects.update(needs_code=False)
    if is_signed_in:
        browser.force_login(UserFactory(email=EMAIL), backend="django.contrib.auth.backends.ModelBackend")
    hold(browser)
    data = filled_in(browser, clock, remark="Over overleg")
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:confirm"), data)
    assert response.status_code == 422
    assert "wel heel snel" in words_of(response)
    again = page_of(response).select_one("form.plate")
    assert again.select_one("input[name=name]")["value"] == "Sanne Vermeer"
    assert again.select_one("textarea[name=remark]").text.strip() == "Over overleg"
    clock.shift(timedelta(seconds=2))
    data["stamp"] = again.select_one("input[name=stamp]")["value"]
    booking = browser.post(reverse("bookings:confirm"), data).headers["Location"]
    assert booking == reverse("bookings:done", args=[Booking.objects.get().public_id])


@pytest.mark.parametrize("stamp", ["", "onzin", None])
def test_old_or_forged_stamp_is_shown_again_and_then_accepted(browser, clock, stamp):
    hold(browser)
    data = filled_in(browser, clock)
    if stamp is None:
        clock.shift(timedelta(hours=3))
    else:
        data["stamp"] = stamp
    response = browser.post(reverse("bookings:confirm"), data)
    assert response.status_code == 422
    assert "stond lang open" in words_of(response)
    data["stamp"] = page_of(response).select_one("input[name=stamp]")["value"]
    clock.shift(timedelta(seconds=3))
    assert browser.post(reverse("bookings:confirm"), data).status_code == 302


def test_used_form_with_other_words_is_shown_again_with_a_new_key(member, call_type, clock):
    start = hold(member)
    data = filled_in(member, clock)
    member.post(reverse("bookings:confirm"), data)
    response = member.post(reverse("bookings:confirm"), data | {"remark": "anders"})
    assert response.status_code == 409
    assert "al gebruikt" in words_of(response)
    assert page_of(response).select_one("input[name=key]")["value"] != data["key"]
    assert Booking.objects.get().start_at.isoformat() == start


def test_replayed_form_ends_on_the_same_page(member, clock):
    hold(member)
    data = filled_in(member, clock)
    places = {member.post(reverse("bookings:confirm"), data).headers["Location"] for _ in range(3)}
    assert places == {reverse("bookings:done", args=[Booking.objects.get().public_id])}
    assert len(mails()) == 4


def test_form_without_its_hidden_parts_is_no_error(browser, clock):
    assert browser.post(reverse("bookings:confirm"), {"name": "x"}).status_code == 302
    hold(browser)
    assert browser.post(reverse("bookings:confirm"), {"name": "x"}).status_code == 422


def test_five_hundred_posts_of_a_machine_confirm_nothing_and_mail_six_codes(browser, clock):
    hold(browser)
    for _ in range(12):
        confirm(browser, clock)
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() <= 6
    assert Booking.objects.get().status == Booking.Status.HELD


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


@pytest.mark.parametrize("name", ["manage", "done", "invite", "move"])
def test_call_of_somebody_else_is_not_there(member, call_type, name):
    booking = confirmed(call_type, who="noor")
    assert member.get(reverse(f"bookings:{name}", args=[booking.public_id])).status_code == 404
    assert member.post(reverse("bookings:cancel", args=[booking.public_id])).status_code == 404
    booking.refresh_from_db()
    assert booking.status == Booking.Status.CONFIRMED


@pytest.mark.parametrize("name", ["manage", "done", "invite", "move"])
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
    assert page_of(page).select("form[action*=annuleren]") == []
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
    plan = f"a[href='{reverse('bookings:slots')}'].go-link"
    panel = page_of(member.get(reverse("accounts:account"))).select_one("#gesprekken")
    assert panel.select_one(plan) is not None
    booking = BookingFactory(call_type=call_type, user=User.objects.get(), email=EMAIL)
    panel = page_of(member.get(reverse("accounts:account"))).select_one("#gesprekken")
    assert panel.select_one(plan) is None
    assert panel.select_one(f"a[href='{reverse('bookings:manage', args=[booking.public_id])}']")


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
