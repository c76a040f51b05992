"""A contact knows the newest line on its timeline, whoever writes or erases lines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.common import times
from portal.leads import services as leads
from portal.leads.models import Lead, LeadEvent

pytestmark = pytest.mark.django_db


def test_it_follows_lines_that_are_written_moved_and_erased() -> None:
    lead, other = (leads.contact(f"{name}@voorbeeld.nl") for name in ("noor", "bas"))
    assert lead.last_event_at is None
    now = times.now()
    old, new = LeadEvent.objects.bulk_create(
        [LeadEvent(lead=lead, kind="a", created_at=now - timedelta(days=days)) for days in (3, 1)]
    )
    assert Lead.objects.get(pk=lead.pk).last_event_at == new.created_at
    LeadEvent.objects.filter(pk=old.pk).update(created_at=now)
    assert Lead.objects.get(pk=lead.pk).last_event_at == now
    LeadEvent.objects.filter(pk=old.pk).delete()
    assert Lead.objects.get(pk=lead.pk).last_event_at == new.created_at
    leads.object_to_contact(Lead.objects.get(pk=lead.pk))
    assert Lead.objects.get(pk=lead.pk).last_event_at is None
    assert Lead.objects.get(pk=other.pk).last_event_at is None


def test_writing_a_line_loses_nothing_else_of_the_contact() -> None:
    lead = leads.contact("noor@voorbeeld.nl", name="Noor")
    leads.record(lead, "a")
    leads.advance(lead, "client")
    found = Lead.objects.get(pk=lead.pk)
    assert (found.name, found.stage) == ("Noor", "client")
    assert found.last_event_at is not None
