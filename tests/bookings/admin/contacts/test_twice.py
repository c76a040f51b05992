"""A double click on a note, and a contact who is erased while a page of them stands open."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.leads import notes
from portal.leads.models import Lead, Note
from tests.bookings.admin.contacts.conftest import url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "host")]
KEY = "2" * 24


def test_a_note_that_is_saved_twice_is_saved_once_and_no_colleague_is_named(
    as_coach: Client, coach: User, lead: Lead
) -> None:
    path = url("note", lead, notes.write_note(lead, "Belt vrijdag.", by=coach, key=KEY).public_id)
    sent = {"text": "Belt maandag.", "version": "1"}
    assert [as_coach.post(path, sent).status_code for _click in range(2)] == [302, 302]
    assert Note.objects.get().version == 2


def test_a_note_that_is_erased_twice_is_gone_and_that_is_well(
    as_coach: Client, coach: User, lead: Lead
) -> None:
    path = url("note", lead, notes.write_note(lead, "Belt vrijdag.", by=coach, key=KEY).public_id)
    answers = [as_coach.post(path, {"text": "", "version": "1", "erase": "1"}) for _click in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [url("change", lead)] * 2


def test_a_step_that_is_done_twice_stands_on_the_timeline_once(as_coach: Client, lead: Lead) -> None:
    notes.plan_step(lead, "Nabellen", date(2026, 11, 24), was=notes.seen_step(lead))
    lead.refresh_from_db()
    sent = {"step": "Nabellen", "on": "2026-11-24", "was": notes.seen_step(lead), "done": "1"}
    assert [as_coach.post(url("step", lead), sent).status_code for _click in range(2)] == [302, 302]
    assert lead.events.count() == 1


def test_nothing_is_written_of_who_was_erased_meanwhile(as_coach: Client, coach: User, lead: Lead) -> None:
    gone = Lead.objects.get(pk=lead.pk)
    lead.delete()
    with pytest.raises(Lead.DoesNotExist):
        notes.write_note(gone, "Te laat.", by=coach, key=KEY)
    for name, sent in (("write_note", {"text": "Te laat."}), ("step", {"done": "1"}), ("stop_tips", {})):
        assert as_coach.post(url(name, gone), sent).status_code == 404
