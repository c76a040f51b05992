"""One mail in the admin: what it says, who it is for, stopping it and sending it now; and the list of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.accounts.staff import ensure_practice_group
from portal.common import times, tokens
from portal.leads import services as leads
from portal.mail import outbox, refused, shown
from portal.mail.models import OutboundEmail, RefusedAddress
from portal.mail.render import Skip
from tests.bookings.admin.conftest import browser_of
from tests.factories.mail import OutboundEmailFactory
from tests.factories.sequences import StepFactory
from tests.mail.delivering import reloaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Status = OutboundEmail.Status
LIST = "admin:mail_outboundemail_changelist"


@pytest.fixture
def mila(db: None) -> User:
    user = User.objects.create_user("mila@voorbeeld.nl", name="Mila de Coach", is_staff=True)
    user.groups.add(ensure_practice_group())
    return user


@pytest.fixture
def coach(mila: User) -> Client:
    return browser_of(mila)


def url(name: str, mail: OutboundEmail) -> str:
    return reverse(f"admin:mail_outboundemail_{name}", args=[mail.pk])


def words(response: Any) -> str:
    found = BeautifulSoup(response.content, "html.parser").select_one("#content-start")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def planned(**fields: Any) -> OutboundEmail:
    due_at = times.now() + timedelta(days=1)
    values = {"message": "bookings/reminder_invitee", "due_at": due_at, "about": "booking:gone"}
    return OutboundEmailFactory(**{"later": True, **values, **fields})


# ---- the list ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "statuses"),
    [
        ("", {"queued", "retry", "leased"}),
        ("planned", {"queued", "retry", "leased"}),
        ("left", {"sent"}),
        ("failed", {"failed", "bounced", "uncertain"}),
        ("stopped", {"cancelled"}),
        ("all", {str(one) for one in Status}),
        ("nonsense", {"queued", "retry", "leased"}),
    ],
)
def test_the_list_shows_what_is_planned_and_by_a_click_what_became_of_the_rest(
    coach: Client, place: str, statuses: set[str]
) -> None:
    for status in Status:
        fields = {"leased": True} if status == Status.LEASED else {"status": status, "sent_at": times.now()}
        OutboundEmailFactory(to_name=f"<{status}>", **fields)
    page = coach.get(reverse(LIST), {"place": place} if place else {}).content.decode()
    assert {str(status) for status in Status if f"aan &lt;{status}&gt;" in page} == statuses


def test_each_row_is_said_as_a_person_says_it(coach: Client) -> None:
    planned()
    planned(message="bookings/confirmation", to_name="", to_email="bas@example.org", due_at=times.now())
    said = words(coach.get(reverse(LIST)))
    assert "Herinnering aan Sanne Vermeer" in said
    assert "morgen, 13:00" in said
    assert "Bevestiging aan bas@example.org" in said
    assert "zo snel mogelijk" in said
    assert said.index("bas@example.org") < said.index(
        "Herinnering aan Sanne"
    )  # what leaves first comes first
    rows = BeautifulSoup(coach.get(reverse(LIST)).content, "html.parser").select_one("#result_list tbody")
    assert "bookings/" not in str(rows)


def test_a_search_looks_at_everything_and_never_finds_a_tip_by_its_words(coach: Client) -> None:
    OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), subject="Bevestigd: donderdag")
    OutboundEmailFactory(tips=True, subject="Dit droeg het minst: donderdag", to_name="Noor")
    said = words(coach.get(reverse(LIST), {"q": "donderdag"}))
    assert "Sanne Vermeer" in said
    assert "Noor" not in said


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_one_mail_as_for_three(
    coach: Client, count: int, django_assert_num_queries: Any
) -> None:
    step = StepFactory()
    for _number in range(count):
        planned()
        planned(
            message="sequences/step", kind="marketing", about="followup:x", data={"step": step.pk, "run": 1}
        )
    with django_assert_num_queries(11):
        coach.get(reverse(LIST))


def test_a_row_whose_address_gets_no_mail_says_so(coach: Client) -> None:
    refused.refuse(planned().to_email, refused.Why.BOUNCE)
    assert "wacht; dit adres krijgt geen post" in words(coach.get(reverse(LIST)))


# ---- one mail ----------------------------------------------------------------------------------------------
def test_it_shows_what_it_would_say_now_and_why_it_would_not_leave(
    coach: Client, mail_templates: Path, renderers: dict[str, Any]
) -> None:
    del mail_templates  # its templates stand in the place of ours
    renderers["bookings/reminder_invitee"] = lambda mail: Skip("The call was moved.")
    mail = planned()
    with translation.override("nl"):
        from portal.mail import preview

        assert preview.of(mail).why_not == "Het gesprek is verplaatst."


def test_words_and_looks_are_shown_where_nothing_of_them_can_act(coach: Client) -> None:
    secret = tokens.placeholder("bookings.manage", "abc", 1)
    html = f'<p>Hoi</p><script>alert(1)</script><a href="https://x.nl/{secret}">weg</a>'
    mail = OutboundEmailFactory(message="bookings/confirmation", html=html, text=f"Beheer: {secret}")
    page = coach.get(url("change", mail))
    frame = BeautifulSoup(page.content, "html.parser").select_one("iframe")
    assert frame is not None
    assert (frame.has_attr("sandbox"), "".join(frame["sandbox"])) == (True, "")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    shown_as_html = coach.get(str(frame["src"]))
    policy = shown_as_html.headers["Content-Security-Policy"]
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= {
        part.strip() for part in policy.split(";")
    }
    assert shown_as_html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert secret not in page.content.decode() + shown_as_html.content.decode()
    assert tokens.fill_in(secret) not in page.content.decode() + shown_as_html.content.decode()


@pytest.mark.parametrize("fields", [{"erase_body": True}, {"tips": True, "status": Status.SENT}])
def test_codes_and_tips_that_left_have_no_words_and_no_frame(coach: Client, fields: Any) -> None:
    mail = OutboundEmailFactory(sent_at=times.now(), **fields)
    page = coach.get(url("change", mail)).content.decode()
    assert "<iframe" not in page
    assert "Tot donderdag" not in page
    assert coach.get(url("html", mail)).status_code == 404


def test_it_leads_to_the_contact_it_is_for(coach: Client) -> None:
    mail = planned()
    lead = leads.contact(mail.to_email, name="Sanne")
    assert (
        reverse("admin:leads_lead_change", args=[lead.pk]) in coach.get(url("change", mail)).content.decode()
    )


def test_a_mail_that_cannot_be_written_has_a_page_all_the_same(
    coach: Client, renderers: dict[str, Any]
) -> None:
    def breaks(mail: OutboundEmail) -> dict[str, object]:
        raise ZeroDivisionError

    renderers["bookings/reminder_invitee"] = breaks
    page = coach.get(url("change", planned()))
    assert page.status_code == 200
    assert "De mail kan niet worden geschreven: er gaat bij ons iets mis." in words(page)


# ---- acting ------------------------------------------------------------------------------------------------
def test_stopping_asks_first_says_what_it_means_and_keeps_who_did_it(coach: Client, mila: User) -> None:
    mail = planned(message="bookings/confirmation")
    asked = words(coach.get(url("stop", mail)))
    assert "niemand vertelt het" in asked
    assert reloaded(mail).status == "queued"
    done = coach.post(url("stop", mail), follow=True)
    assert "Tegengehouden. De mail wordt niet verstuurd, en niet opnieuw gepland." in words(done)
    assert "Tegengehouden door Mila de Coach, ma 23 nov 2026, 13:00" in words(done)
    assert (reloaded(mail).status, reloaded(mail).stopped_by) == ("cancelled", "Mila de Coach")
    again = coach.post(url("stop", mail), follow=True)
    assert "niet meer tegen te houden" in words(again)
    (entry,) = LogEntry.objects.all()
    assert (entry.user, entry.object_id, entry.object_repr) == (mila, str(mail.pk), "")


def test_sending_now_says_so_and_what_has_left_is_left_alone(coach: Client) -> None:
    mail = OutboundEmailFactory(message="bookings/confirmation", due_at=times.now() + timedelta(hours=3))
    assert "De mail vertrekt binnen een minuut." in words(coach.post(url("send_now", mail), follow=True))
    assert reloaded(mail).send_after <= times.now()
    OutboundEmail.objects.update(status="sent", sent_at=times.now())
    assert "Deze mail wacht niet meer: verstuurd." in words(coach.post(url("send_now", mail), follow=True))


def test_sending_now_what_may_not_leave_says_why_and_changes_nothing(coach: Client) -> None:
    mail = planned()  # its call is not there
    before = reloaded(mail).send_after
    said = words(coach.post(url("send_now", mail), follow=True))
    assert "De mail vertrekt nu niet. Het gesprek gaat niet door." in said
    assert (reloaded(mail).status, reloaded(mail).send_after) == ("queued", before)


def test_what_came_back_can_be_sent_again_unless_its_address_gets_no_mail(coach: Client) -> None:
    mail = OutboundEmailFactory(message="bookings/confirmation", status=Status.BOUNCED, sent_at=times.now())
    refused.refuse(mail.to_email, refused.Why.BOUNCE)
    assert "Post naar dit adres komt terug." in words(coach.post(url("send_again", mail), follow=True))
    RefusedAddress.objects.all().delete()
    coach.post(url("send_again", mail))
    assert (reloaded(mail).status, reloaded(mail).maybe_duplicate) == ("queued", False)


@pytest.mark.parametrize("name", ["send_now", "send_again"])
def test_looking_at_what_only_acts_changes_nothing(coach: Client, name: str) -> None:
    mail = OutboundEmailFactory(due_at=times.now() + timedelta(hours=3))
    assert coach.get(url(name, mail)).status_code == 405
    assert reloaded(mail).send_after == mail.send_after


@pytest.mark.parametrize("name", ["stop", "send_now", "send_again"])
def test_who_may_only_look_does_nothing_and_is_offered_nothing(name: str) -> None:
    reader = User.objects.create_user("lezer@voorbeeld.nl", is_staff=True)
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["view_outboundemail", "see_practice"])
    )
    browser, mail = browser_of(reader), OutboundEmailFactory(message="bookings/confirmation")
    assert browser.post(url(name, mail)).status_code == 403
    page = browser.get(url("change", mail)).content.decode()
    assert url("stop", mail) not in page
    assert reloaded(mail).status == "queued"
    nobody = browser_of(User.objects.create_user("niemand@voorbeeld.nl", is_staff=True))
    assert nobody.get(url("change", mail)).status_code == 403
    assert nobody.get(url("html", mail)).status_code == 404


def test_moments_are_said_as_a_person_says_them(clock: Any) -> None:
    now = times.now()
    told = {0: "zo snel mogelijk", 2: "vandaag, 15:00", 24: "morgen, 13:00", 72: "do 26 nov 2026, 13:00"}
    for hours, said in told.items():
        mail = OutboundEmailFactory.build(due_at=now + timedelta(hours=hours))
        assert shown.moment(mail) == said


def test_nonsense_in_the_address_is_not_found(coach: Client) -> None:
    for pk in ("0", "9" * 30, "abc"):
        assert coach.get(f"{reverse(LIST)}{pk}/change/").status_code == 404
    assert outbox.BY_HAND
