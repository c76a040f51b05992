"""What people and programs send that no form of ours would: a sentence, and nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from assessments import summary
from bookings.models import Booking, CallType
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import (
    confirm,
    filled_in,
    hold,
    page_of,
    starts_on,
    words_of,
)
from tests.bookings.people import mails, with_words
from tests.bookings.visitor.journeys import EMAIL
from tests.factories.assessments import CompletedScanFactory, UserFactory

pytestmark = pytest.mark.django_db


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


def test_the_longest_that_may_be_filled_in_makes_mails_of_a_bounded_size(browser, clock):
    """R36: signs that take six bytes in a mail, in every field, and the result beside them."""
    member = UserFactory(email=f"{'s' * 64}@{'voorbeeld.' * 18}nl")
    CompletedScanFactory(user=member)
    browser.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    hold(browser)
    topics = list(summary.key_names("nl"))
    response = confirm(browser, clock, name="é" * 80, remark="&" * 1000, topics=topics, share="yes")
    booking = Booking.objects.get(status="confirmed")
    assert response.headers["Location"] == reverse("bookings:done", args=[booking.public_id])
    assert (booking.name, booking.remark, len(booking.topics)) == ("é" * 80, "&" * 1000, 10)
    sizes = {row.message: len(mime.build(with_words(row))) for row in OutboundEmail.objects.all()}
    assert len(sizes) == 4
    assert {message: size for message, size in sizes.items() if size > 100_000} == {}


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


def test_sixty_posts_of_a_machine_confirm_nothing_and_mail_six_codes(browser, clock):
    hold(browser)
    for _ in range(60):
        confirm(browser, clock)
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() <= 6
    assert Booking.objects.get().status == Booking.Status.HELD
