"""Browsers of Django's client, for tests of every room."""

from __future__ import annotations

from django.test import Client

from portal.accounts.models import User


def as_member(user: User) -> Client:
    """A browser of its own in which this person signed in; staff also need a second factor, see `browser_of`."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
