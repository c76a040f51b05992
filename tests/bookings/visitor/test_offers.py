"""The waitlist and a held time over HTTP: joining, the link of the mail, taking, declining."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from bookings.availability import calendar
from bookings.calls import holds, lifecycle
from bookings.models import Booking, CallType, Offer, WaitlistEntry
from bookings.waitlist import emails
from portal.accounts.models import User
from portal.common import times, tokens
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import code_for, hold, page_of, type_code, words_of
from tests.bookings.people import THURSDAY_9, confirm, mail, mails
from tests.factories.assessments import UserFactory
from tests.factories.bookings import CallTypeFactory, OfferFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db
EMAIL = "noor@voorbeeld.nl"
WAITLIST = "/impactcall/wachtlijst/"


@pytest.fixture
def browser(call_type: CallType) -> Client:
    return Client()


@pytest.fixture
def noor(call_type: CallType) -> User:
    return UserFactory(email=EMAIL, name="Noor Aydin")


@pytest.fixture
def member(browser: Client, noor: User) -> Client:
    return signed_in(noor)


@pytest.fixture
def offer(call_type: CallType, noor: User) -> Offer:
    """Noor waits, and a call of Thursday nine o'clock was cancelled."""
    WaitlistEntryFactory(user=noor, kind=call_type.slug)
    lifecycle.cancel(confirm(call_type), by=Booking.By.INVITEE)
    return Offer.objects.get()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def filled_in(browser: Client, clock: Any, **changes: Any) -> dict[str, Any]:
    """The form as the page gave it, filled in by somebody who took a few seconds."""
    form = page_of(browser.get(WAITLIST)).select_one("form.plate")
    given = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    clock.shift(timedelta(seconds=5))
    return given | changes


def join(browser: Client, clock: Any, **changes: Any) -> HttpResponse:
    return browser.post(reverse("bookings:waitlist_join"), filled_in(browser, clock, **changes))


def link_of(offer: Offer, *, generation: int = 0) -> str:
    token = tokens.make(emails.OFFER, offer.public_id, generation)
    return reverse("bookings:offer_link", args=[offer.public_id, token])


def page_for(offer: Offer, name: str = "offer") -> str:
    return reverse(f"bookings:{name}", args=[offer.public_id])


def followed(offer: Offer) -> Client:
    """A browser of its own in which the link of the mail was followed."""
    browser = Client()
    assert browser.get(link_of(offer)).headers["Location"] == page_for(offer)
    return browser


def take(browser: Client, offer: Offer, **changes: str) -> HttpResponse:
    data = {"start": offer.starts[0].isoformat(), "name": "Noor Aydin"} | changes
    return browser.post(page_for(offer, "offer_take"), data)


# ---- joining ------------------------------------------------------------------------------------------
def test_stranger_joins_with_a_mailed_code(browser, call_type, clock):
    link = page_of(browser.get(reverse("bookings:slots"))).find("a", string=re.compile("Laat het me weten"))
    assert browser.get(link["href"]).status_code == 200
    response = join(browser, clock, name="Noor Aydin", email=EMAIL, until_on="2026-12-10")
    assert response.headers["Location"] == reverse("account_confirm_login_code")
    assert WaitlistEntry.objects.count() == 0
    assert type_code(browser, EMAIL).headers["Location"] == WAITLIST
    entry = WaitlistEntry.objects.get()
    assert (entry.email, entry.name, entry.until_on, entry.kind, entry.host) == (
        EMAIL, "Noor Aydin", date(2026, 12, 10), call_type.slug, None
    )  # fmt: skip
    assert entry.user == User.objects.get(email=EMAIL)
    assert "Je staat op de wachtlijst." in words_of(browser.get(WAITLIST))
    assert not page_of(browser.get(WAITLIST)).select("main .btn:not(.outlined)")  # nothing is left to be done
    assert mails(to_email=EMAIL)[-1] == "bookings/waitlist_joined"


def test_code_typed_twice_joins_once(browser, clock):
    join(browser, clock, name="Noor Aydin", email=EMAIL)
    code = {"code": code_for(EMAIL)}
    twin = Client()
    twin.cookies = browser.cookies.copy()
    for one in (browser, twin):
        assert one.post(reverse("account_confirm_login_code"), code).headers["Location"] == WAITLIST
    assert WaitlistEntry.objects.count() == 1


def test_form_sent_twice_mails_one_code(browser, clock):
    data = filled_in(browser, clock, name="Noor Aydin", email=EMAIL)
    for _ in range(3):
        browser.post(reverse("bookings:waitlist_join"), data)
    assert OutboundEmail.objects.filter(message="accounts/login_code").count() == 1


