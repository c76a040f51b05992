"""Several coaches, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from bookings.availability import calendar
from bookings.calls import holds
from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.mail.models import OutboundEmail
from tests.bookings.browsing import confirm, filled_in, page_of, starts_on, type_code, words_of
from tests.bookings.people import HALF_HOUR, THURSDAY_9
from tests.bookings.visitor.kinds.coaches import EMAIL, SLOTS, fields, hold, link
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db


# ---- coaches ----------------------------------------------------------------------------------------------
def test_with_several_coaches_all_free_times_are_listed_once(browser, jet, noor):
    page = browser.get(SLOTS)
    found = starts_on(page)
    assert found == [slot.start.isoformat() for slot in calendar.free_with_any([jet, noor])][: len(found)]
    thursday = [start for start in found if start.startswith("2026-11-26")]
    assert len(thursday) == len(set(thursday)) == 16 + 4  # 09:00 to 17:00 of Jet, and 17:00 to 19:00 of Noor
    current = page_of(page).select_one(".coach-choice [aria-current]")
    assert current.get_text() == "Maakt niet uit"
    assert "met een van onze coaches" in words_of(page)


def test_one_coach_is_chosen_by_name_and_stays_chosen(browser, jet, noor):
    page = browser.get(link(browser.get(SLOTS, {"zone": "Asia/Dubai"}), "Noor Aydin"))
    assert "met Noor Aydin" in words_of(page)
    assert {start[:10] for start in starts_on(page)} == {"2026-11-26", "2026-12-03"}  # Thursdays of two weeks
    assert "Alle tijden: tijd in Dubai" in words_of(page)
    english = [a["href"] for a in page_of(page).select(".languages a")][1]
    assert english == "/en/impact-call/?coach=noor&zone=Asia%2FDubai"
    zone = browser.get(page_of(page).select_one(".zone a")["href"])
    assert fields(page_of(zone), "form.plate") == {"coach": "noor", "came_from": ""}
    assert page_of(zone).select_one(".back")["href"] == f"{SLOTS}?coach=noor"


def test_more_days_keep_kind_and_coach(browser, jet, noor, deep):
    page = browser.get(SLOTS, {"kind": "impact-call", "coach": "jet"})
    address = link(page, "Meer dagen")
    assert "kind=impact-call&coach=jet" in address
    later = browser.get(address)
    assert "met Jet van Dalen" in words_of(later)
    assert "coach=jet" in link(later, "Vorige dagen")


def test_choice_survives_the_way_back_from_details(browser, jet, noor, clock):
    page = browser.get(SLOTS, {"coach": "noor"})
    assert hold(browser, page, starts_on(page)[0]).headers["Location"] == reverse("bookings:details")
    assert "Wie mag Noor Aydin verwachten?" in words_of(browser.get(reverse("bookings:details")))
    back = browser.post(reverse("bookings:release"), filled_in(browser, clock), follow=True)
    assert page_of(back).select_one(".coach-choice [aria-current]").get_text() == "Noor Aydin"
    anybody = browser.get(link(back, "Maakt niet uit"))
    assert page_of(anybody).select_one(".coach-choice [aria-current]").get_text() == "Maakt niet uit"
    more = browser.get(link(anybody, "Meer dagen"))
    assert page_of(more).select_one(".coach-choice [aria-current]").get_text() == "Maakt niet uit"


def test_lost_time_offers_the_nearest_of_whoever_was_asked_for(browser, jet, noor):
    start = (THURSDAY_9 + 14 * HALF_HOUR).isoformat()  # 16:00, of both
    BookingFactory(call_type=jet, start=THURSDAY_9 + 14 * HALF_HOUR)
    BookingFactory(call_type=noor, start=THURSDAY_9 + 14 * HALF_HOUR)
    anybody = hold(browser, browser.get(SLOTS), start)
    assert anybody.status_code == 409
    assert starts_on(anybody) == [(THURSDAY_9 + steps * HALF_HOUR).isoformat() for steps in (11, 12, 16)]
    one = hold(browser, browser.get(SLOTS, {"coach": "jet"}), start)
    nearest = starts_on(one)
    assert nearest == [(THURSDAY_9 + steps * HALF_HOUR).isoformat() for steps in (10, 11, 12)]
    again = browser.post(reverse("bookings:hold"), fields(page_of(one), "form.plate") | {"start": nearest[0]})
    assert again.status_code == 302
    assert Booking.objects.get(status="held").host == jet.host


def test_time_that_was_lost_does_not_mix_with_the_one_still_held(browser, jet, noor, clock):
    evening = (THURSDAY_9 + 18 * HALF_HOUR).isoformat()
    hold(browser, browser.get(SLOTS), evening)  # of Noor
    BookingFactory(call_type=jet, start=THURSDAY_9)
    lost = hold(browser, browser.get(SLOTS, {"coach": "jet"}), THURSDAY_9.isoformat())
    assert lost.status_code == 409
    words = words_of(browser.get(reverse("bookings:details")))
    assert "Wie mag Noor Aydin verwachten?" in words
    assert "Deze tijd is nog 10 minuten voor jou" in words
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get(email=EMAIL).host == noor.host


@pytest.mark.parametrize("name", ["nobody", "noor\x00", "x" * 3000])
def test_unknown_coach_in_the_address_is_nobody_in_particular(browser, jet, noor, name):
    page = browser.get(SLOTS, {"coach": name})
    assert page_of(page).select_one(".coach-choice [aria-current]").get_text() == "Maakt niet uit"


def test_coach_who_stopped_meanwhile_is_not_replaced_unasked(browser, jet, noor):
    page = browser.get(SLOTS, {"coach": "noor"})
    noor.host.is_active = False
    noor.host.save()
    response = hold(browser, page, starts_on(page)[0])
    assert response.status_code == 409
    assert Booking.objects.count() == 0


def test_coach_who_stopped_while_the_visitor_typed_is_not_replaced_either(member, jet, noor, clock):
    page = member.get(SLOTS, {"coach": "noor"})
    hold(member, page, starts_on(page)[0])
    data = filled_in(member, clock)
    CallType.objects.filter(pk=noor.pk).update(is_active=False)
    response = member.post(reverse("bookings:confirm"), data)
    assert response.headers["Location"] == reverse("bookings:slots")
    assert Booking.objects.exclude(status="held").count() == 0


def test_held_coach_is_named_from_details_to_mail(browser, jet, noor, clock):
    evening = (THURSDAY_9 + 18 * HALF_HOUR).isoformat()  # 18:00: only Noor works then
    hold(browser, browser.get(SLOTS), evening)
    assert "Wie mag Noor Aydin verwachten?" in words_of(browser.get(reverse("bookings:details")))
    confirm(browser, clock)
    done = browser.get(type_code(browser).headers["Location"])
    assert page_of(done).h1.get_text() == "Donderdag om 18:00 spreek je Noor."
    mail = OutboundEmail.objects.get(message="bookings/confirmation")
    assert (mail.to_email, mail.reply_to) == (EMAIL, noor.host.email)
    assert "Noor Aydin" in mail.subject
    assert OutboundEmail.objects.get(message="bookings/coach_booked").to_email == noor.host.email


@pytest.mark.parametrize("is_member", [True, False])
def test_time_that_was_taken_while_typing_is_confirmed_with_another_coach_who_is_named(
    browser, jet, noor, clock, is_member
):
    if is_member:
        browser.force_login(UserFactory(email=EMAIL), backend="django.contrib.auth.backends.ModelBackend")
    start = THURSDAY_9 + 14 * HALF_HOUR
    hold(browser, browser.get(SLOTS), start.isoformat())
    first = Booking.objects.get().call_type
    clock.shift(timedelta(minutes=11))
    holds.release_lapsed_holds()
    BookingFactory(call_type=first, start=start, email="iemand@voorbeeld.nl")
    response = confirm(browser, clock)
    if not is_member:
        response = type_code(browser)
    booking = Booking.objects.get(email=EMAIL)
    assert {first, booking.call_type} == {jet, noor}
    done = words_of(browser.get(response.headers["Location"]))
    told = f"De tijd bij {first.host.name} was net bezet. {booking.host.name} kan dan wel"
    assert told in done


def test_whoever_asked_for_one_coach_is_offered_that_coachs_other_times(member, jet, noor, clock):
    start = THURSDAY_9 + 14 * HALF_HOUR
    hold(member, member.get(SLOTS, {"coach": "noor"}), start.isoformat())
    clock.shift(timedelta(minutes=11))
    holds.release_lapsed_holds()
    BookingFactory(call_type=noor, start=start, email="iemand@voorbeeld.nl")
    response = confirm(member, clock)
    assert response.status_code == 409
    assert Booking.objects.filter(email=EMAIL).count() == 0
    assert starts_on(response)[-1] == (start + 3 * HALF_HOUR).isoformat()  # of Noor's own evening


def test_who_takes_any_coach_shares_with_whichever_coach_it_will_be(member, jet, noor):
    CompletedScanFactory(user=User.objects.get())
    hold(member, member.get(SLOTS), THURSDAY_9.isoformat())
    assert "Mag je coach je uitslag vooraf lezen?" in words_of(member.get(reverse("bookings:details")))
    hold(member, member.get(SLOTS, {"coach": "jet"}), THURSDAY_9.isoformat())
    assert "Mag Jet je uitslag vooraf lezen?" in words_of(member.get(reverse("bookings:details")))


def test_coaches_in_different_zones_show_a_second_clock_only_once_it_is_clear_whose(browser, jet, noor):
    noor.host.time_zone = "Europe/Lisbon"
    noor.host.save()
    assert page_of(browser.get(SLOTS)).select(".option small") == []
    alone = browser.get(SLOTS, {"coach": "noor", "zone": "Europe/Amsterdam"})
    assert "15:00 tijd in Lissabon" in words_of(alone)


# ---- the page of one coach --------------------------------------------------------------------------------
def test_page_of_a_coach_shows_only_that_coach(browser, jet, noor, deep):
    assert reverse("bookings:coach", args=["noor"]) == "/impactcall/bij/noor/"
    with translation.override("en"):
        assert reverse("bookings:coach", args=["noor"]) == "/en/impact-call/with/noor/"
    page = browser.get("/impactcall/bij/noor/")
    assert page_of(page).h1.get_text() == "Kies een tijd bij Noor Aydin."
    assert page_of(page).select(".coach-choice, .kinds") == []  # one coach, and one kind that she offers
    assert "Jet" not in page_of(page).main.get_text()
    assert len(page_of(browser.get("/impactcall/bij/jet/")).select(".kinds li")) == 2


def test_page_of_a_coach_is_where_every_way_leads_back(browser, jet, noor, clock):
    address = "/impactcall/bij/noor/"
    page = browser.get(address, {"zone": "Asia/Dubai"})
    assert [a["href"] for a in page_of(page).select(".languages a")][1] == (
        "/en/impact-call/with/noor/?zone=Asia%2FDubai"
    )
    zone = browser.get(page_of(page).select_one(".zone a")["href"])
    assert page_of(zone).select_one("form.plate")["action"] == address
    hold(browser, page, starts_on(page)[0])
    assert Booking.objects.get().host == noor.host
    back = browser.post(reverse("bookings:release"), filled_in(browser, clock))
    assert back.headers["Location"] == address
    BookingFactory(call_type=noor, start=THURSDAY_9 + 12 * HALF_HOUR)
    lost = hold(browser, page, (THURSDAY_9 + 12 * HALF_HOUR).isoformat())
    assert lost.status_code == 409
    assert link(lost, "Bekijk alle vrije tijden") == address


@pytest.mark.parametrize("slug", ["nobody", "noor", "jet-van-dalen-" * 20])
def test_coach_who_is_unknown_or_switched_off_has_a_friendly_page(browser, jet, noor, slug):
    noor.host.is_active = False
    noor.host.save()
    page = browser.get(f"/impactcall/bij/{slug}/")
    assert page.status_code == 404
    assert link(page, "Bekijk alle vrije tijden") == SLOTS


def test_coach_without_free_times_leads_on_to_the_others(browser, jet, noor):
    noor.host.rules.all().delete()
    page = browser.get("/impactcall/bij/noor/")
    assert "Op dit moment zijn alle tijden bezet." in words_of(page)
    assert starts_on(browser.get(link(page, "Bekijk alle vrije tijden")))
    chosen = browser.get(SLOTS, {"coach": "noor"})
    assert starts_on(browser.get(link(chosen, "Maakt niet uit")))
