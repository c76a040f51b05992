"""The last step of a booking: its code, ten minutes more for its time, and how many steps there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Booking, CallType
from portal.accounts.models import User
from portal.common import times
from tests.bookings.browsing import confirm, filled_in, hold, page_of, starts_on, type_code, words_of
from tests.bookings.people import THURSDAY_9
from tests.bookings.visitor.journeys import EMAIL
from tests.factories.assessments import CompletedScanFactory
from tests.factories.bookings import BookingFactory

pytestmark = pytest.mark.django_db
CODE_PAGE = reverse("account_confirm_login_code")
DETAILS = reverse("bookings:details")
TYPED = {"name": "Sanne Vermeer", "email": "sanne@voorb", "remark": "Over overleg", "topics": ["naming"]}


def at_code(browser: Client, clock) -> None:
    hold(browser)
    confirm(browser, clock, remark="Over overleg")


def step_on(response) -> str:
    return page_of(response).select_one(".section-legend b").get_text()


def longer(browser: Client, clock, **typed):
    """Press the button beside the details, with whatever stands in the form."""
    form = filled_in(browser, clock) | typed
    return browser.post(reverse("bookings:extend"), form)


def longer_at_code(browser: Client, code: str = ""):
    return browser.post(reverse("bookings:extend"), {"from": "code", "code": code})


# ---- the page of the code ----------------------------------------------------------------------------
def test_the_code_belongs_to_the_call(browser, clock):
    at_code(browser, clock)
    page = page_of(browser.get(CODE_PAGE))
    words = words_of(browser.get(CODE_PAGE))
    assert page.h1.get_text() == "Nog één ding: de code uit je mail."
    assert "dinsdag 24 november, 16:00 , nog niet bevestigd" in words
    assert "Deze tijd is nog 11 minuten voor jou." in words
    assert "We stuurden de code naar sanne@voorbeeld.nl." in words
    assert page.title.get_text(strip=True).startswith("De code voor dinsdag 24 november, 16:00")
    assert [button.get_text() for button in page.select("button.cta")] == [
        "Bevestig dinsdag 24 november, 16:00"
    ]


def test_a_wrong_code_keeps_the_page_of_the_call(browser, clock):
    at_code(browser, clock)
    wrong = browser.post(CODE_PAGE, {"code": "BBBB-BBBB"})
    assert page_of(wrong).h1.get_text() == "Nog één ding: de code uit je mail."
    assert page_of(wrong).select_one("#id_code")["value"] == "BBBB-BBBB"


def test_signing_in_elsewhere_says_nothing_of_a_call(browser, clock):
    at_code(browser, clock)
    browser.post(reverse("account_request_login_code"), {"email": "noor@voorbeeld.nl"})
    page = browser.get(CODE_PAGE)
    assert page_of(page).h1.get_text() == "Typ de code uit de mail."
    assert page_of(page).select("button.cta, #hold") == []
    assert "november" not in words_of(page)


def test_from_the_code_back_to_the_times_gives_the_held_one_back(browser, clock):
    at_code(browser, clock)
    button = page_of(browser.get(CODE_PAGE)).select_one(".section-legend button[form=code]")
    response = browser.post(button["formaction"], {"code": ""})
    assert response.headers["Location"].startswith(reverse("bookings:slots"))
    assert not Booking.objects.exists()
    assert page_of(browser.get(CODE_PAGE)).h1.get_text() == "Typ de code uit de mail."


def test_another_address_is_typed_in_the_form_as_it_was(browser, clock):
    at_code(browser, clock)
    link = page_of(browser.get(CODE_PAGE)).find("a", string="Ander e-mailadres?")
    page = page_of(browser.get(link["href"]))
    assert page.select_one("input[name=name]")["value"] == "Sanne Vermeer"
    assert page.select_one("input[name=email]")["value"] == EMAIL
    assert "Over overleg" in page.select_one("textarea").get_text()


def test_a_code_sent_once_more_is_outlived_by_the_time_too(browser, clock):
    at_code(browser, clock)
    clock.shift(timedelta(minutes=5))
    browser.post(CODE_PAGE, {"action": "resend"})
    assert Booking.objects.get().expires_at == times.now() + timedelta(minutes=11)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, ["Drie keer mis, dus die code werkt niet meer. Vraag een nieuwe aan."]),
     (10.1, ["Die code werkt niet meer. Vraag een nieuwe aan; wat je invulde staat er nog."])],
)  # fmt: skip
def test_a_code_that_is_over_is_asked_for_anew_where_the_details_stand(browser, clock, minutes, said):
    at_code(browser, clock)
    clock.shift(timedelta(minutes=minutes))
    for _ in range(3):
        response = browser.post(CODE_PAGE, {"code": "BBBB-BBBB"})
        if response.status_code == 302:
            break
    assert response.headers["Location"] == DETAILS
    page = page_of(browser.get(DETAILS))
    assert [words.find_all("span", recursive=False)[-1].get_text(" ", strip=True).removeprefix("Fout: ")
            for words in page.select(".message")] == said  # fmt: skip
    assert page.select_one("input[name=email]")["value"] == EMAIL
    confirm(browser, clock)
    type_code(browser)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


def test_the_page_of_the_code_asks_as_often_whatever_was_typed(browser, clock, django_assert_num_queries):
    at_code(browser, clock)
    with django_assert_num_queries(4):
        browser.get(CODE_PAGE)


# ---- how many steps ----------------------------------------------------------------------------------
def test_three_steps_with_a_code(browser, clock):
    assert step_on_times(browser) == "Stap 1 van 3"
    hold(browser)
    page = browser.get(DETAILS)
    assert step_on(page) == "Stap 2 van 3"
    assert page_of(page).select_one("#details .action-row button").get_text(strip=True) == "Mail me de code"
    assert page_of(page).select("button.cta") == []
    confirm(browser, clock)
    assert step_on(browser.get(CODE_PAGE)) == "Stap 3 van 3"


def test_two_steps_for_who_is_signed_in(browser, clock):
    """Also on the page that was just written for somebody who is not, by the same clock."""
    browser.get(reverse("bookings:slots"), {"zone": "Europe/Amsterdam"})
    user = User.objects.create(email=EMAIL, time_zone="Europe/Amsterdam")
    member = Client()
    member.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert step_on_times(browser) == "Stap 1 van 3"
    assert step_on_times(member) == "Stap 1 van 2"
    hold(member)
    page = member.get(DETAILS)
    assert step_on(page) == "Stap 2 van 2"
    assert page_of(page).select_one("button.cta").get_text() == "Bevestig dinsdag 24 november, 16:00"


def test_a_code_that_was_not_announced_is_one_more_step(browser, call_type, clock):
    CallType.objects.update(needs_code=False)
    BookingFactory(call_type=call_type, start=THURSDAY_9, email=EMAIL)
    hold(browser)
    assert step_on(browser.get(DETAILS)) == "Stap 2 van 2"
    confirm(browser, clock)
    assert step_on(browser.get(CODE_PAGE)) == "Nog één stap"


def step_on_times(browser: Client) -> str:
    page = page_of(browser.get(reverse("bookings:slots")))
    return page.select_one("form .section-legend b").get_text()


# ---- ten minutes more --------------------------------------------------------------------------------
def test_ten_minutes_more_keep_whatever_was_typed_right_or_wrong(browser, clock):
    hold(browser)
    response = longer(browser, clock, **TYPED)
    assert response.headers["Location"] == f"{DETAILS}#hold"
    page = browser.get(DETAILS)
    assert "Tien minuten erbij: deze tijd is tot 13:20 voor jou." in words_of(page)
    assert "Deze tijd is nog 20 minuten voor jou." in words_of(page)
    shown = page_of(page)
    assert shown.select_one("input[name=email]")["value"] == "sanne@voorb"
    assert shown.select_one("textarea").get_text(strip=True) == "Over overleg"
    assert [box["value"] for box in shown.select("input[name=topics][checked]")] == ["naming"]


def test_ten_minutes_more_keep_what_stands_in_the_field_of_the_code(browser, clock):
    at_code(browser, clock)
    assert longer_at_code(browser, "bcdf-").headers["Location"] == f"{CODE_PAGE}#hold"
    page = page_of(browser.get(CODE_PAGE))
    assert page.select_one("#id_code")["value"] == "bcdf-"
    assert page_of(browser.get(CODE_PAGE)).select_one("#id_code")["value"] == ""
    type_code(browser)
    assert Booking.objects.get().status == Booking.Status.CONFIRMED


def test_the_third_time_it_is_said_kindly_that_it_cannot(browser, clock):
    hold(browser)
    longer(browser, clock)
    longer(browser, clock)
    page = page_of(browser.get(DETAILS))
    assert page.select(".hold-longer") == []
    longer(browser, clock)
    words = words_of(browser.get(DETAILS))
    assert "Langer dan tot 13:30 kan niet. Wat je typte blijft staan, ook daarna." in words


def test_a_time_that_ran_out_and_is_still_free_is_held_once_more(browser, clock):
    at_code(browser, clock)
    Booking.objects.update(expires_at=times.now())
    page = page_of(browser.get(CODE_PAGE))
    assert "Deze tijd staat niet meer voor je vast." in page.select_one("#hold").get_text()
    assert page.select_one(".hold-longer") is not None
    longer_at_code(browser)
    assert Booking.objects.get().expires_at == times.now() + timedelta(minutes=10)


def test_a_time_that_ran_out_and_was_taken_leads_to_the_nearest_with_all_that_was_typed(browser, clock):
    start = hold(browser)
    form = filled_in(browser, clock) | TYPED
    clock.shift(timedelta(minutes=11))
    hold(Client(), start)
    response = browser.post(reverse("bookings:extend"), form)
    assert response.headers["Location"] == reverse("bookings:lost")
    page = browser.get(reverse("bookings:lost"))
    assert len(starts_on(page)) == 3
    assert page_of(page).select_one("input[name=remark]")["value"] == "Over overleg"


def test_a_time_taken_while_the_code_was_typed_is_still_answered_kindly(browser, clock):
    at_code(browser, clock)
    start = Booking.objects.get().start_at
    clock.shift(timedelta(minutes=12))
    hold(Client(), start.isoformat())
    assert longer_at_code(browser).headers["Location"] == reverse("bookings:lost")
    assert "Deze tijd is net bezet." in words_of(browser.get(reverse("bookings:lost")))


def test_nothing_chosen_is_nothing_to_hold_longer(browser):
    assert browser.post(reverse("bookings:extend")).headers["Location"] == reverse("bookings:slots")
    assert browser.post(reverse("bookings:extend"), {"start": "onzin", "kind": "x" * 99}).status_code == 302
    assert not Booking.objects.exists()


# ---- the form of the details ---------------------------------------------------------------------------
def test_the_weakest_keys_stand_first_and_the_others_are_folded_with_nothing_ticked(member):
    CompletedScanFactory(user=User.objects.get())
    hold(member)
    fieldset = page_of(member.get(DETAILS)).select_one("fieldset.topics")
    assert len(fieldset.select("details input")) == 8
    assert len(fieldset.select("input")) == 10
    assert fieldset.select("input[checked]") == []
    assert not fieldset.details.has_attr("open")


def test_without_a_scan_no_key_comes_before_another(browser):
    hold(browser)
    fieldset = page_of(browser.get(DETAILS)).select_one("fieldset.topics")
    assert len(fieldset.select("details input")) == 10
    assert fieldset.summary.get_text(strip=True) == "Kies uit de tien sleutels"


def test_a_folded_key_that_was_ticked_is_in_sight(browser, clock):
    hold(browser)
    longer(browser, clock, **TYPED)
    assert page_of(browser.get(DETAILS)).select_one("fieldset.topics details").has_attr("open")


@pytest.mark.parametrize("answer", [{}, {"share": "no", "email": "x"}])
def test_what_is_shared_after_a_yes_describes_the_question_always(member, clock, answer):
    CompletedScanFactory(user=User.objects.get())
    hold(member)
    for page in (member.get(DETAILS), confirm(member, clock, **answer, name="")):
        shown = page_of(page)
        question = shown.select_one("fieldset:has(input[name=share])")
        described = [shown.find(id=one) for one in question["aria-describedby"].split()]
        assert "De coach ziet dan je tien scores" in described[0].get_text()
        assert None not in described


def test_the_hint_of_the_address_stands_under_it_and_describes_it(browser, clock):
    hold(browser)
    field = page_of(browser.get(DETAILS)).select_one("input[name=email]")
    hint = field.find_next_sibling()
    assert hint["id"] in field["aria-describedby"].split()
    assert hint.get_text() == "Hier komt de uitnodiging voor je agenda."