def test_code_that_came_too_late_joins_nobody(browser, clock):
    join(browser, clock, name="Noor Aydin", email=EMAIL)
    clock.shift(timedelta(minutes=41))
    browser.post(reverse("account_request_login_code"), {"email": "bas@voorbeeld.nl"})
    type_code(browser, "bas@voorbeeld.nl")
    assert WaitlistEntry.objects.count() == 0


def test_member_joins_at_once_until_the_horizon_unless_told_otherwise(member, call_type, clock):
    form = page_of(member.get(WAITLIST)).select_one("form.plate")
    assert form.select("input[name=email]") == []
    assert form.select_one("input[name=name]")["value"] == "Noor Aydin"
    assert form.select_one("input[name=until_on]")["value"] == "2026-12-23"
    assert join(member, clock).headers["Location"] == WAITLIST
    assert WaitlistEntry.objects.get().until_on == date(2026, 12, 23)
    join(member, clock, until_on="2026-12-01")
    assert WaitlistEntry.objects.get().until_on == date(2026, 12, 1)


def test_page_says_that_nights_do_not_count(browser):
    words = words_of(browser.get(WAITLIST))
    assert (
        "Je hebt 4 uur om te bevestigen; daarna bieden we de tijd de volgende aan. "
        "De nacht, van 21:00 tot 08:00," in words
    )


def test_somebody_with_a_call_is_told_that_it_will_move(member, call_type, clock):
    confirm(call_type, who="noor")
    words = words_of(member.get(WAITLIST))
    assert "Je hebt een gesprek op do 26 nov 2026, 09:00. We houden alleen een eerdere tijd" in words
    join(member, clock)
    assert WaitlistEntry.objects.count() == 1


def test_one_coach_may_be_asked_for(member, call_type, clock):
    other = CallTypeFactory(host__name="Ilse Kramer")
    page = member.get(WAITLIST, {"coach": other.host.slug, "kind": other.slug})
    given = {
        field["name"]: field.get("value", "") for field in page_of(page).select("form.plate input[name]")
    }
    assert "Voor een gesprek met Ilse Kramer" in words_of(page)
    clock.shift(timedelta(seconds=5))
    member.post(reverse("bookings:waitlist_join"), given)
    entry = WaitlistEntry.objects.get()
    assert (entry.host, entry.kind) == (other.host, other.slug)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until_on": ""}, "Kies een dag."),
        ({"until_on": "morgen"}, "Dat is geen datum."),
        ({"until_on": "2026-11-22"}, "Die dag is voorbij."),
        ({"until_on": "2027-11-24"}, "Kies een dag binnen een jaar."),
        ({"until_on": "9999-99-99"}, "Dat is geen datum."),
        ({"name": ""}, "Vul je naam in."),
        ({"name": "www.koop.nl"}, "Alleen je naam"),
        ({"email": "geen adres"}, "e-mailadres"),
        ({"website": "http://spam"}, "dat je niet ziet"),
        ({"stamp": "verzonnen"}, "lang open"),
        ({"kind": "<script>"}, ""),
        ({"coach": "x" * 400}, ""),
    ],
)
def test_bad_input_is_said_at_the_field_and_the_rest_stays(browser, clock, changes, words):
    good = {"name": "Noor Aydin", "email": EMAIL, "until_on": "2026-12-10"}
    response = join(browser, clock, **(good | changes))
    assert response.status_code == 422
    assert words in words_of(response)
    if "name" not in changes:
        assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    assert (WaitlistEntry.objects.count(), mails()) == (0, [])


def test_a_quick_form_goes_on_to_the_code(browser, clock):
    data = filled_in(browser, clock, name="Noor Aydin", email=EMAIL)
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:waitlist_join"), data)
    assert response.headers["Location"] == reverse("account_confirm_login_code")


def test_too_quick_without_a_code_is_pressed_once_more(browser, clock):
    browser.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    data = filled_in(browser, clock, name="Noor Aydin")
    clock.shift(timedelta(seconds=-4))
    response = browser.post(reverse("bookings:waitlist_join"), data)
    assert response.status_code == 422
    assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    clock.shift(timedelta(seconds=4))
    assert browser.post(reverse("bookings:waitlist_join"), data).status_code == 302


def test_without_a_coach_the_waitlist_leads_to_the_times(browser):
    CallType.objects.update(is_active=False)
    for path in (WAITLIST, reverse("bookings:waitlist_join")):
        assert browser.post(path) if path != WAITLIST else browser.get(path)
        assert browser.get(path).status_code == 302


def test_lost_time_leads_to_the_waitlist_too(browser, call_type):
    start = hold(Client())
    response = browser.post(reverse("bookings:hold"), {"start": start})
    assert response.status_code == 409
    assert page_of(response).find("a", string=re.compile("Laat het me weten"))


