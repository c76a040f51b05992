"""What a coach chooses about the reading of a calendar, and is told about it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bookings.models import Host
from tests.bookings.admin.connected.connecting import LIST, change_page, typed, words
from tests.factories.bookings import CalDavSourceFactory, CalendarSourceFactory

pytestmark = pytest.mark.django_db


def test_who_lets_unanswered_invitations_be_booked_has_the_calendar_read_anew(
    as_coach: Client, host: Host
) -> None:
    for source in (CalendarSourceFactory(host=host, etag='"een"'), CalDavSourceFactory(host=host, etag="a")):
        assert source.unanswered_blocks  # by itself
        body = words(as_coach.get(change_page(source)))
        assert "Geen gesprekken op de tijd van een uitnodiging die ik nog niet heb beantwoord" in body
        fields = typed(host, kind=source.kind, address="")
        assert as_coach.post(change_page(source), fields).status_code == 302
        source.refresh_from_db()
        assert source.etag  # nothing changed
        del fields["unanswered_blocks"]
        assert as_coach.post(change_page(source), fields).status_code == 302
        source.refresh_from_db()
        assert (source.unanswered_blocks, source.etag, source.last_tried_at) == (False, "", None)
        assert source.last_good_at  # until then the last good read stays


def test_unknown_time_zones_are_named_with_what_helps(as_coach: Client, host: Host) -> None:
    source = CalendarSourceFactory(host=host)
    for page in (reverse(LIST), change_page(source)):
        assert "is onbekend" not in words(as_coach.get(page))
    source.set_unknown_zones(["Onze zone", "<img src=x>", "\u202eKrom\x07", "Onze zone", "", "Vierde"])
    source.save()
    assert source.unknown_zones == ["Onze zone", "<img src=x>", "Krom"]
    for page in (reverse(LIST), change_page(source)):
        body = words(as_coach.get(page))
        assert "De tijdzones ‘Onze zone’, ‘&lt;img src=x&gt;’, ‘Krom’ zijn onbekend;" in body
        assert "die tijden lezen we op je eigen klok (Europe/Amsterdam)." in body
        assert "<img src=x>" not in body
    source.set_unknown_zones(["x" * 5000])
    source.save()
    assert f"De tijdzone ‘{'x' * 100}’ is onbekend" in words(as_coach.get(change_page(source)))
