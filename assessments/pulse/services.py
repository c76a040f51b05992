"""A pulse is saved by one press, however often that comes: with all ten answers it is completed, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from assessments.models import Instrument, Scan
from assessments.pulse import measure
from assessments.pulse.models import Pulse
from portal.accounts.models import User
from portal.common import times


def may_take(user: User) -> bool:
    """A pulse is a look in between: it comes after a scan."""
    return Scan.objects.for_user(user.pk).completed().exists()


def open_pulse(user: User, language: str) -> Pulse:
    """The one under way, or one that is not kept yet."""
    under_way = Pulse.objects.for_user(user.pk).under_way().with_instrument().first()
    return under_way or Pulse(user=user, instrument=Instrument.objects.current(), language=language)


@transaction.atomic
def save_pulse(
    user: User, *, public_id: str, started_at: datetime, language: str, answers: Mapping[str, int | None]
) -> Pulse:
    """Keep these answers in the pulse of a form, and freeze its score when none is missing.

    A form that is sent twice finds its own pulse. One of another tab goes on with what is under way, so that there
    is never more than one. Nothing of a completed pulse changes.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two presses at once: one after the other
    own = Pulse.objects.for_user(user.pk).with_instrument()
    pulse = own.filter(public_id=public_id).first() or own.under_way().first()
    if pulse is None:
        pulse = Pulse(
            public_id=public_id,
            user=user,
            instrument=Instrument.objects.current(),
            language=language,
            started_at=started_at,
        )
    if pulse.is_completed:
        return pulse
    items = pulse.instrument.parsed(language).pulse
    pulse.answers |= {item.id: answers[item.id] for item in items if item.id in answers}
    if all(item.id in pulse.answers for item in items):
        pulse.score = measure.score(items, pulse.answers)
        pulse.completed_at = times.now()
    pulse.save()
    return pulse
