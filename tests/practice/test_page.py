"""The page ‘Praktijk’: what is filled in there, the portal says everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bookings.models import CallType, Host
from bookings.words.places import link_by_hand
from portal.accounts.models import User
from portal.accounts.staff import ensure_coach_group, ensure_practice_group
from portal.leads import consent
from portal.mail.render import render
from portal.practice.facts import practice, processors
from portal.practice.models import Practice
from portal.practice.texts import text
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.practice.conftest import GOOD, PAGE, filled_in, save, soup

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def worker(number: int = 0, **fields: str) -> dict[str, str]:
    return {f"processors-{number}-{name}": value for name, value in fields.items()}


HOST = worker(name="Gastheer BV", purpose="hosting", purpose_en="hosting", country="Nederland")


# ---- one place, and the whole portal says it ----------------------------------------------------------------
def test_the_set_up_takes_its_first_values_from_the_environment_and_never_again(
    set_up: Host, settings: Any
) -> None:
    assert Practice.objects.get().practice_name == "Voorbeeldpraktijk"
    settings.PRACTICE = settings.PRACTICE | {"practice_name": "Een ander"}
    call_command("ensure_practice", verbosity=0)
    assert practice("nl")["practice_name"] == "Voorbeeldpraktijk"


def test_a_biography_of_the_environment_becomes_the_text_about_the_coach(db: None, settings: Any) -> None:
    settings.PRACTICE = settings.PRACTICE | {"coach_bio_nl": "Jet luistert.", "coach_bio_en": "Jet listens."}
    call_command("ensure_practice", verbosity=0)
    assert (text("coach", "nl"), text("coach", "en")) == ("Jet luistert.", "Jet listens.")


def test_what_is_filled_in_stands_on_pages_at_their_foot_and_on_the_privacy_page(coach: Client) -> None:
    assert save(coach, vat_id="nl 123456789 b01", **HOST).headers["Location"] == reverse(PAGE)
    foot = soup(Client(), "/privacy/").select_one("footer")
    assert foot is not None
    for words in ("Huis van Proef, Mila de Wit", "Dorpsstraat 1, 1234 AB Ons Dorp", "12345678", "NL123456789B01",
                  "mila@huisvanproef.example", "06 1234 5678"):  # fmt: skip
        assert words in " ".join(foot.text.split())
    privacy = words_of(Client().get("/privacy/"))
    assert "Huis van Proef is verantwoordelijk" in privacy
    assert "Gastheer BV hosting Nederland" in privacy
    landing = Client().get("/").content.decode()
    assert '"name":"Huis van Proef"' in landing.split("ld+json")[1]
    assert "Mila de Wit" in landing
    assert "Jet van Dalen" not in landing
    assert "voorbeeldnaam" not in landing


def test_mails_and_the_words_of_a_yes_say_it_too(coach: Client) -> None:
    save(coach)
    mail = render("accounts/login_code", "nl", {"code": "ABCD-EFGH"})
    assert "Huis van Proef" in mail.text
    assert "Ja, Huis van Proef mag" in consent.text("tips", "nl")


def test_what_a_call_costs_stands_wherever_a_call_is_offered(coach: Client) -> None:
    assert "30 minuten, gratis, over jouw sleutels." in words_of(Client().get("/"))
    save(coach, price_nl="€ 95", price_en="€ 95")
    for path in ("/", "/sleutels/heldere-verwachtingen/"):
        assert "30 minuten, € 95, over jouw sleutels." in words_of(Client().get(path))
    assert "30 minutes, € 95, about your keys." in words_of(Client().get("/en/"))
    times = words_of(Client().get("/impactcall/"))
    assert "30 minuten met Mila de Wit, € 95, over jouw sleutels." in times
    assert "gratis" not in times


def test_who_works_for_the_practice_is_named_in_both_languages(coach: Client) -> None:
    first = worker(
        name="Postbode NV", purpose="mail bezorgen", purpose_en="delivering mail", country="België"
    )
    save(coach, **first)
    save(
        coach,
        **{"processors-TOTAL_FORMS": "2"},
        **worker(1, name="Kluis BV", purpose="back-ups", country="NL"),
    )
    assert [one["purpose"] for one in processors("nl")] == ["mail bezorgen", "back-ups"]
    assert [one["purpose"] for one in processors("en")] == ["delivering mail", "back-ups"]
    save(coach, **worker(0, name="", purpose="", purpose_en="", country=""))
    assert [one["name"] for one in processors("nl")] == ["Kluis BV"]


# ---- one name of the coach ------------------------------------------------------------------------------------
def test_a_coach_who_is_renamed_here_is_renamed_everywhere(coach: Client, set_up: Host) -> None:
    before = link_by_hand("Jet")
    CallType.objects.update(location_kind="text", location_nl=before["nl"], location_en=before["en"])
    save(coach)
    host = Host.objects.get()
    assert (host.name, host.user.name, practice("nl")["coach_name"]) == ("Mila de Wit",) * 3  # type: ignore[union-attr]
    assert CallType.objects.get().location_nl == link_by_hand("Mila")["nl"]
    assert "Jet" not in words_of(Client().get("/impactcall/"))
    assert "Mila de Wit" in coach.get("/beheer/").content.decode()


def test_a_coach_who_is_renamed_under_coaches_is_renamed_here(
    coach: Client, set_up: Host, django_capture_on_commit_callbacks: Any
) -> None:
    path = reverse("admin:bookings_host_change", args=[set_up.pk])
    page = soup(coach, path)
    form = {
        one["name"]: one.get("value", "")
        for one in page.select("#host_form input[name]:not([type=checkbox])")
    }
    form |= {
        str(one["name"]): str(option["value"]) if (option := one.select_one("option[selected]")) else ""
        for one in page.select("#host_form select[name]")
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert coach.post(path, form | {"name": "Mila de Wit", "is_active": "on"}).status_code == 302
    assert Host.objects.get().name == "Mila de Wit"
    assert soup(coach, reverse(PAGE)).select_one("#id_coach_name")["value"] == "Mila de Wit"  # type: ignore[index]
    assert "Mila de Wit" in words_of(Client().get("/"))
    assert User.objects.get(is_superuser=True).name == "Mila de Wit"


def test_an_account_with_a_name_of_its_own_keeps_it(coach: Client, set_up: Host) -> None:
    User.objects.update(name="J. van Dalen")
    save(coach)
    assert User.objects.get().name == "J. van Dalen"


# ---- what cannot be ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("coach_name", "", "Dit veld is verplicht"),
        ("coach_name", "Mila https://evil.example", "geen links, adressen of nummers"),
        ("coach_name", "Mila evil.example", "geen links, adressen of nummers"),
        ("coach_name", "Mila\r\nBcc: a@b.nl", "geen links, adressen of nummers"),
        ("practice_name", "Klik op www.evil.example", "zonder webadres"),
        ("practice_name", "<b>Huis</b>", "zonder webadres"),
        ("address", "<script>alert(1)</script>", "Schrijf gewone tekst"),
        ("address", "\u202e", "Dit veld is verplicht"),
        ("kvk", "1234", "acht cijfers"),
        ("kvk", "١٢٣٤٥٦٧٨", "acht cijfers"),
        ("vat_id", "123", "begint met een land"),
        ("phone", "bel me", "met cijfers en spaties"),
        ("phone", "٠٦ ١٢٣٤ ٥٦٧٨", "met cijfers en spaties"),
        ("email", "mila", "e-mailadres"),
        ("email", '"<x>"@voorbeeld.nl', "Dat lijkt geen e-mailadres."),
        ("privacy_email", "mila@", "e-mailadres"),
        ("price_nl", "€ 95", "Vul beide talen in, of laat beide leeg."),
        ("processors-0-name", "Gastheer BV", "Vul dit ook in"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    coach: Client, name: str, value: str, words: str
) -> None:
    before = Practice.objects.get().values
    response = save(coach, **{name: value, "address": "Nieuwstraat 2", **({name: value})})
    assert response.status_code == 422
    page = soup_of(response)
    assert words in " ".join(page.text.split())
    assert page.select_one(f'[name="{name}"]').get("value", "") == value  # type: ignore[union-attr]
    assert Practice.objects.get().values == before


def soup_of(response: Any) -> Any:
    return BeautifulSoup(response.content, "html.parser")


def test_more_lines_than_the_privacy_page_holds_are_refused_in_a_sentence(coach: Client) -> None:
    many = {"processors-TOTAL_FORMS": "5000"}
    assert save(coach, **many).status_code == 422
    assert save(coach, **{"processors-TOTAL_FORMS": "veel"}).status_code == 422


# ---- two at once ------------------------------------------------------------------------------------------------
def test_who_saves_later_than_a_colleague_sees_what_she_saved_and_keeps_what_was_typed(
    coach: Client, colleague: Client
) -> None:
    typed = filled_in(soup(coach, reverse(PAGE))) | GOOD | {"phone": "020 765 43 21"}
    save(colleague, phone="010 111 22 33")
    response = coach.post(reverse(PAGE), typed)
    assert response.status_code == 409
    page = soup_of(response)
    assert "Iemand veranderde dit intussen." in page.select_one(".errornote").text
    panel = page.select_one(".panel .facts")
    assert [dt.text for dt in panel.select("dt")] == ["Telefoon"]
    assert "010 111 22 33" in panel.text
    assert page.select_one("#id_phone")["value"] == "020 765 43 21"
    assert Practice.objects.get().phone == "010 111 22 33"
    assert coach.post(reverse(PAGE), filled_in(page)).status_code == 302
    assert Practice.objects.get().phone == "020 765 43 21"


def test_a_name_that_a_colleague_changed_under_coaches_counts_as_well(coach: Client, set_up: Host) -> None:
    typed = filled_in(soup(coach, reverse(PAGE))) | GOOD
    Host.objects.update(name="Jet Dalen")
    response = coach.post(reverse(PAGE), typed)
    assert response.status_code == 409
    assert "Jet Dalen" in words_of(response)


def test_a_double_click_is_one_deed(coach: Client) -> None:
    typed = filled_in(soup(coach, reverse(PAGE))) | GOOD
    assert [coach.post(reverse(PAGE), typed).status_code for _press in range(2)] == [302, 302]


# ---- who may ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["changelist", "portrait", "text", "original", "first_steps"])
def test_it_is_for_who_has_its_own_right(set_up: Host, name: str) -> None:
    path = reverse(f"admin:practice_practice_{name}", args=["coach"] if name in ("text", "original") else [])
    staff = browser_of(User.objects.create_user("staf@voorbeeld.nl", is_staff=True))
    assert {staff.get(path).status_code, staff.post(path).status_code} == {403}
    assert Client().get(path).status_code == 302


def test_the_right_belongs_to_who_runs_the_practice_and_not_to_every_coach(db: None) -> None:
    needed = {"view_practice", "change_practice"}
    assert needed <= set(ensure_practice_group().permissions.values_list("codename", flat=True))
    assert not needed & set(ensure_coach_group().permissions.values_list("codename", flat=True))


def test_looking_changes_nothing_and_asks_the_database_as_often_with_one_line_as_with_three(
    coach: Client, django_assert_num_queries: Any
) -> None:
    save(coach, **HOST)
    before = Practice.objects.values().get()
    coach.get(reverse(PAGE))
    with django_assert_num_queries(5):
        coach.get(reverse(PAGE))
    for number in (1, 2):
        total = {"processors-TOTAL_FORMS": str(number + 1)}
        save(
            coach,
            **total,
            **worker(number, name=f"Kluis {'ab'[number - 1]}", purpose="back-ups", country="NL"),
        )
    coach.get(reverse(PAGE))
    with django_assert_num_queries(5):
        coach.get(reverse(PAGE))
    assert len(Practice.objects.get().processors) == 3
    assert before["practice_name"] == Practice.objects.get().practice_name
