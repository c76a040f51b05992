"""What the coach learns of a result: nothing before a yes, no more than was asked, and nothing after a no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from assessments import cookies
from assessments import summary as scans
from bookings.calls import sharing
from bookings.models import Booking, CallType
from bookings.words import invitation
from portal.accounts.models import User
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Skip
from portal.mail.render import due_context, render
from tests.bookings.admin.conftest import browser_of
from tests.bookings.browsing import confirm, hold, page_of, type_code, words_of
from tests.bookings.people import mail, with_words
from tests.browsers import as_member
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
EMAIL = "sanne@voorbeeld.nl"
COACH_MAILS = ("bookings/coach_booked", "bookings/coach_moved", "bookings/reminder_coach")


@pytest.fixture
def user(call_type: CallType) -> User:
    return UserFactory(email=EMAIL, name="Sanne Vermeer")


@pytest.fixture
def member(user: User) -> Client:
    return as_member(user)


@pytest.fixture
def boss(call_type: CallType) -> Client:
    return browser_of(User.objects.create_superuser("baas@voorbeeld.nl"))


@pytest.fixture
def shared(member: Client, user: User, clock: Any) -> Booking:
    """A call of somebody with two scans, who said yes."""
    CompletedScanFactory(user=user, days_ago=90)
    CompletedScanFactory(user=user)
    hold(member)
    confirm(member, clock, share="yes", topics=["letting-go"])
    return Booking.objects.get()


def key_names(user: User) -> list[str]:
    return list(scans.key_names("nl").values())


def to_the_coach() -> str:
    """What the portal still has for the coach or keeps of what it mailed."""
    rows = OutboundEmail.objects.filter(to_email="jet@voorbeeld.nl").exclude(status="cancelled")
    return "\n".join(row.text + row.html for row in map(with_words, rows))


# ---- before a yes ---------------------------------------------------------------------------------------
def test_after_a_no_no_key_reaches_the_coach_that_was_not_ticked(member, user, clock):
    """Whoever only presses on says nothing about what carries least: nothing is ticked beforehand."""
    CompletedScanFactory(user=user)
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    ticked = [field["value"] for field in page.select("input[name=topics][checked]")]
    confirm(member, clock, share="no", topics=ticked)
    assert Booking.objects.get().topics == []
    assert [name for name in key_names(user) if name in to_the_coach()] == []


def test_the_order_in_which_keys_were_ticked_says_nothing_about_what_carries_least(member, user, clock):
    """The form lists the weakest first; the coach reads them in the order of the instrument."""
    CompletedScanFactory(user=user)
    slugs = list(scans.key_names("nl"))
    hold(member)
    confirm(member, clock, share="no", topics=[slugs[7], slugs[2]])
    text = mail("coach_booked").text
    names = scans.key_names("nl")
    assert text.index(names[slugs[2]]) < text.index(names[slugs[7]])
    assert Booking.objects.get().topics == [slugs[2], slugs[7]]


def test_the_page_says_beside_the_topics_that_the_coach_sees_them_anyway(member, user):
    CompletedScanFactory(user=user)
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    group = page.select_one("fieldset:has(input[name=topics])")
    hint = page.find(id=group["aria-describedby"].split()[0])
    assert hint.text == "Wat je hier aanvinkt, ziet de coach ook als je je uitslag niet deelt."


def test_without_a_result_there_is_nothing_to_refuse_and_the_hint_says_no_more(member):
    hold(member)
    words = words_of(member.get(reverse("bookings:details")))
    assert "De coach ziet wat je hier aanvinkt." in words
    assert "uitslag niet deelt" not in words


def test_the_remark_asks_not_to_write_about_health_or_others(member):
    hold(member)
    words = words_of(member.get(reverse("bookings:details")))
    assert "Schrijf niets over gezondheid of over anderen. Dat bespreek je beter in het gesprek." in words


# ---- what is asked, and proved ----------------------------------------------------------------------------
@pytest.mark.parametrize("scans_before", [0, 1])
def test_the_question_names_all_that_is_sent_whatever_scans_there_are(member, user, scans_before):
    for _number in range(scans_before):
        CompletedScanFactory(user=user, days_ago=90)
    CompletedScanFactory(user=user)
    hold(member)
    page = page_of(member.get(reverse("bookings:details")))
    group = page.select_one("fieldset:has(input[name=share])")
    asked = page.find(id=group["aria-describedby"].split()[0]).text
    assert asked == consent.text("sharing", "nl")


def test_the_yes_is_kept_with_its_words_version_language_and_time(shared, clock):
    proof = ConsentEvent.objects.get()
    words = consent.text("sharing", "nl")
    assert (proof.purpose, proof.action, proof.lead) == ("sharing", "given", Lead.objects.get())
    assert (proof.text, proof.text_sha256, proof.language) == (words, consent.digest(words), "nl")
    assert proof.text_version == consent.CURRENT["sharing"]
    assert abs(proof.created_at - shared.confirmed_at) < timedelta(minutes=1)


def test_a_no_is_no_consent(member, user, clock):
    CompletedScanFactory(user=user)
    hold(member)
    confirm(member, clock, share="no")
    assert not ConsentEvent.objects.exists()


def test_a_yes_given_before_the_code_is_kept_with_the_proven_address_in_its_own_language(call_type, clock):
    visitor = Client()
    _put_in_browser(visitor, CompletedScanFactory().public_id)
    hold(visitor)
    confirm(visitor, clock, share="yes")
    assert not ConsentEvent.objects.exists()
    type_code(visitor)
    assert ConsentEvent.objects.get().lead.email == EMAIL


def _put_in_browser(visitor: Client, public_id: str) -> None:
    visitor.cookies[cookies.cookie_name()] = signing.dumps([public_id], salt=cookies.SALT)


# ---- taken back -------------------------------------------------------------------------------------------
def test_page_of_the_call_and_that_of_yes_and_no_offer_the_way_back_only_to_who_shares(member, user, shared):
    for page in (reverse("bookings:manage", args=[shared.public_id]), reverse("accounts:yes_and_no")):
        action = f"form[action='{reverse('bookings:unshare', args=[shared.public_id])}']"
        assert page_of(member.get(page)).select_one(action), page
        Booking.objects.update(shared_scan="")
        assert not page_of(member.get(page)).select_one(action), page
        Booking.objects.update(shared_scan=shared.shared_scan)


def test_what_is_taken_back_is_gone_from_admin_and_mails_sent_and_to_come(member, boss, user, shared, clock):
    reminder = OutboundEmail.objects.get(message="bookings/reminder_coach", data__minutes=24 * 60)
    assert "summary" in due_context(reminder)
    OutboundEmail.objects.filter(message="bookings/coach_booked").update(
        status="sent", sent_at=shared.created_at
    )
    pages = [
        reverse("admin:bookings_booking_change", args=[shared.pk]),
        reverse("admin:leads_lead_change", args=[Lead.objects.get().pk]),
        reverse("admin:bookings_booking_week"),
        *(reverse("admin:mail_outboundemail_change", args=[mail.pk]) for mail in OutboundEmail.objects.all()),
    ]
    unshared = [name for slug, name in scans.key_names("nl").items() if slug != "letting-go"]
    before = "".join(boss.get(page).content.decode() for page in pages)
    assert all(name in before for name in unshared)
    response = member.post(reverse("bookings:unshare", args=[shared.public_id]), follow=True)
    assert "Je uitslag is niet meer gedeeld." in words_of(response)
    after = "".join(boss.get(page).content.decode() for page in pages)
    assert [name for name in unshared if name in after] == []
    assert isinstance(due_context(reminder), Skip)
    assert [name for name in unshared if name in to_the_coach()] == []


def test_a_reminder_that_was_written_and_could_not_leave_is_written_anew_without_the_result(shared, user):
    soon = OutboundEmail.objects.get(message="bookings/reminder_coach", data__minutes=60)
    context = due_context(soon)
    assert context["summary"]
    parts = render(soon.message, soon.language, context)
    OutboundEmail.objects.filter(pk=soon.pk).update(
        text=parts.text, html=parts.html, subject=parts.subject, rendered_at=shared.created_at, status="retry"
    )
    sharing.withdraw_sharing(email=EMAIL, user=user, method="page of the call")
    soon.refresh_from_db()
    assert (soon.status, soon.text, soon.is_rendered) == ("retry", "", False)
    assert due_context(soon)["summary"] is None


def test_a_mail_to_the_coach_that_had_not_left_leaves_without_the_result(shared, user):
    assert "van 100" in mail("coach_booked").text
    sharing.withdraw_sharing(email=EMAIL, user=user, method="page of the call")
    first = mail("coach_booked")
    assert first.status == "queued"
    assert "boekte een impactcall" in first.text
    assert "van 100" not in first.text + first.html
    told = OutboundEmail.objects.get(message="bookings/coach_unshared")
    assert told.subject == "Sanne Vermeer deelt de uitslag niet meer met je"
    assert "Wis ook de mails waar die in staat" in told.text
    assert (
        "Sanne Vermeer, sanne@voorbeeld.nl" in told.text
    )  # the facts of the call, in case nothing else left


def test_taking_back_is_proved_counts_for_every_call_and_twice_is_once(shared, user, call_type):
    earlier = BookingFactory(
        call_type=call_type,
        start=shared.start_at - timedelta(days=60),
        status="completed",
        email=EMAIL,
        user=user,
        shared_scan=shared.shared_scan,
    )
    assert sharing.withdraw_sharing(email=EMAIL, user=user, method="account page") == 2
    assert sharing.withdraw_sharing(email=EMAIL, user=user, method="account page") == 0
    earlier.refresh_from_db()
    assert earlier.shared_scan == ""
    assert [event.action for event in ConsentEvent.objects.all()] == ["given", "withdrawn"]
    assert OutboundEmail.objects.filter(message="bookings/coach_unshared").count() == 2


def test_somebody_else_cannot_take_it_back(shared):
    other = Client()
    other.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for browser, status in ((other, 404), (Client(), 302)):
        response = browser.post(reverse("bookings:unshare", args=[shared.public_id]))
        assert response.status_code == status
    shared.refresh_from_db()
    assert shared.shared_scan


def test_tips_go_on_when_sharing_stops_and_the_other_way_round(shared, user):
    lead = Lead.objects.get()
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="account page")
    tip = OutboundEmailFactory(kind="marketing", about=leads.followup_key(lead), to_email=EMAIL, later=True)
    sharing.withdraw_sharing(email=EMAIL, user=user, method="account page")
    tip.refresh_from_db()
    assert (leads.has_consent(lead, consent.TIPS), tip.status) == (True, "queued")


# ---- by another door --------------------------------------------------------------------------------------
def test_the_log_of_mail_does_not_tell_the_coach_what_a_tip_is_about(boss):
    """A tip names the key that carries least, and its reader shared nothing."""
    tip = OutboundEmailFactory(
        kind="marketing", about="followup:abc", to_email=EMAIL, subject="Tip: jouw open woord", text="Ongemak"
    )
    for path in (
        reverse("admin:mail_outboundemail_changelist"),
        reverse("admin:mail_outboundemail_change", args=[tip.pk]),
    ):
        page = boss.get(path).content.decode()
        assert EMAIL in page
        assert "open woord" not in page
        assert "Ongemak" not in page
    found = boss.get(reverse("admin:mail_outboundemail_changelist"), {"q": "woord"}).content.decode()
    assert EMAIL not in found


def test_words_of_sharing_are_the_same_in_question_facts_and_account(shared):
    facts = {fact["term"]: fact["words"] for fact in invitation.facts(shared, "nl")}
    assert (
        facts["Uitslag gedeeld"]
        == "Ja: tien scores, het totaal, en het verschil met je vorige scan als die er is"
    )
