"""The page of the webhook in the admin: setting it up, its secret, what was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from portal.common import times
from portal.leads import services as leads
from portal.webhook import switching
from portal.webhook.models import OutboundEvent, Webhook
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import words_of
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.webhook import ADDRESS, OutboundEventFactory, switched_on

pytestmark = pytest.mark.django_db
PAGE = "admin:webhook_webhook_changelist"
GOOD = {"address": ADDRESS, "events": ["call.booked", "call.moved"], "is_on": "on"}


@pytest.fixture
def coach(db: None) -> Client:
    from portal.accounts.staff import ensure_practice_group

    InstrumentFactory()
    user = UserFactory(is_staff=True)
    user.groups.add(ensure_practice_group())
    return browser_of(user)


def save(coach: Client, **changed: Any) -> Any:
    return coach.post(reverse(PAGE), GOOD | {"was": shown(coach, "#id_was")} | changed)


def shown(coach: Client, field: str, name: str = PAGE) -> str:
    """What a hidden field of the page holds."""
    soup = BeautifulSoup(coach.get(reverse(name)).content, "html.parser")
    return str(soup.select_one(field)["value"])  # type: ignore[index]


def page(coach: Client) -> str:
    return words_of(coach.get(reverse(PAGE)))


def test_looking_at_the_page_makes_nothing(coach: Client) -> None:
    assert "Nog niets. Zet de webhook aan en stuur een proefbericht." in page(coach)
    assert not Webhook.objects.exists()


def test_an_address_and_events_switch_it_on_with_a_secret(coach: Client) -> None:
    assert save(coach).headers["Location"] == reverse(PAGE)
    hook = Webhook.objects.get()
    assert (hook.is_on, hook.events, hook.address) == (True, ["call.booked", "call.moved"], ADDRESS)
    soup = BeautifulSoup(coach.get(reverse(PAGE)).content, "html.parser")
    assert soup.select_one("#webhook-secret")["value"] == hook.secret  # type: ignore[index]
    assert "Nu: https://agenda.example.org/… – laat leeg" in page(coach)
    assert "sleutel" not in str(soup)


def test_an_empty_address_keeps_the_one_there_is_and_its_secret(coach: Client) -> None:
    save(coach)
    secret = Webhook.objects.get().secret
    save(coach, address="", events=["call.held"])
    hook = Webhook.objects.get()
    assert (hook.address, hook.secret, hook.events) == (ADDRESS, secret, ["call.held"])


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.org/x", "https://127.0.0.1:8080/x", "https://jet:geheim@hooks.example.org/",
        "file:///etc/passwd", "hooks", "https://[::1/", "https://" + "a" * 300 + ".nl/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused_in_a_sentence_and_kept_on_the_page(
    coach: Client, address: str
) -> None:
    response = save(coach, address=address)
    assert response.status_code == 422
    assert "Alleen een adres dat met https:// begint werkt" in words_of(response)
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.select_one("#id_address")["value"] == address  # type: ignore[index]
    assert not Webhook.objects.exists()


def test_on_without_an_address_or_an_event_says_what_is_missing(coach: Client) -> None:
    said = words_of(save(coach, address="", events=[]))
    assert "Vul eerst in waar het heen gaat" in said
    assert "Kies minstens één gebeurtenis" in said
    assert save(coach, events=["bestaat.niet"]).status_code == 422


def test_a_new_secret_asks_first_and_the_old_one_works_for_a_day(coach: Client, clock: Any) -> None:
    hook = switched_on()
    path = reverse("admin:webhook_webhook_secret")
    assert "24 uur lang met allebei" in words_of(coach.get(path))
    assert Webhook.objects.get().secret == hook.secret
    was = shown(coach, "input[name=was]", "admin:webhook_webhook_secret")
    coach.post(path, {"was": was})
    new = Webhook.objects.get()
    assert new.secrets_at(times.now()) == [new.secret, hook.secret]
    assert "Het vorige werkt nog tot" in page(coach)
    assert "dan stopt dat meteen" in words_of(coach.get(path))
    assert new.secrets_at(times.now() + timedelta(hours=24)) == [new.secret]
    coach.post(path, {"was": was})
    assert Webhook.objects.get().secret == new.secret, "a double click ends no secret that is in use"
    assert "Er was intussen een nieuw geheim gemaakt" in page(coach)


def test_whoever_saves_later_hears_it_and_loses_nothing(coach: Client) -> None:
    opened = shown(coach, "#id_was")
    save(coach)
    late = {"address": f"{ADDRESS}/later", "events": ["call.held"], "was": opened}
    response = save(coach, **late)
    assert response.status_code == 409
    assert "Iemand anders veranderde de webhook intussen" in words_of(response)
    assert "Wat er nu staat" in words_of(response)
    hook = Webhook.objects.get()
    assert (hook.address, hook.events) == (ADDRESS, ["call.booked", "call.moved"])
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.select_one("#id_address")["value"] == late["address"]  # type: ignore[index]
    assert [box["value"] for box in soup.select("[name=events][checked]")] == ["call.held"]
    again = save(coach, **late | {"was": soup.select_one("#id_was")["value"]})  # type: ignore[index]
    assert again.status_code == 302
    assert Webhook.objects.get().address == late["address"]


def test_a_double_click_on_save_saves_once_and_says_so(coach: Client) -> None:
    opened = shown(coach, "#id_was")
    assert [save(coach, was=opened).status_code for _time in range(2)] == [302, 302]


def test_what_switched_itself_off_meanwhile_is_not_switched_on_by_an_open_page(coach: Client) -> None:
    switched_on()
    opened = shown(coach, "#id_was")
    switching.switch_off(because=Webhook.Off.GONE)
    assert save(coach, address="", was=opened).status_code == 409
    assert not Webhook.objects.get().is_on


def test_a_test_is_sent_only_while_it_is_on(coach: Client) -> None:
    path = reverse("admin:webhook_webhook_test")
    coach.post(path)
    assert "Zet de webhook eerst aan" in page(coach)
    switched_on()
    coach.post(path)
    assert OutboundEvent.objects.get().type == "webhook.test"
    assert "Een proefbericht" in page(coach)
    assert coach.get(path).status_code == 405


def test_the_log_says_what_when_with_which_answer_and_what_next(coach: Client, clock: Any) -> None:
    switched_on()
    OutboundEventFactory(
        attempts=2,
        status_code=500,
        problem="status",
        answer="kapot",
        maybe_duplicate=True,
        send_after=times.now() + timedelta(minutes=5),
    )
    said = page(coach)
    assert "Een geboekt gesprek" in said
    assert "wacht 500 2 pogingen, misschien dubbel aangekomen" in said.replace(" ,", ",")
    assert "De ontvanger weigerde het. Het antwoord: ‘kapot’" in said
    assert "Volgende poging: ma 23 nov 2026, 13:05" in said


def test_one_event_or_all_that_did_not_arrive_go_again(coach: Client) -> None:
    switched_on()
    sent, failed = OutboundEventFactory(status="sent"), OutboundEventFactory(status="failed")
    coach.post(reverse("admin:webhook_webhook_again_all"))
    sent.refresh_from_db()
    failed.refresh_from_db()
    assert (sent.status, failed.status) == ("sent", "waiting")
    coach.post(reverse("admin:webhook_webhook_again", args=[sent.public_id]))
    sent.refresh_from_db()
    assert sent.status == "waiting"
    coach.post(reverse("admin:webhook_webhook_again", args=[sent.public_id]))
    assert "Er is niets verstuurd" in page(coach)


def test_what_an_erased_person_was_told_of_cannot_go_again(coach: Client) -> None:
    switched_on()
    OutboundEventFactory(status="failed", body="", email="")
    soup = BeautifulSoup(coach.get(reverse(PAGE)).content, "html.parser")
    assert not soup.select(".webhook-log form")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_however_much_was_sent(
    coach: Client, count: int, django_assert_num_queries: Any
) -> None:
    switched_on()
    OutboundEventFactory.create_batch(count)
    page(coach)
    with django_assert_num_queries(8):
        coach.get(reverse(PAGE))


def test_without_the_right_nobody_looks_or_changes(db: None) -> None:
    switched_on()
    InstrumentFactory()
    staff = browser_of(UserFactory(is_staff=True))
    event = OutboundEventFactory(status="sent")
    again = reverse("admin:webhook_webhook_again", args=[event.public_id])
    for path in (reverse(PAGE), again, reverse("admin:webhook_webhook_secret")):
        assert staff.post(path, GOOD).status_code == 403
    assert staff.get(reverse(PAGE)).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


def test_who_may_look_sees_no_secret(db: None) -> None:
    from django.contrib.auth.models import Permission

    hook = switched_on()
    InstrumentFactory()
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_webhook", "see_practice"]))
    OutboundEventFactory()
    response = browser_of(user).get(reverse(PAGE))
    assert response.status_code == 200
    assert hook.secret not in response.content.decode()
    assert "sanne@example.org" not in response.content.decode()  # the events are another right


# ---- the first page of the admin ------------------------------------------------------------------------
def test_the_first_page_says_it_when_nothing_arrives_or_it_is_off_by_itself(
    coach: Client, clock: Any
) -> None:
    switched_on()
    OutboundEventFactory.create_batch(2)
    today = reverse("admin:index")
    assert "webhook" not in words_of(coach.get(today)).partition("Vandaag")[2].partition("Alle pagina")[0]
    Webhook.objects.update(failing_since=times.now() - timedelta(hours=2))
    assert "Het programma achter je webhook antwoordt niet. Er wachten 2 seintjes" in words_of(
        coach.get(today)
    )
    Webhook.objects.update(is_on=False, off_reason="gone")
    assert "Je webhook is uitgezet: De ontvanger antwoordde" in words_of(coach.get(today))
    assert "Daarom hebben we hem uitgezet." in page(coach)
    save(coach, address="")
    assert "uitgezet" not in words_of(coach.get(today))


def test_a_contact_made_by_the_coach_is_told_too(coach: Client) -> None:
    switched_on()
    leads.contact("bas@example.org")
    assert "Een nieuw contact" in page(coach)
