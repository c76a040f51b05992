"""Upgrading: addresses to which mail was refused for good before there was a list of them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from portal.accounts.models import User
from portal.mail import refused
from portal.mail.models import RefusedAddress
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
migration = import_module("portal.mail.migrations.0005_refused_before")


def test_what_was_refused_as_no_such_address_is_on_the_list_once_and_nothing_else() -> None:
    User.objects.create_user("mila@voorbeeld.nl", is_staff=True)
    for to, reason in (
        ("Sanne@example.org", "550 5.1.1 unknown"),
        ("sanne@example.org", "550 5.1.1 unknown"),
        ("full@example.org", "552 5.2.2 full"),
        ("spf@example.org", "550 5.7.26 unauthenticated"),
        ("mila@voorbeeld.nl", "550 5.1.1 unknown"),
    ):
        OutboundEmailFactory(to_email=to, status="failed", reason=reason)
    OutboundEmailFactory(to_email="fine@example.org", status="sent", sent_at="2026-11-23T12:00Z")
    for _twice in range(2):
        migration.fill(apps, None)
    assert [row.email for row in RefusedAddress.objects.all()] == ["sanne@example.org"]
    assert refused.find("SANNE@example.org") is not None
