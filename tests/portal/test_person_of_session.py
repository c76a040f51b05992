"""The person comes with the session, in one query, and passes the checks that Django makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts.models import User
from tests.browsers import as_member
from tests.factories.assessments import InstrumentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanne(db: None) -> User:
    InstrumentFactory()
    return User.objects.create_user("sanne@voorbeeld.nl")


def test_who_signed_in_is_known_by_one_query(sanne: User) -> None:
    client = as_member(sanne)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("assessments:landing"))
    assert page.wsgi_request.user == sanne
    assert sum('FROM "accounts_' in query["sql"] for query in queries) == 1


Spoil = Callable[[User, Any], None]


def gone_stale(sanne: User, session: Any) -> None:
    sanne.set_password("another")
    sanne.save()


def without_proof(sanne: User, session: Any) -> None:
    del session[HASH_SESSION_KEY]


def of_somebody_else(sanne: User, session: Any) -> None:
    session[USER_KEY] = str(User.objects.create_user("femke@voorbeeld.nl").pk)


def by_an_unknown_way(sanne: User, session: Any) -> None:
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.RemoteUserBackend"


@pytest.mark.parametrize("spoil", [gone_stale, without_proof, of_somebody_else, by_an_unknown_way])
def test_a_session_that_proves_nobody_is_nobodys(sanne: User, spoil: Spoil) -> None:
    client = as_member(sanne)
    session = client.session
    spoil(sanne, session)
    session.save()
    page = client.get(reverse("assessments:landing"))
    assert not page.wsgi_request.user.is_authenticated


def test_who_was_shut_out_is_nobody(sanne: User) -> None:
    client = as_member(sanne)
    User.objects.update(is_active=False)
    page = client.get(reverse("assessments:landing"))
    assert not page.wsgi_request.user.is_authenticated
