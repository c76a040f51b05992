"""How long a promise is kept after its six weeks; it goes with the account at the latest."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.promises import weeks
from assessments.promises.models import Promise
from portal.common import times
from portal.common.retention import Rule


def old(before: datetime) -> QuerySet[Promise]:
    over_before = times.local(before, times.HOST_ZONE).date()
    return Promise.objects.filter(first_on__lte=over_before - weeks.WEEKS * weeks.WEEK)


RULES = (
    Rule(
        name="ended_promises",
        models=("promises.Promise", "promises.FridayAnswer"),
        old=old,
        words=_("A promise to yourself and your answers on Fridays, after its six weeks"),
    ),
)
