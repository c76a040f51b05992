"""What another coach may try: lists, filters, search, foreign ids in forms and actions. Nothing of Anna's shows, and
nothing of hers changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from bookings.models import BlockedTime, CallType, DateOverride
from portal.accounts.models import User
from tests.addresses.conftest import everything
from tests.admin_pages import DOOR, KNOWN
from tests.bookings.admin.conftest import at, browser_of
from tests.bookings.admin.rights.conftest import Desk, address

pytestmark = pytest.mark.usefixtures("clock")
OF_THE_SITE = {"assessments_instrument_show"}  # shows a page that anybody reads, which names who works here


def page(name: str) -> str:
    return reverse(f"admin:{name}")


def shown(desk: Desk, body: str) -> list[str]:
    """Which of the words of this desk stand in a page."""
    return [words for words in desk.words if words in body]


def asks(desk: Desk) -> list[str]:
    """Addresses that ask for what is on that desk."""
    calls, people, mails = (
        page("bookings_booking_changelist"),
        page("leads_lead_changelist"),
        page("mail_outboundemail_changelist"),
    )
    week, new, outside = (
        page("bookings_booking_week"),
        page("bookings_booking_new"),
        page("bookings_booking_outside"),
    )
    found = [
        page("index"), f"{calls}?when=all", f"{people}?step=due", f"{mails}?place=all",
        f"{page('leads_lead_export')}?step=due",
        page("leads_leadevent_changelist"), page("leads_consentevent_changelist"), page("bookings_host_changelist"),
        page("bookings_calltype_changelist"), page("bookings_dateoverride_changelist"),
        page("bookings_blockedtime_changelist"), page("bookings_calendarsource_changelist"),
        page("bookings_waitlistentry_changelist"), page("bookings_offer_changelist"),
        page("bookings_dateoverride_holidays"), page("bookings_dateoverride_add"), page("bookings_blockedtime_add"),
        page("bookings_calendarsource_add"),
        # by their ids and names
        f"{calls}?when=all&call_type__id__exact={desk.rows['bookings_calltype'].pk}",
        f"{page('bookings_dateoverride_changelist')}?host__id__exact={desk.host.pk}",
        f"{page('bookings_blockedtime_changelist')}?host__id__exact={desk.host.pk}",
        f"{week}?day=2026-11-25&host={desk.host.slug}", f"{week}?day=2026-11-25&view=day&host={desk.host.slug}",
        f"{page('bookings_booking_empty')}?on=2026-11-26&from=10:00&host={desk.host.slug}",
        f"{new}?host={desk.host.slug}", f"{new}?contact={desk.lead.public_id}",
        f"{outside}?host={desk.host.slug}", outside,
        f"{page('bookings_dateoverride_holidays')}?host={desk.host.slug}",
        f"{page('bookings_dateoverride_add')}?host={desk.host.pk}",
        f"{page('bookings_blockedtime_add')}?host={desk.host.pk}&on=2026-11-26",
    ]  # fmt: skip
    for words in (desk.lead.name, desk.lead.email, desk.booking.public_id, desk.note.text):
        found += [
            f"{one}?q={words}"
            for one in (page("search"), calls, people, mails, page("bookings_offer_changelist"))
        ]
    return found


def test_no_list_filter_or_search_shows_anything_of_a_colleague(anna: Desk, bram: Desk) -> None:
    browser = bram.browser
    own = 0
    for path in asks(anna):
        response = browser.get(path, follow=True)
        body = b"".join(response).decode()
        assert response.status_code in {200, 404}, path
        searched = path.partition("q=")[2]
        assert [words for words in shown(anna, body) if words not in searched] == [], path
        own += bool(shown(bram, body))
    assert own > 10  # and what is Bram's is there


def test_the_practice_sees_both(anna: Desk, bram: Desk, practice: User) -> None:
    browser = browser_of(practice)
    for path in (f"{page('bookings_booking_changelist')}?when=all", page("leads_lead_changelist")):
        body = browser.get(path).content.decode()
        assert "Sanne Vermeer" in body
        assert "Noor Vermeer" in body


def test_walking_every_address_with_the_ids_of_a_colleague_shows_and_changes_nothing(
    anna: Desk, bram: Desk, of_practice: dict[str, Any]
) -> None:
    browser, before = bram.browser, rows_of(anna)
    for name in sorted(KNOWN - DOOR):
        path = address(name, anna, of_practice)
        for response in (
            browser.get(path),
            browser.head(path),
            browser.post(path, {"post": "yes", "status": "completed"}),
        ):
            body = b"".join(response).decode()
            assert name in OF_THE_SITE or shown(anna, body) == [], (name, response.status_code)
    assert rows_of(anna) == before


def rows_of(desk: Desk) -> dict[str, list[str]]:
    """Every row of every table but sessions, counters, and what is Bram's to make."""
    quiet = {"accounts_user", "accounts_session", "django_admin_log"}
    return {table: rows for table, rows in everything().items() if table not in quiet}


