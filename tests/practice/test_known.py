"""What a process knows of the practice: asked once in a while, never stale for long, and there without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from portal.checks import practice_is_real
from portal.common.page_cache import SECONDS
from portal.practice import coach as coach_
from portal.practice import known
from portal.practice.facts import practice
from portal.practice.models import Practice
from tests.bookings.browsing import words_of
from tests.factories.practice import PracticeFactory
from tests.practice.conftest import save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_pages_do_not_ask_for_it_again_and_again(django_assert_num_queries: Any) -> None:
    PracticeFactory()
    with django_assert_num_queries(3):  # the row, the texts, the coach
        practice("nl")
    with django_assert_num_queries(0):
        assert practice("en")["practice_name"] == "Huis van Proef"


def test_what_another_process_saved_is_said_within_the_seconds_of_a_page(clock: Any) -> None:
    PracticeFactory()
    practice("nl")
    Practice.objects.update(practice_name="Huis van Later")
    assert practice("nl")["practice_name"] == "Huis van Proef"
    clock.shift(timedelta(seconds=SECONDS))
    assert practice("nl")["practice_name"] == "Huis van Later"


def test_what_this_process_saved_stands_on_its_next_page(coach: Client, kept_pages: Any) -> None:
    assert "Voorbeeldpraktijk" in words_of(Client().get("/"))
    save(coach)
    assert "Huis van Proef" in words_of(Client().get("/"))


def test_the_page_of_the_start_asks_no_more_for_a_practice_with_a_portrait_and_texts(
    coach: Client, django_assert_num_queries: Any
) -> None:
    Client().get("/")
    with django_assert_num_queries(2):
        Client().get("/")
    PracticeFactory(with_portrait=True)
    Client().get("/")
    with django_assert_num_queries(2):
        Client().get("/")


def test_while_the_database_is_away_it_stays_as_it_was(clock: Any, monkeypatch: Any) -> None:
    PracticeFactory()
    practice("nl")
    clock.shift(timedelta(seconds=SECONDS))

    def away() -> str:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(coach_, "_name", [away])
    Practice.objects.update(practice_name="Huis van Later")
    assert practice("nl")["practice_name"] == "Huis van Proef"


def test_the_check_before_a_launch_reads_what_the_coach_filled_in(settings: Any) -> None:
    settings.LOCAL_MODE = False
    assert {error.id for error in practice_is_real()} == {"portal.E005", "portal.E006"}
    PracticeFactory(processors=[{"name": "Gastheer BV", "purpose": "hosting", "country": "NL"}])
    assert [error.msg.split()[0] for error in practice_is_real()] == ["COACH_NAME"]
    known.hold(known.Known(**{**vars(known.known()), "coach_name": "Mila de Wit"}))
    assert practice_is_real() == []
