"""Closing: once, at its time, frozen, with the answers thrown away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from assessments.mirror import services
from assessments.mirror.errors import NotClosedError, RoundClosedError
from assessments.mirror.models import Invitation, Round, TeamAnswer
from portal.common import retention, times
from portal.mail.models import OutboundEmail
from tests.factories.assessments import UserFactory
from tests.factories.mirror import WEEK, InvitationFactory, RoundFactory, TeamAnswerFactory, said

pytestmark = pytest.mark.django_db


def answered(*units: int, **fields: Any) -> Round:
    round_ = RoundFactory(**fields)
    for one in units:
        TeamAnswerFactory(box=round_.box, units=one)
    return round_


def closing_mails() -> int:
    return OutboundEmail.objects.filter(message="assessments/team_closed").count()


def test_at_its_time_a_round_shows_means_and_keeps_no_answer(clock: Any) -> None:
    round_ = answered(12, 12, 14, 14, 15)
    InvitationFactory(round=round_, used=True)
    services.invite(round_, ["anna@voorbeeld.nl"])
    clock.shift(WEEK)
    assert services.close_due() == 1
    assert services.close_due() == 0
    round_.refresh_from_db()
    result = round_.shown
    assert (result.is_enough, result.count) == (True, 5)
    assert {key.cell.points for key in result.keys} == {56}  # 55.83
    assert result.total.points == 56
    assert not TeamAnswer.objects.exists()
    assert round_.invited == []
    assert set(Invitation.objects.values_list("used", flat=True)) == {False}  # nobody reads who answered
    assert not OutboundEmail.objects.unsent().filter(to_email="anna@voorbeeld.nl").exists()
    assert closing_mails() == 1


def test_one_below_the_minimum_nothing_is_kept_but_that_it_was_below(clock: Any) -> None:
    round_ = answered(12, 12, 14, 14)
    clock.shift(WEEK)
    services.close_due()
    round_.refresh_from_db()
    assert round_.result == {
        "is_enough": False,
        "n": None,
        "keys": [],
        "total": {"kind": "hidden", "points": None},
    }
    assert not TeamAnswer.objects.exists()


def test_nobody_closes_early_and_until_then_only_enough_or_not_yet_is_known() -> None:
    round_ = answered(12, 12, 14, 14)
    assert services.status(round_) == "not_yet"
    TeamAnswerFactory(box=round_.box)
    assert services.status(round_) == "enough"
    with pytest.raises(NotClosedError):
        services.close_round(round_)
    assert round_.shown.keys == ()
    assert (round_.result, TeamAnswer.objects.count()) == (None, 5)


def test_an_average_never_runs_along_so_that_a_late_answer_cannot_be_subtracted(clock: Any) -> None:
    """The differencing attack: 5 people with a mean of 64, then a sixth, and 60 would show 40."""
    round_ = answered(15, 15, 15, 16, 16)
    clock.shift(WEEK)
    frozen = services.close_round(round_).result
    with pytest.raises(RoundClosedError):
        services.answer(round_, said())
    TeamAnswerFactory(box=round_.box, units=9)  # not even by hand
    assert services.close_round(round_).result == frozen
    services.close_due()
    assert Round.objects.get().result == frozen


def test_what_is_frozen_stays_when_a_member_is_erased(clock: Any) -> None:
    from portal.accounts.services import erase

    round_, member = answered(12, 12, 14, 14, 15), UserFactory(email="anna@voorbeeld.nl")
    services.invite(round_, [member.email])
    clock.shift(WEEK)
    frozen = services.close_round(round_).result
    erase(member)
    assert Round.objects.get().result == frozen


def test_a_round_that_cannot_be_closed_does_not_keep_the_others_open(clock: Any, caplog: Any) -> None:
    broken, whole = answered(12), answered(12, 12, 14, 14, 15)
    TeamAnswer.objects.filter(box=broken.box).update(scores=["nonsense"])
    clock.shift(WEEK)
    assert services.close_due() == 1
    assert "A team mirror cannot be closed" in caplog.text
    assert [Round.objects.get(pk=one.pk).is_closed for one in (broken, whole)] == [False, True]


def test_closing_asks_as_much_of_the_database_for_three_answers_as_for_fifty(clock: Any) -> None:
    rounds = [answered(*[12] * count) for count in (1, 3, 50)]
    clock.shift(WEEK)
    counts = []
    for one in rounds:
        with CaptureQueriesContext(connection) as asked:
            services.close_round(one)
        counts.append(len(asked))
    assert counts[1:] == [9, 9]  # the first reads the questionnaire, once a process


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_an_answer_at_the_closing_instant_make_one_result(clock: Any) -> None:
    round_ = answered(12, 12, 14, 14, 15)
    clock.shift(WEEK)

    def work(number: int) -> object:
        try:
            return services.answer(round_, said()) if number == 1 else services.close_due()
        except RoundClosedError:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(work, range(3)))
    assert found[1] == "refused"
    # while an answer has the lock both may leave it to the next minute
    assert [found[0], found[2], services.close_due()].count(1) == 1
    assert (Round.objects.get().shown.count, closing_mails()) == (5, 1)


def test_a_closed_round_goes_after_its_period_and_an_open_one_never_does(clock: Any, settings: Any) -> None:
    round_ = answered(12, 12, 14, 14, 15)
    left_open = RoundFactory()
    clock.shift(WEEK)
    services.close_round(round_)
    clock.shift(settings.RETENTION["team_rounds"] + timedelta(minutes=1))
    dict(retention.carry_out(times.now()))
    assert list(Round.objects.all()) == [left_open]
