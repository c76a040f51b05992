"""What every test may use. The suite runs against a real PostgreSQL and Redis: `make test` starts them."""

from __future__ import annotations

import os

import pytest
from django.test import Client

if "DATABASE_URL" not in os.environ:
    pytest.exit("No PostgreSQL: run the suite with `make test`, which starts one.", returncode=1)


@pytest.fixture
def visitor(db: None) -> Client:
    """A browser of its own, strict about CSRF like a real one is not needed to be: forms are posted directly."""
    return Client()


@pytest.fixture(scope="session", autouse=True)
def _translations(django_db_setup: None, django_db_blocker: object) -> None:
    """Compile the Dutch catalogue once, so that pages speak Dutch as they do in `make up`."""
    from portal.translations import catalogue_path, compile_catalogue

    if catalogue_path().exists():
        compile_catalogue()