# ---- foreign ids in what is sent -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("bookings_blockedtime_add", {"start_on": "2026-11-27", "start_time": "09:00", "end_on": "2026-11-27",
                                      "end_time": "10:00"}),
        ("bookings_dateoverride_add", {"on": "2026-12-01", "is_closed": "on", "windows-TOTAL_FORMS": "0",
                                       "windows-INITIAL_FORMS": "0"}),
        ("bookings_calendarsource_add", {"kind": "ics", "name": "Van mij", "address": "https://agenda.example.org/x",
                                         "on_stale": "keep", "is_active": "on"}),
    ],
)  # fmt: skip
def test_a_form_takes_no_calendar_of_a_colleague(
    name: str, sent: dict[str, str], anna: Desk, bram: Desk
) -> None:
    before = rows_of(anna)
    answer = bram.browser.post(page(name), sent | {"host": str(anna.host.pk)})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert rows_of(anna) == before
    assert bram.browser.post(page(name), sent | {"host": str(bram.host.pk)}).status_code == 302


def test_a_block_cannot_be_moved_to_a_colleague(anna: Desk, bram: Desk) -> None:
    block = bram.rows["bookings_blockedtime"]
    path = reverse("admin:bookings_blockedtime_change", args=[block.pk])
    sent = {"host": anna.host.pk, "start_on": "2026-11-27", "start_time": "09:00", "end_on": "2026-11-27",
            "end_time": "10:00"}  # fmt: skip
    assert bram.browser.post(path, sent).status_code == 200
    assert BlockedTime.objects.get(pk=block.pk).host == bram.host


def test_holidays_of_a_colleague_cannot_be_closed(anna: Desk, bram: Desk) -> None:
    sent = {"host": anna.host.slug, "on": "2026-12-25"}
    assert bram.browser.post(page("bookings_dateoverride_close"), sent).status_code == 404
    assert not DateOverride.objects.filter(host=anna.host, on="2026-12-25").exists()


def test_calls_of_a_colleague_are_not_decided_about(anna: Desk, bram: Desk) -> None:
    pk = anna.booking.pk
    sent = {"call": str(pk), f"{pk}-choice": "cancel", f"{pk}-seen": str(anna.booking.sequence)}
    bram.browser.post(page("bookings_booking_outside"), sent)
    anna.booking.refresh_from_db()
    assert anna.booking.status == "confirmed"


def test_a_bulk_action_leaves_out_what_is_not_there_for_this_coach(anna: Desk, bram: Desk) -> None:
    sent = {"action": "send_again", "_selected_action": [anna.mail.pk, bram.mail.pk]}
    bram.browser.post(f"{page('mail_outboundemail_changelist')}?place=failed", sent)
    anna.mail.refresh_from_db()
    bram.mail.refresh_from_db()
    assert (anna.mail.status, bram.mail.status) == ("failed", "queued")


def test_a_call_is_not_booked_with_a_colleague(anna: Desk, bram: Desk) -> None:
    sent = {"call_type": anna.rows["bookings_calltype"].pk, "own_on": "2026-12-03", "own_time": "10:00",
            "name": "Femke", "email": "femke@voorbeeld.nl", "language": "nl", "time_zone": "Europe/Amsterdam",
            "phone": "0612345678"}  # fmt: skip
    bram.browser.post(page("bookings_booking_new"), sent)
    assert not anna.host.bookings.filter(email="femke@voorbeeld.nl").exists()


