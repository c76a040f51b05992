"""An index on a table that is large by now."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from bookings.models import Booking
from portal.common.indexes import AddIndexBeside

NAME = "bookings_booking_newest"


def is_valid() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [NAME])
        found = cursor.fetchone()
    assert found
    return bool(found[0])


@pytest.mark.django_db(transaction=True)
def test_an_index_that_an_upgrade_left_half_made_is_made_anew() -> None:
    index = next(one for one in Booking._meta.indexes if one.name == NAME)
    with (
        connection.cursor() as cursor
    ):  # as PostgreSQL leaves it when the program that asked for it is killed
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [NAME])
    assert not is_valid()
    state = ProjectState.from_apps(apps)
    with connection.schema_editor(atomic=False) as editor:
        AddIndexBeside("booking", index).database_forwards("bookings", editor, state, state)
    assert is_valid()
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
