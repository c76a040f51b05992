"""How long it is kept who was in a sequence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from portal.accounts import services as accounts
from portal.common import times
from portal.leads import services as leads
from portal.leads.sequences.models import Run
from portal.tasks import clean_up
from tests.factories.assessments import UserFactory
from tests.factories.sequences import SequenceFactory
from tests.sequences.people import wants_tips

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@pytest.fixture
def run(clock: Any) -> Run:
    """Of somebody who stays a contact for years."""
    user = UserFactory(last_login=times.now() + 9 * YEAR)
    lead = leads.contact(user.email, user_id=user.pk)
    return Run.objects.create(sequence=SequenceFactory(), lead=lead)


def kept(clock: Any, after: timedelta) -> bool:
    clock.shift(after)
    clean_up()
    return Run.objects.exists()


def test_one_that_ended_is_kept_for_a_year(run: Run, clock: Any) -> None:
    assert settings.RETENTION["sequence_runs"] == YEAR
    Run.objects.update(ended_at=times.now(), ended_by="done")
    assert kept(clock, YEAR - timedelta(minutes=1))
    assert not kept(clock, timedelta(minutes=2))


def test_one_of_which_nothing_can_leave_any_more_goes_too(run: Run, clock: Any) -> None:
    assert kept(clock, 2 * YEAR)
    assert not kept(clock, YEAR + timedelta(days=1))


def test_an_erasure_leaves_nothing_of_it(clock: Any) -> None:
    user = UserFactory(email="noor@voorbeeld.nl")
    lead = wants_tips(user.email, user_id=user.pk)
    Run.objects.create(sequence=SequenceFactory(), lead=lead, context={"scan": "abc"})
    accounts.erase(user)
    assert not Run.objects.exists()