def test_whoever_has_a_call_with_a_colleague_is_said_to_have_one_and_no_more(anna: Desk, bram: Desk) -> None:
    sent = {"call_type": bram.rows["bookings_calltype"].pk, "own_on": "2026-12-03", "own_time": "10:00",
            "name": "Femke", "email": anna.lead.email, "language": "nl", "time_zone": "Europe/Amsterdam",
            "phone": "0612345678"}  # fmt: skip
    body = bram.browser.post(page("bookings_booking_new"), sent).content.decode()
    assert "Deze persoon heeft al een gesprek voor de boeg, bij een collega." in body
    assert "Sanne Vermeer" not in body


@pytest.mark.usefixtures("page_context")
def test_the_place_of_a_call_type_stays_with_its_coach(anna: Desk, bram: Desk) -> None:
    """A posted coach or short name is not taken from somebody who may not choose it."""
    own = bram.rows["bookings_calltype"]
    path = reverse("admin:bookings_calltype_change", args=[own.pk])
    form = bram.browser.get(path).context["adminform"].form
    sent = {name: value for name, value in form.initial.items() if value not in (None, False)}
    bram.browser.post(path, sent | {"host": anna.host.pk, "slug": "van-mij", "ahead": "days"})
    kept = CallType.objects.get(pk=own.pk)
    assert (kept.host, kept.slug) == (bram.host, "impact-call")


# ---- one person, two coaches --------------------------------------------------------------------------------
def test_a_contact_of_both_shows_each_the_own_calls_notes_and_mails(anna: Desk, bram: Desk) -> None:
    """The result was shared with Anna; Bram reads that there is a contact, and nothing of her call."""
    shared = anna.lead
    kept = bram.booking
    type(kept).objects.filter(pk=kept.pk).update(email=shared.email, name=shared.name, user=anna.booking.user)
    path = reverse("admin:leads_lead_change", args=[shared.pk])
    body = bram.browser.get(path).content.decode()
    assert "Sanne Vermeer" in body
    for words in (anna.note.text, anna.mail.subject, "deelt de uitslag", reverse("admin:bookings_booking_change",
                                                                               args=[anna.booking.pk])):  # fmt: skip
        assert words not in body, words
    brief = bram.browser.get(reverse("admin:bookings_booking_brief", args=[kept.pk])).content.decode()
    assert anna.past.agreed not in brief
    own = anna.browser.get(path).content.decode()
    assert anna.note.text in own
    assert "Boekte een impactcall op wo 25 nov 2026" in own
    assert "Boekte een impactcall op wo 25 nov 2026" not in body
    assert (
        anna.past.agreed
        in anna.browser.get(reverse("admin:bookings_booking_brief", args=[anna.booking.pk])).content.decode()
    )


def test_a_note_of_a_colleague_about_the_same_contact_is_not_found(anna: Desk, bram: Desk) -> None:
    type(bram.booking).objects.filter(pk=bram.booking.pk).update(email=anna.lead.email)
    path = reverse("admin:leads_lead_note", args=[anna.lead.pk, anna.note.public_id])
    assert bram.browser.get(path).status_code == 404
    assert bram.browser.post(path, {"text": "Van mij", "version": "1"}).status_code == 404


def test_a_held_time_makes_nobody_a_contact(anna: Desk, bram: Desk) -> None:
    type(bram.booking).objects.filter(pk=bram.booking.pk).update(
        email=anna.lead.email, status="held", expires_at=at(0, 12), confirmed_at=None
    )
    assert bram.browser.get(reverse("admin:leads_lead_change", args=[anna.lead.pk])).status_code == 404


@pytest.mark.parametrize("chosen", ["", "x", "\0", "²", "-1", "9" * 30])
def test_a_bulk_action_on_what_cannot_be_a_row_does_nothing(anna: Desk, chosen: str) -> None:
    sent = {"action": "send_again", "_selected_action": [anna.mail.pk, chosen]}
    answer = anna.browser.post(f"{page('mail_outboundemail_changelist')}?place=failed", sent)
    assert answer.status_code == 404
    assert "Er is niets veranderd." in answer.content.decode()
    anna.mail.refresh_from_db()
    assert anna.mail.status == "failed"
