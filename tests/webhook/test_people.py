"""Contacts and the webhook: who is told of, who no longer, and how long."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from portal.accounts import services as accounts
from portal.common import export, times
from portal.leads import services as leads
from portal.tasks import clean_up
from portal.webhook import switching
from portal.webhook.models import OutboundEvent, Webhook
from tests.bookings.browsing import words_of
from tests.factories.assessments import UserFactory
from tests.factories.webhook import OutboundEventFactory, switched_on

pytestmark = pytest.mark.django_db
EMAIL = "sanne@example.org"


def told() -> list[tuple[str, Any]]:
    events = OutboundEvent.objects.order_by("pk")
    return [(event.type, json.loads(event.body)["data"]["contact"]) for event in events if event.body]


# ---- contacts -----------------------------------------------------------------------------------------
def test_a_contact_is_told_of_once_when_new(hook: Webhook) -> None:
    lead = leads.contact("Sanne@Example.org", name="Sanne")
    leads.contact(EMAIL, name="Anders")
    assert told() == [
        ("contact.created", {"id": lead.public_id, "name": "Sanne", "email": EMAIL, "language": "nl"})
    ]


def test_whoever_works_here_is_no_contact_to_tell_of(hook: Webhook) -> None:
    leads.contact(UserFactory(is_staff=True).email)
    assert told() == []


def test_who_objects_is_taken_out_and_who_comes_back_told_of_again(hook: Webhook) -> None:
    lead = leads.contact(EMAIL, name="Sanne")
    leads.object_to_contact(lead)
    assert told() == [("contact.removed", {"id": lead.public_id})]
    leads.take_back_objection(lead)
    assert told()[1][0] == "contact.created"


def test_an_erasure_withdraws_what_waits_and_empties_what_was_sent(hook: Webhook) -> None:
    lead = leads.contact(EMAIL)
    sent = OutboundEventFactory(status="sent", answer="kent sanne@example.org niet")
    waits = OutboundEventFactory(type="call.cancelled")
    of_another = OutboundEventFactory(email="bas@example.org")
    accounts.erase_contact(lead)
    assert OutboundEvent.objects.filter(pk=sent.pk).values_list("body", "email", "answer", "status").get() == (
        "", "", "", "sent"
    )  # fmt: skip
    waits.refresh_from_db()
    assert (json.loads(waits.body)["data"]["contact"], waits.email, waits.status) == (None, "", "waiting")
    assert OutboundEvent.objects.get(pk=of_another.pk).body == of_another.body
    assert [kind for kind, _contact in told()].count("contact.created") == 0
    assert [kind for kind, _contact in told()].count("contact.removed") == 1
    assert switching.send_again(OutboundEvent.objects.filter(pk=sent.pk)) == 0


def test_a_copy_of_everything_holds_what_was_told(hook: Webhook) -> None:
    OutboundEventFactory()
    OutboundEventFactory(email="bas@example.org")
    (section,) = [one for one in export.copy_of(EMAIL) if one.section.name == "told"]
    assert len(section.rows) == 1
    assert EMAIL in json.dumps(section.as_data())


# ---- how long -----------------------------------------------------------------------------------------
def test_words_go_after_a_month_and_the_line_after_a_year(hook: Webhook, clock: Any) -> None:
    OutboundEventFactory(status="sent")
    clock.shift(settings.RETENTION["webhook_bodies"] - timedelta(minutes=1))
    clean_up()
    assert OutboundEvent.objects.get().body
    clock.shift(timedelta(minutes=2))
    clean_up()
    event = OutboundEvent.objects.get()
    assert (event.body, event.email, event.status) == ("", "", "sent")
    clock.shift(settings.RETENTION["webhook_log"] - settings.RETENTION["webhook_bodies"])
    clean_up()
    assert not OutboundEvent.objects.exists()


def test_what_still_waits_is_not_thrown_away(hook: Webhook, clock: Any) -> None:
    OutboundEventFactory()
    clock.shift(settings.RETENTION["webhook_log"] + timedelta(days=1))
    clean_up()
    assert OutboundEvent.objects.get().body


# ---- the privacy page ---------------------------------------------------------------------------------
def test_while_it_is_on_the_privacy_page_names_the_receiver_and_what_it_is_told(client: Client) -> None:
    assert "agenda.example.org" not in words_of(client.get("/privacy/"))
    switched_on(events=["contact.created"])
    page = words_of(client.get("/privacy/"))
    assert "agenda.example.org" in page
    assert "Het krijgt een seintje bij: een nieuw contact." in page
    assert "hooks/sleutel" not in str(client.get("/privacy/").content)
    switching.set_up(address="", events=["contact.created"], is_on=False)
    assert "agenda.example.org" not in words_of(client.get("/privacy/"))


def test_a_moment_of_now_is_when_it_happened(hook: Webhook, clock: Any) -> None:
    leads.contact(EMAIL)
    assert OutboundEvent.objects.get().occurred_at == times.now()
