"""A second, empty database on the server of the suite, to restore into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg import sql


@contextmanager
def empty_database() -> Iterator[None]:
    """While the block lasts, the portal's database is a new one without a table."""
    own = connection.settings_dict["NAME"]
    name = f"{own}_back"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    lead_to(name)
    try:
        yield
    finally:
        lead_to(own)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def lead_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