def test_account_shows_what_one_waits_for_and_stops_it(member, noor, call_type):
    assert "wachtlijst" not in words_of(member.get(reverse("accounts:account"))).lower()
    entry = WaitlistEntryFactory(user=noor, kind=call_type.slug, until_on=date(2026, 12, 10))
    page = member.get(reverse("accounts:account"))
    assert "Je staat op de wachtlijst tot en met donderdag 10 december 2026." in words_of(page)
    form = page_of(page).select_one("form[action*=stoppen]")
    assert member.post(form["action"]).status_code == 302
    entry.refresh_from_db()
    assert entry.status == "withdrawn"


def test_nobody_stops_somebody_elses_waiting(browser, offer):
    path = reverse("bookings:waitlist_stop", args=[offer.entry.public_id])
    assert browser.post(path).headers["Location"].startswith("/inloggen/")
    assert signed_in(UserFactory()).post(path).status_code == 404
    assert WaitlistEntry.objects.get().status == "offered"
    assert followed(offer).post(path).headers["Location"] == reverse("bookings:slots")
    assert WaitlistEntry.objects.get().status == "withdrawn"


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
    lifecycle.close(missed, Booking.Status.NO_SHOW)
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
    other, stranger = signed_in(UserFactory()), Client()
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
    member = signed_in(noor)
    page = member.get(reverse("accounts:account"))
    link = page_of(page).find("a", string="Bekijk deze tijd")["href"]
    assert member.get(link).status_code == 200
    assert member.get(WAITLIST).status_code == 200
    take(member, offer)
    assert Booking.objects.get(status="confirmed").user == noor


def test_somebody_elses_session_takes_it_for_the_person_it_is_for(offer, noor):
    """A colleague with the mail at hand: the call is of whom it was offered to."""
    other = signed_in(UserFactory())
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
    for browser in (Client(), followed(offer), signed_in(offer.user)):
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


# ---- both languages, few queries ----------------------------------------------------------------------
def test_english_pages_are_english(offer):
    browser = followed(offer)
    with translation.override("en"):
        words = words_of(browser.get(page_for(offer)))
        assert "This time is held for you, Noor." in words
        assert "Shall we tell you when a time comes free?" in words_of(
            Client().get("/en/impact-call/waitlist/")
        )


def test_pages_ask_as_often_whoever_else_waits(offer, noor, call_type, django_assert_num_queries):
    browser, member = followed(offer), signed_in(noor)
    for round_ in range(2):
        with django_assert_num_queries(3):
            browser.get(page_for(offer))
        with django_assert_num_queries(6):
            member.get(WAITLIST)
        if not round_:
            for _ in range(3):
                WaitlistEntryFactory(kind=call_type.slug)
    assert times.now() < offer.expires_at


# ---- a coach who calls ----------------------------------------------------------------------------------
def test_offered_call_by_phone_asks_for_the_number(call_type, offer):
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    browser = followed(offer)
    page = words_of(browser.get(page_for(offer)))
    assert "Jet belt je op het nummer dat je hier invult" in page
    refused = take(browser, offer, phone="12")
    assert refused.status_code == 422
    assert page_of(refused).select_one("[name=phone]")["value"] == "12"
    assert page_of(refused).select_one("[name=name]")["value"] == "Noor Aydin"
    take(browser, offer, phone="06 12345678")
    assert Booking.objects.get(status="confirmed").phone == "+31612345678"


def test_number_of_the_missed_call_is_filled_in(call_type, clock):
    CallType.objects.update(location_kind=CallType.Location.PHONE_HOST_CALLS)
    call_type.refresh_from_db()
    missed = confirm(call_type, phone="+31612345678")
    clock.move_to(missed.end_at + timedelta(minutes=5))
    lifecycle.close(missed, Booking.Status.NO_SHOW)
    offer = Offer.objects.get()
    form = page_of(followed(offer).get(page_for(offer))).select_one("#take")
    assert form.select_one("[name=phone]")["value"] == "+31 6 12345678"


# ---- what no page of ours sends ------------------------------------------------------------------------
@pytest.mark.parametrize("field", ["kind", "coach"])
@pytest.mark.parametrize("sent", ["\0x", "x" * 10_000, "\ufffd"])
def test_short_names_that_cannot_be_are_none(browser, clock, field, sent):
    person = {"name": "Noor Aydin", "email": EMAIL}
    response = join(browser, clock, **person | {field: sent})
    assert response.status_code == 422
    assert page_of(response).select_one("input[name=name]")["value"] == "Noor Aydin"
    assert join(browser, clock, **person).status_code == 302
