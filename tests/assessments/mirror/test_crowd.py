"""A whole team at once, over connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from django.db import connection

from assessments.mirror import services
from assessments.mirror.errors import AnsweredError
from assessments.mirror.models import Invitation, Round, TeamAnswer
from tests.assessments import demo
from tests.factories.mirror import RoundFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(round: Round, invitations: Sequence[Invitation]) -> list[str]:
    """How each of these was answered, by as many threads."""
    ends: list[str] = []

    def answer(invitation: Invitation) -> None:
        try:
            services.answer(round, demo.answers(demo.NOW), invitation=invitation)
            ends.append("kept")
        except AnsweredError:
            ends.append("answered before")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=(one,)) for one in invitations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_eight_presses_on_one_invitation_keep_one_answer() -> None:
    round = RoundFactory()
    invitation = round.invitations.create()
    assert at_once(round, [invitation] * 8) == ["answered before"] * 7 + ["kept"]
    assert TeamAnswer.objects.count() == 1


def test_twelve_members_at_once_lose_no_answer_though_each_writes_all_rows_anew() -> None:
    round = RoundFactory()
    assert at_once(round, [round.invitations.create() for _ in range(12)]) == ["kept"] * 12
    assert TeamAnswer.objects.count() == 12
