"""Counting what one may do in any hour or day, whoever else counts at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from portal.accounts import limits
from portal.accounts.models import RateCounter
from portal.common import times

HOUR = timedelta(hours=1)


def take(who: str = "a", limit: int = 3) -> Any:
    return limits.take("test", who, limit=limit, period=HOUR)


@pytest.mark.django_db
def test_any_hour_counts_and_what_is_refused_does_not(clock: Any) -> None:
    start = times.now()
    for _ in range(3):
        assert take() is None
        clock.shift(timedelta(minutes=10))
    for _ in range(5):
        assert take() == start + HOUR
    assert limits.taken("test", "a", period=HOUR) == 3
    clock.move_to((start + HOUR).timestamp())
    assert take() is None
    assert take() == start + timedelta(minutes=70)


@pytest.mark.django_db
def test_what_is_given_back_can_be_taken_again(clock: Any) -> None:
    limits.give_back("test", "a")
    assert take(limit=1) is None
    limits.give_back("test", "a")
    limits.give_back("test", "a")
    assert take(limit=1) is None
    assert take(limit=1) is not None


@pytest.mark.django_db
def test_one_has_nothing_to_do_with_another_and_nobody_reads_who_it_was(clock: Any) -> None:
    for who in ("sanne@voorbeeld.nl", "198.51.100.7"):
        assert take(who, limit=1) is None
    kept = " ".join(f"{counter.__dict__}" for counter in RateCounter.objects.all())
    assert "sanne" not in kept
    assert "198.51" not in kept


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_parallel_ones_never_take_more_than_there_is(clock: Any) -> None:
    def one(_number: int) -> bool:
        try:
            return take() is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(12))) == 3
