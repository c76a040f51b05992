"""A member's answers: once, in time, and in rows of which none says which of them came when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from assessments.mirror import services
from assessments.mirror.errors import AnsweredError, RoundClosedError, RoundFullError
from assessments.mirror.models import Invitation, TeamAnswer
from portal.common.ids import new_public_id
from tests.factories.mirror import WEEK, InvitationFactory, RoundFactory, TeamAnswerFactory, said

pytestmark = pytest.mark.django_db


def kept(box: str) -> list[int]:
    return sorted(answer.scores["clear"] for answer in TeamAnswer.objects.filter(box=box))


def test_an_invitation_is_used_once_and_a_second_press_changes_nothing() -> None:
    invitation = InvitationFactory(round__has_link=False)
    services.answer(invitation.round, said(clear=6), invitation=invitation)
    with pytest.raises(AnsweredError):
        services.answer(invitation.round, said(clear=15), invitation=invitation)
    assert kept(invitation.round.box) == [6]
    invitation.refresh_from_db()
    assert invitation.used


def test_an_invitation_opens_its_own_round_and_no_other() -> None:
    invitation, other = InvitationFactory(), RoundFactory()
    with pytest.raises(AnsweredError):
        services.answer(other, said(), invitation=invitation)
    assert not TeamAnswer.objects.exists()


def test_behind_the_link_a_form_is_used_once_and_any_number_of_people_answer() -> None:
    round_, once = RoundFactory(), new_public_id()
    services.answer(round_, said(clear=3), once=once)
    with pytest.raises(AnsweredError):
        services.answer(round_, said(clear=15), once=once)
    services.answer(round_, said(clear=9), once=new_public_id())
    services.answer(round_, said(clear=9), once="no such thing")
    assert kept(round_.box) == [0, 12, 12]


def test_without_the_link_nobody_answers_without_an_invitation() -> None:
    round_ = RoundFactory(has_link=False)
    with pytest.raises(RoundClosedError):
        services.answer(round_, said())


def test_a_link_gone_viral_ends_at_five_hundred() -> None:
    round_ = RoundFactory()
    TeamAnswer.objects.bulk_create(TeamAnswerFactory.build_batch(500, box=round_.box))
    with pytest.raises(RoundFullError):
        services.answer(round_, said())
    assert TeamAnswer.objects.count() == 500
    assert not Invitation.objects.exists()


def test_a_late_answer_is_refused_at_the_closing_itself_and_after_it(clock: Any) -> None:
    round_ = RoundFactory()
    clock.shift(WEEK)
    with pytest.raises(RoundClosedError):
        services.answer(round_, said())  # it is time, though nobody closed it yet
    services.close_due()
    with pytest.raises(RoundClosedError):
        services.answer(round_, said())
    assert not TeamAnswer.objects.exists()


def test_whatever_is_sent_is_kept_as_ten_scores_or_gaps() -> None:
    round_ = RoundFactory()
    services.answer(round_, {"clear_1": 6, "clear_2": "5", "nonsense\x00": 1, "open_1": True, "open_2": None})
    services.answer(round_, {})
    assert [set(answer.scores.values()) for answer in TeamAnswer.objects.all()] == [{None}, {None}]


# ---- nothing says which row came now ------------------------------------------------------------------
def rows() -> list[tuple[str, str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, xmin::text, ctid::text, (scores->>'clear')::int FROM mirror_teamanswer ORDER BY ctid"
        )
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_every_answer_writes_all_rows_anew_in_one_transaction_and_in_an_order_by_chance() -> None:
    round_ = RoundFactory()
    seen: list[list[tuple[str, str, str, int]]] = []
    for key in (3, 6, 9, 12, 15, 3, 6, 9):
        services.answer(round_, said(clear=key))
        seen.append(rows())
    before, after = seen[-2], seen[-1]
    assert {row[0] for row in before}.isdisjoint(row[0] for row in after)  # no id lives on
    assert [len({row[1] for row in some}) for some in seen] == [1] * 8  # one transaction has written them all
    assert [row[3] for row in after] != [0, 6, 12, 18, 24, 0, 6, 12]  # by chance once in forty thousand
    places = {[row[3] for row in some].index(24) for some in seen[4:]} | {
        [row[3] for row in some].index(18) for some in seen[3:]
    }
    assert len(places) > 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_one_invitation_at_once_are_one_answer_and_nobody_gets_lost() -> None:
    invitation = InvitationFactory()
    round_ = invitation.round

    def press(number: int) -> str:
        try:
            services.answer(round_, said(clear=6), invitation=invitation if number < 2 else None)
        except AnsweredError:
            return "answered"
        finally:
            connections.close_all()
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(press, range(4)))
    assert sorted(found) == ["answered", "kept", "kept", "kept"]
    assert kept(round_.box) == [6, 6, 6]
