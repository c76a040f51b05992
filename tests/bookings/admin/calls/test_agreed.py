"""What was agreed: typed once, mailed once, taken back by an erasure, and found again where the next step is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bookings.calls import erasure, lifecycle
from bookings.errors import BusyError
from bookings.models import Booking
from portal.accounts.models import User
from portal.leads.models import LeadEvent
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Skip
from portal.mail.render import due_context
from tests.bookings.admin.conftest import Book, at, browser_of
from tests.bookings.admin.week.looking import text
from tests.bookings.people import mail, mails, with_words
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
EMAIL, WORDS = "sanne@voorbeeld.nl", "Ik laat het maandagoverleg los.\nVóór 1 januari."


def path_of(booking: Booking, name: str = "agreed") -> str:
    return reverse(f"admin:bookings_booking_{name}", args=[booking.pk])


def page_of(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(EMAIL, name="Sanne Vermeer")


@pytest.fixture
def call(book: Book, user: User) -> Booking:
    return book(at(-3, 10), status="completed", user=user)


def write(client: Client, booking: Booking, words: str = WORDS, version: int = 0) -> Any:
    return client.post(path_of(booking), {"text": words, "version": version}, follow=True)


def kept(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.agreed


# ---- writing it down ------------------------------------------------------------------------------------
def test_saying_that_a_call_went_ahead_leads_to_what_was_agreed(as_coach: Client, book: Book) -> None:
    booking = book(at(-3, 10))
    response = as_coach.post(path_of(booking, "close"), {"status": "completed"})
    assert response.headers["Location"] == path_of(booking)
    page = page_of(as_coach.get(path_of(booking)))
    assert page.select_one("textarea[name=text]")["lang"] == "nl"
    assert "Sanne leest Nederlands." in text(page)


def test_a_call_that_was_missed_leads_back_to_the_call(as_coach: Client, book: Book) -> None:
    booking = book(at(-3, 10))
    response = as_coach.post(path_of(booking, "close"), {"status": "no_show", "mail": "no"})
    assert response.headers["Location"] == path_of(booking, "change")


def test_what_was_agreed_is_kept_mailed_and_on_the_timeline(as_coach: Client, call: Booking) -> None:
    response = write(as_coach, call)
    assert "Bewaard. Sanne Vermeer krijgt het per mail." in text(page_of(response))
    assert kept(call) == WORDS
    sent = mail("agreed")
    assert (sent.to_email, sent.kind, sent.reply_to) == (EMAIL, "service", call.host.email)
    assert sent.subject == "Wat je afsprak op vr 20 nov 2026, 10:00"
    assert WORDS in sent.text
    assert "Ik laat het maandagoverleg los.<br>Vóór 1 januari." in sent.html
    assert LeadEvent.objects.filter(kind="call.agreed").count() == 1
    panel = page_of(response).select_one(".agreed")
    assert "Ik laat het maandagoverleg los." in text(panel)
    assert "Opgeschreven en gemaild op ma 23 nov 2026, 10:00." in text(panel)


def test_the_mail_is_a_summary_without_an_offer(as_coach: Client, call: Booking) -> None:
    write(as_coach, call)
    sent = mail("agreed")
    links = {link["href"] for link in BeautifulSoup(sent.html, "html.parser").select("a")}
    own = {reverse("accounts:account"), reverse("portal:privacy")}
    assert {link.partition("//")[2].partition("/")[2] for link in links} == {"", *(one[1:] for one in own)}
    assert "Afmelden" not in sent.text + sent.html


def test_who_reads_english_gets_an_english_mail_and_the_coach_is_told_so(
    as_coach: Client, call: Booking
) -> None:
    Booking.objects.update(language="en", user=None)
    assert "leest Engels" in text(page_of(as_coach.get(path_of(call))))
    write(as_coach, call, "I leave the Monday meeting.")
    sent = mail("agreed")
    assert sent.subject.startswith("What you agreed on Fri 20 Nov 2026")
    assert "Reply to this mail; it goes straight to" in sent.text
    assert "account" not in sent.text  # this person has none


def test_a_link_is_refused_and_a_bare_domain_becomes_none(as_coach: Client, call: Booking) -> None:
    response = write(as_coach, call, "Lees https://voorbeeld.nl/boek")
    assert response.status_code == 422
    page = page_of(response)
    assert "Laat links weg: dit wordt een samenvatting." in text(page)
    assert page.select_one("textarea[name=text]").get_text().strip() == "Lees https://voorbeeld.nl/boek"
    assert page.title.get_text().split()[0] == "Fout:"
    assert (kept(call), mails()) == ("", [])
    write(as_coach, call, "Ik mail jet@voorbeeld.nl na evil.com.")
    assert "voorbeeld.nl" not in mail("agreed").text.split("\n\n")[2]
    assert "Ik mail jet@voorbeeld. nl na evil. com." in mail("agreed").text


def test_markup_is_text(as_coach: Client, call: Booking, user: User) -> None:
    words = "<script>alert(1)</script>{{ site }}\u202e"
    write(as_coach, call, words)
    assert kept(call) == "<script>alert(1)</script>{{ site }}"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ site }}" in mail("agreed").html
    for path in (path_of(call), path_of(call, "change")):
        assert "<script>alert" not in as_coach.get(path).content.decode()


@pytest.mark.parametrize("words", ["a" * 1001, "a\n" * 15 + "a"])
def test_what_is_too_long_is_refused_and_still_there(as_coach: Client, call: Booking, words: str) -> None:
    response = write(as_coach, call, words)
    assert response.status_code == 422
    assert page_of(response).select_one("textarea[name=text]").get_text().strip() == words
    assert (kept(call), mails()) == ("", [])


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_saves_nothing_and_shows_what_stands_there(
    as_coach: Client, call: Booking, version: str
) -> None:
    response = as_coach.post(path_of(call), {"text": WORDS, "version": version})
    assert response.status_code == 422
    assert page_of(response).select_one("input[name=version]")["value"] == "0"
    assert (kept(call), mails()) == ("", [])


# ---- once more ------------------------------------------------------------------------------------------
def test_the_same_words_twice_are_mailed_once(as_coach: Client, call: Booking) -> None:
    write(as_coach, call)
    response = write(as_coach, call)
    assert "Er is niets veranderd, dus er is niets gemaild." in text(page_of(response))
    assert mails() == ["bookings/agreed"]
    assert LeadEvent.objects.filter(kind="call.agreed").count() == 1


def test_changed_words_are_mailed_too_as_the_form_says_and_the_old_ones_not_any_more(
    as_coach: Client, call: Booking
) -> None:
    write(as_coach, call)
    form = page_of(as_coach.get(path_of(call)))
    assert "Verander je het, dan krijgt Sanne ook de nieuwe tekst per mail" in text(form)
    write(as_coach, call, "Anders.", version=int(form.select_one("input[name=version]")["value"]))
    first, second = OutboundEmail.objects.filter(message="bookings/agreed").order_by("pk")
    assert isinstance(due_context(first), Skip)  # it had not left yet
    assert "Anders." in with_words(second).text


def test_emptied_it_goes_from_everywhere_and_nothing_is_mailed(as_coach: Client, call: Booking) -> None:
    write(as_coach, call)
    response = write(as_coach, call, "", version=1)
    assert "Weggehaald. Een mail die al weg was, blijft bij Sanne Vermeer." in text(page_of(response))
    assert kept(call) == ""
    assert isinstance(due_context(OutboundEmail.objects.get(message="bookings/agreed")), Skip)


def test_of_two_tabs_the_later_hears_it_and_loses_nothing(as_coach: Client, call: Booking) -> None:
    write(as_coach, call, "Uit het ene tabblad.")
    response = write(as_coach, call, "Uit het andere.", version=0)
    page = page_of(response)
    assert response.status_code == 422
    assert "Hier is intussen iets geschreven" in text(page)
    assert "Uit het ene tabblad." in text(page.select_one(".proposal"))
    assert page.select_one("textarea[name=text]").get_text().strip() == "Uit het andere."
    assert (kept(call), mails()) == ("Uit het ene tabblad.", ["bookings/agreed"])
    write(as_coach, call, "Uit het andere.", version=int(page.select_one("input[name=version]")["value"]))
    assert kept(call) == "Uit het andere."


def test_a_mistake_in_an_old_tab_does_not_hide_that_somebody_else_wrote(
    as_coach: Client, call: Booking
) -> None:
    write(as_coach, call, "Uit het ene tabblad.")
    page = page_of(write(as_coach, call, "Zie www.voorbeeld.nl", version=0))
    version = int(page.select_one("input[name=version]")["value"])
    assert write(as_coach, call, "Zonder link.", version=version).status_code == 422
    assert kept(call) == "Uit het ene tabblad."


def test_while_the_calendar_is_busy_the_words_stay(
    as_coach: Client, call: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> Any:
        raise BusyError

    monkeypatch.setattr("bookings.calls.agreeing.host_locked", busy)
    page = page_of(write(as_coach, call))
    assert "Probeer het zo nog eens." in text(page)
    assert "maandagoverleg" in page.select_one("textarea[name=text]").get_text()


# ---- whose, and for how long ------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["confirmed", "no_show"])
def test_of_a_call_that_did_not_go_ahead_nothing_is_agreed(as_coach: Client, book: Book, status: str) -> None:
    booking = book(at(-3, 10), status=status)
    assert "Noteer eerst dat het gesprek doorging" in text(
        page_of(as_coach.get(path_of(booking), follow=True))
    )
    response = write(as_coach, booking)
    assert response.status_code == 422
    assert (kept(booking), mails()) == ("", [])


def test_with_an_erased_person_nothing_is_agreed(as_coach: Client, book: Book) -> None:
    booking = book(at(-3, 10), status="completed", name="", email="")
    assert "heeft alles gewist" in text(page_of(as_coach.get(path_of(booking), follow=True)))
    assert write(as_coach, booking).status_code == 422
    assert mails() == []


def test_whoever_may_only_look_may_not_write(call: Booking) -> None:
    colleague = User.objects.create_user("kijk@voorbeeld.nl", is_staff=True)
    colleague.user_permissions.set(Permission.objects.filter(codename__in=["view_booking", "see_practice"]))
    client = browser_of(colleague)
    assert client.get(path_of(call)).status_code == 403
    assert write(client, call).status_code == 403
    assert client.get(path_of(call, "change")).status_code == 200
    assert kept(call) == ""


def test_an_erasure_takes_it_away_with_the_mail_that_had_not_left(
    as_coach: Client, call: Booking, user: User
) -> None:
    write(as_coach, call)
    erasure.erase(user)
    assert kept(call) == ""
    assert isinstance(due_context(OutboundEmail.objects.get(message="bookings/agreed")), Skip)


def test_after_two_years_it_is_forgotten_with_the_rest_of_the_call(
    as_coach: Client, call: Booking, clock: Any
) -> None:
    write(as_coach, call)
    clock.shift(timedelta(days=700))
    call_command("forget", verbosity=0)
    assert kept(call) == WORDS
    clock.shift(timedelta(days=40))
    call_command("forget", verbosity=0)
    assert kept(call) == ""


def test_a_mail_says_nothing_of_a_call_that_turns_out_missed(as_coach: Client, call: Booking) -> None:
    write(as_coach, call)
    lifecycle.close(call, Booking.Status.NO_SHOW)
    assert isinstance(due_context(OutboundEmail.objects.get(message="bookings/agreed")), Skip)


# ---- where it comes back ----------------------------------------------------------------------------------
def result_of(client: Client, scan: Any) -> str:
    return text(page_of(client.get(reverse("assessments:result", args=[scan.public_id]))))


def test_it_stands_in_the_account_and_on_the_page_of_the_call(
    as_coach: Client, call: Booking, user: User
) -> None:
    write(as_coach, call)
    for path in (reverse("accounts:account"), reverse("bookings:manage", args=[call.public_id])):
        words = page_of(as_member(user).get(path)).select_one(".own-words")
        assert "Ik laat het maandagoverleg los." in text(words)
        assert words["lang"] == "nl"


def test_it_comes_back_beside_the_next_scan_and_not_beside_the_one_before(
    as_coach: Client, call: Booking, user: User, clock: Any
) -> None:
    before = CompletedScanFactory(user=user, days_ago=10)
    write(as_coach, call)
    clock.shift(timedelta(days=60))
    after = CompletedScanFactory(user=user)
    client = as_member(user)
    assert "Afgesproken met Jet van Dalen op 20 november 2026." in result_of(client, after)
    assert "Ik laat het maandagoverleg los." in result_of(client, after)
    assert "maandagoverleg" not in result_of(client, before)


def test_nobody_else_reads_it_beside_a_scan(as_coach: Client, call: Booking, clock: Any) -> None:
    write(as_coach, call)
    clock.shift(timedelta(days=1))
    other = User.objects.create_user("bas@voorbeeld.nl")
    assert "maandagoverleg" not in result_of(as_member(other), CompletedScanFactory(user=other))
    assert "maandagoverleg" not in text(page_of(as_member(other).get(reverse("accounts:account"))))


def test_today_asks_for_it_beside_a_call_that_went_ahead(as_coach: Client, book: Book) -> None:
    booking = book(at(0, 9), status="completed")
    page = page_of(as_coach.get("/beheer/"))
    (link,) = page.select(f"a[href='{path_of(booking)}']")
    assert text(link) == "Schrijf op wat is afgesproken"
    write(as_coach, booking)
    assert page_of(as_coach.get("/beheer/")).select(f"a[href='{path_of(booking)}']") == []
