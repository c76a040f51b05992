"""Somebody who has one of everything, and what stands in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from portal.accounts.models import User
from portal.practice import known
from tests import pages


@dataclass(frozen=True)
class World:
    """What `owner` has, of every kind; an address for every name, by language; and all rows as they were made."""

    owner: User
    paths: dict[str, dict[str, str]]
    rows: dict[str, list[Any]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once, in a transaction around those of the tests, and gone with the module."""
    made = transaction.atomic()
    with django_db_blocker.unblock():
        made.__enter__()
        owner = User.objects.create_user(
            "eigenaar@voorbeeld.nl", name="Sanne Vermeer", proven_at=timezone.now()
        )
        there = World(owner, pages.addresses(owner), everything())
    yield there
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        made.__exit__(None, None, None)
    known.forget()


@pytest.fixture
def owner(world: World, db: None) -> User:
    known.forget()  # of the practice, which was made before this test began
    return User.objects.get(pk=world.owner.pk)


@pytest.fixture
def paths(world: World, owner: User) -> dict[str, str]:
    return world.paths["nl"]


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def everything() -> dict[str, list[Any]]:
    """All rows of all tables except sessions, counters and caches."""
    transient = {"accounts_session", "cache", "accounts_ratecounter"}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names()) - transient):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = [row for row in rows if "last_login" not in row]
    with_login = found.pop("accounts_user")
    found["accounts_user"] = [str(len(with_login))]
    return found
