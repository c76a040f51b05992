"""The privacy page, claim by claim, against what the code does. Periods are in test_periods.py, what is
shared in tests/bookings/calls/test_sharing.py, what stays after an erasure in test_consent.py and here."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.urls import reverse

from assessments import cookies
from assessments import services as scans
from bookings.models import CallType
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.checks import practice_is_real
from portal.common import retention, times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead, LeadEvent
from portal.mail import delivery
from portal.mail.models import OutboundEmail
from portal.mail.render import render
from portal.practice.facts import practice
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import confirm, hold, page_of, type_code, words_of
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory
from tests.factories.bookings import BookingFactory, CalDavSourceFactory, CallTypeFactory, HostFactory
from tests.test_repository import EMAILS

pytestmark = pytest.mark.django_db
EMAIL = "noor@voorbeeld.nl"


def privacy(client: Client | None = None, path: str = "/privacy/") -> str:
    return words_of((client or Client()).get(path))


@pytest.fixture
def user(clock: Any) -> User:
    InstrumentFactory()
    return UserFactory(email=EMAIL, name="Noor Zeldzaam")


@pytest.fixture
def member(user: User) -> Client:
    return as_member(user)


@pytest.fixture
def boss() -> Client:
    return browser_of(User.objects.create_superuser("baas@voorbeeld.nl"))


# ---- who, what, why -----------------------------------------------------------------------------------
def test_page_shows_the_words_people_say_yes_to_as_they_are_asked() -> None:
    for path, language in (("/privacy/", "nl"), ("/en/privacy/", "en")):
        page = privacy(path=path)
        for purpose in (consent.TIPS, "sharing"):
            assert consent.text(purpose, language) in page


def test_page_names_practice_numbers_and_processors_of_the_settings(settings: Any) -> None:
    settings.PRACTICE = settings.PRACTICE | {"practice_name": "Huis van Proef", "vat_id": "NL123456789B01"}
    settings.PROCESSORS = [{"name": "Gastheer BV", "purpose": "hosting", "country": "Nederland"}]
    page = privacy()
    for words in (
        "Huis van Proef is verantwoordelijk",
        "Btw-id NL123456789B01",
        "Gastheer BV hosting Nederland",
    ):
        assert words in page


def test_page_names_every_right(settings: Any) -> None:
    page = privacy()
    for right in ("een kopie", "ook om ergens anders te gebruiken", "een correctie", "een pauze", "bezwaar",
                  "Autoriteit Persoonsgegevens", settings.PRACTICE["privacy_email"]):  # fmt: skip
        assert right in page


# ---- a contact of the coach ---------------------------------------------------------------------------
def test_a_contact_is_what_the_page_says_and_no_score(user: User, member: Client, boss: Client) -> None:
    words = "De coach ziet je naam, e-mailadres en taal, dat en wanneer je een scan afmaakte"
    assert words in privacy()
    assert words in words_of(member.get(reverse("accounts:account")))
    scan = CompletedScanFactory(user=None)
    scans.attach_scan(scan.public_id, user)
    lead = Lead.objects.get()
    page = boss.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    assert all(data == {"scan": scan.public_id} for data in LeadEvent.objects.values_list("data", flat=True))
    assert (
        str(round(scan.overall)) not in BeautifulSoup(page, "html.parser").select_one("#timeline").parent.text
    )


def test_who_objects_is_emptied_hidden_and_not_made_again(user: User, member: Client, boss: Client) -> None:
    lead = leads.contact(EMAIL, name="Noor Zeldzaam", user_id=user.pk, stage="scanned")
    leads.record(lead, "scan.completed")
    response = member.post(reverse("accounts:contact"), {"contact": "off"}, follow=True)
    assert "Je bent geen contact van de coach meer." in words_of(response)
    for _time in range(2):  # whatever happens next makes nothing of it
        leads.record(leads.contact(EMAIL, name="Noor Zeldzaam", stage="planned"), "call.booked")
    lead.refresh_from_db()
    assert (Lead.objects.count(), lead.name, lead.stage, lead.events.count()) == (1, "", "new", 0)
    for page in (
        reverse("admin:leads_lead_changelist"),
        reverse("admin:index"),
        reverse("admin:leads_leadevent_changelist"),
    ):
        assert EMAIL not in boss.get(page).content.decode()
        assert "Noor Zeldzaam" not in boss.get(page).content.decode()
    assert boss.get(reverse("admin:leads_lead_change", args=[lead.pk])).status_code == 404


def test_an_objection_leaves_tips_and_calls_alone_and_can_be_taken_back(user: User, member: Client) -> None:
    lead = leads.contact(EMAIL, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="account page")
    member.post(reverse("accounts:contact"), {"contact": "off"})
    assert "Je maakte bezwaar." in words_of(member.get(reverse("accounts:account")))
    assert leads.has_consent(Lead.objects.get(), consent.TIPS)
    member.post(reverse("accounts:contact"), {"contact": "on"})
    assert Lead.objects.shown().exists()


@pytest.mark.parametrize("path", ["/bewaren/", "/uitslag/"])
def test_where_the_address_is_asked_it_is_said_what_the_coach_sees(path: str, user: User) -> None:
    scan = CompletedScanFactory()
    visitor = Client()
    visitor.cookies[cookies.cookie_name()] = signing.dumps([scan.public_id], salt=cookies.SALT)
    said = "De coach ziet dat je een scan deed, niet je scores."
    answer = visitor.post(path, {"email": "x"}) if path == "/bewaren/" else visitor.get(path, follow=True)
    assert said in words_of(answer)


# ---- one's own answers --------------------------------------------------------------------------------
def test_account_shows_ones_own_thirty_answers_and_nobody_elses(
    member: Client, user: User, boss: Client
) -> None:
    scan = CompletedScanFactory(user=user)
    link = page_of(member.get(reverse("accounts:account"))).select_one("a[href$='/antwoorden/']")
    page = page_of(member.get(link["href"]))
    rows = [(row.span.text, row.b.text) for row in page.select("main .list li")]
    instrument = scan.instrument.parsed("nl")
    labels = {option.value: option.label for option in (*instrument.options, instrument.not_applicable)}
    assert rows == [
        (f"{item.number}. {item.text}", labels[scan.answers[item.id]]) for item in instrument.items
    ]
    for other in (boss, Client()):
        assert other.get(link["href"]).status_code == 404


# ---- what an erasure leaves ---------------------------------------------------------------------------
def test_coach_with_a_past_call_is_asked_to_erase_and_the_mail_keeps_nobody(user: User) -> None:
    call_type = CallTypeFactory(host=HostFactory(email="jet@voorbeeld.nl"))
    BookingFactory(call_type=call_type, status="completed", email=EMAIL, name="Noor Zeldzaam", user=user)
    accounts.erase(user)
    mail = OutboundEmail.objects.get(message="bookings/coach_erased")
    assert mail.to_email == "jet@voorbeeld.nl"
    assert "Noor Zeldzaam heeft alles laten wissen. Wis ook de mails en notities." in " ".join(
        mail.text.split()
    )
    assert (mail.reply_to, mail.erase_body, EMAIL in mail.text) == ("", True, False)
    OutboundEmail.objects.filter(pk=mail.pk).finish("sent", sent_at=mail.created_at)
    delivery.deliver_due()
    assert not OutboundEmail.objects.filter(pk=mail.pk).exists()


def test_one_coach_is_asked_once_and_each_coach_is_asked(user: User) -> None:
    for host in (HostFactory(email="jet@voorbeeld.nl"), HostFactory(email="mila@voorbeeld.nl")):
        call_type = CallTypeFactory(host=host, slug=f"call-{host.slug}")
        for days in (3, 6):
            start = times.now() - timedelta(days=days)
            BookingFactory(call_type=call_type, start=start, status="completed", email=EMAIL, user=user)
    accounts.erase(user)
    asked = OutboundEmail.objects.filter(message="bookings/coach_erased").values_list("to_email", flat=True)
    assert sorted(asked) == ["jet@voorbeeld.nl", "mila@voorbeeld.nl"]


def test_nobody_is_asked_for_whoever_never_had_a_call(user: User) -> None:
    accounts.erase(user)
    assert not OutboundEmail.objects.filter(message="bookings/coach_erased").exists()


def test_page_and_the_page_before_erasing_say_what_stays_and_that_the_coach_is_asked(member: Client) -> None:
    page, before = privacy(), words_of(member.get("/account/wissen/"))
    assert (
        "Had je een gesprek, dan vragen we de coach per mail om ook die mails en de notities te wissen."
        in page
    )
    assert "Het bewijs dat je ooit ja of nee zei, blijft" in page
    assert "We vragen de coach om het te doen." in before
    assert "Het bewijs dat je ooit ja of nee zei" in before


# ---- cookies and recipients ---------------------------------------------------------------------------
def test_every_cookie_of_a_whole_visit_is_named_with_its_life(clock: Any) -> None:
    """A scan begun, a time held, a code typed, a message shown."""
    InstrumentFactory()
    CallTypeFactory()
    visitor = Client()
    seen: dict[str, Any] = {}

    def look() -> None:
        seen.update({name: morsel["max-age"] for name, morsel in visitor.cookies.items()})

    visitor.get("/")
    visitor.post(reverse("assessments:start"))
    look()
    hold(visitor)
    confirm(visitor, clock)
    look()
    type_code(visitor)
    look()
    visitor.post(reverse("accounts:tips"), {"tips": "on"})
    look()
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages", "known"} <= set(seen)
    rows = page_of(Client().get("/privacy/")).select("section[aria-labelledby=h-cookies] li")
    named = {row.b.text: row.select("span")[-1].text for row in rows}
    assert set(seen) <= set(named)
    for name, max_age in seen.items():
        life = retention.span(timedelta(days=round(int(max_age) / 86400))) if max_age else ""
        assert named[name] == (life or "tot je de browser sluit"), name


def test_page_names_the_video_service_and_the_calendars_that_are_connected(settings: Any) -> None:
    page = privacy()
    assert "Diensten die iets van je krijgen" not in page
    host = HostFactory(feed_shows_names=True)
    CallTypeFactory(host=host, location_kind=CallType.Location.JITSI)
    CalDavSourceFactory(host=host, writes=True)
    settings.SERVICE_COUNTRIES = {"meet.jit.si": "US"}
    page = privacy()
    assert "meet.jit.si het videogesprek" in page
    assert re.search(r"niets over je US\b", page)
    assert "wanneer en waar het gesprek is, en je naam" in page
    assert "land: vraag het ons" in page
    host.feed_shows_names = False
    host.save()
    assert "zonder je naam" in privacy()


def test_a_calendar_that_gets_nothing_is_no_recipient() -> None:
    CalDavSourceFactory(writes=False)
    assert "Diensten die iets van je krijgen" not in privacy()


# ---- in every mail ------------------------------------------------------------------------------------
@pytest.mark.parametrize("folder", EMAILS, ids=[f"{path.parent.name}/{path.name}" for path in EMAILS])
def test_every_mail_leads_to_the_privacy_page_in_both_parts(folder: Any) -> None:
    assert "emails/layout.html" in (folder / "body.html").read_text()
    assert "emails/_foot.txt" in (folder / "body.txt").read_text()


@pytest.mark.parametrize(("language", "path"), [("nl", "/privacy/"), ("en", "/en/privacy/")])
def test_link_in_a_mail_is_the_page_in_the_language_of_the_mail(language: str, path: str) -> None:
    parts = render("accounts/login_code", language, {"code": "ABCD-EFGH", "minutes": 10})
    assert f"{settings.SITE_URL}{path}" in parts.text
    assert f'href="{settings.SITE_URL}{path}"' in parts.html


def test_a_tip_promises_no_one_click_where_it_takes_two() -> None:
    context = {"phrase": "x", "action": "y", "result_url": "z", "is_even": False}
    for language in ("nl", "en"):
        parts = render("assessments/day2_tip", language, context, about="followup:" + "2" * 24)
        assert not re.search(r"één klik|one click", parts.text + parts.html, re.IGNORECASE)


# ---- before a launch ----------------------------------------------------------------------------------
REAL = {
    "practice_name": "Huis van Proef",
    "coach_name": "Mila Proef",
    "email": "mila@huisvanproef.example",
    "privacy_email": "mila@huisvanproef.example",
    "phone": "",
    "address": "Dorpsstraat 1, Ons Dorp",
    "kvk": "12345678",
    "vat_id": "",
}


@pytest.fixture
def real(settings: Any) -> Any:
    settings.LOCAL_MODE = False
    settings.PRACTICE = settings.PRACTICE | REAL
    settings.PROCESSORS = [{"name": "Gastheer BV", "purpose": "hosting", "country": "NL"}]
    return settings


def test_a_real_practice_may_launch(real: Any) -> None:
    assert practice_is_real() == []


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("practice_name", "Voorbeeldpraktijk", "PRACTICE_NAME"),
        ("coach_name", "Jet van Dalen", "COACH_NAME"),
        ("email", "jet@voorbeeld.nl", "PRACTICE_EMAIL"),
        ("privacy_email", "privacy@voorbeeld.nl", "PRIVACY_EMAIL"),
        ("phone", "020 123 45 67", "PRACTICE_PHONE"),
        ("address", "Voorbeeldstraat 1, 1234 AB Voorbeeldstad", "PRACTICE_ADDRESS"),
        ("kvk", "00000000", "PRACTICE_KVK"),
        ("vat_id", "NL000000000B00", "PRACTICE_VAT_ID"),
        ("kvk", "", "PRACTICE_KVK"),
        ("address", " ", "PRACTICE_ADDRESS"),
    ],
)
def test_demo_data_may_not_launch(real: Any, name: str, value: str, variable: str) -> None:
    real.PRACTICE = real.PRACTICE | {name: value}
    (error,) = practice_is_real()
    assert (error.id, variable in error.msg, variable in error.hint) == ("portal.E005", True, True)


@pytest.mark.parametrize("told", [[], [{"name": "Gastheer BV"}], ["Gastheer BV"]])
def test_no_launch_without_saying_who_works_for_us_what_for_and_where(real: Any, told: list[Any]) -> None:
    real.PROCESSORS = told
    assert [error.id for error in practice_is_real()] == ["portal.E006"]


def test_it_is_an_error_of_the_deployment_check_and_of_no_other(real: Any) -> None:
    real.PROCESSORS, real.COACH_EMAIL = [], "mila@huisvanproef.example"
    call_command("check", verbosity=0)
    with pytest.raises(SystemCheckError, match=r"portal\.E006"):
        call_command("check", deploy=True, verbosity=0)


def test_a_local_portal_runs_with_its_demo_data(settings: Any) -> None:
    settings.LOCAL_MODE = True
    assert practice_is_real() == []


def test_privacy_address_is_that_of_the_practice_unless_it_is_another() -> None:
    assert practice("nl")["privacy_email"] == practice("nl")["email"]
