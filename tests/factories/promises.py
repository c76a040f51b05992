from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import factory

from assessments.promises import weeks
from assessments.promises.models import FridayAnswer, Promise
from portal.common import times
from tests.factories.assessments import CompletedScanFactory, UserFactory


def made(weeks_ago: int) -> datetime:
    return times.now() - timedelta(days=7 * weeks_ago + 2 if weeks_ago else 0)


class PromiseFactory(factory.django.DjangoModelFactory[Promise]):
    """A promise that stands, of a scan of its own. `weeks_ago`: so many Fridays have come; none, when it is new."""

    class Meta:
        model = Promise

    class Params:
        weeks_ago = 0

    user = factory.SubFactory(UserFactory)
    scan = factory.LazyAttribute(
        lambda one: CompletedScanFactory(user=one.user, completed_at=one.made_at - timedelta(hours=1))
    )
    key = "letting-go"
    action = 1
    moment = "maandag in het teamoverleg"
    made_at = factory.LazyAttribute(lambda one: made(one.weeks_ago))
    first_on = factory.LazyAttribute(
        lambda one: weeks.first_friday(times.local(one.made_at, times.HOST_ZONE).date())
    )


class FridayAnswerFactory(factory.django.DjangoModelFactory[FridayAnswer]):
    class Meta:
        model = FridayAnswer

    promise: Any = factory.SubFactory(PromiseFactory)
    week = 1
    answer = "done"
