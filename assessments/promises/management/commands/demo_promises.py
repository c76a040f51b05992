from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.db.models import Q

from assessments.models import Scan
from assessments.promises import services, weeks
from assessments.promises.models import FridayAnswer, Promise
from assessments.summary import result_of
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, DemoCommand
from portal.mail import played

LATELY, LONG_AGO = timedelta(days=30), timedelta(days=60)  # three Fridays have come, and it may still stand
THOUGHT_ABOUT_IT = timedelta(minutes=9)
ANSWERED_AT = time(16, 20)
MOMENT = {"nl": "maandag, in het teamoverleg", "en": "Monday, in the team meeting"}
ANSWERS = (
    (FridayAnswer.Answer.DONE, ""),
    (FridayAnswer.Answer.NOT, ""),
    (FridayAnswer.Answer.DIFFERENTLY, "in een belletje, niet in het overleg"),
)


class Command(DemoCommand):
    help = "A promise of one demo person, asked after by mail, with the answers of three Fridays."

    def fill(self, scale: int) -> str:
        if Promise.objects.filter(user__email__endswith=AT).exists():
            return "Promises: there is one already."
        now = times.now()
        scans = (
            Scan.objects.with_instrument().completed().filter(user__email__endswith=AT, user__language="nl")
        )
        lately = scans.filter(attached_at__range=(now - LONG_AGO, now - LATELY))
        scan = lately.order_by("-completed_at", "pk").select_related("instrument", "user").first()
        if scan is None or scan.user is None:
            return "Promises: nobody did a scan at a time for one."
        _live_through(scan, scan.user)
        return "Promises: 1 made."

    def remove(self) -> str:
        number, _by_model = Promise.objects.filter(user__email__endswith=AT).delete()
        return f"Promises: {number} rows removed."


def _live_through(scan: Scan, user: User) -> None:
    """Made after the result, then each Friday its mail and its answer, at their own moments."""
    assert scan.attached_at
    key = result_of(scan, user.language).weakest_first[0].key
    with times.as_of(scan.attached_at + THOUGHT_ABOUT_IT):
        promise = services.make(
            user,
            scan,
            key=key.slug,
            action=1,
            moment=MOMENT[user.language],
            by_mail=True,
            language=user.language,
        )
    for week, (given, words) in enumerate(ANSWERS, 1):
        friday = weeks.friday_of(promise.first_on, week)
        at = datetime.combine(friday, ANSWERED_AT, tzinfo=times.zone(times.HOST_ZONE)).astimezone(UTC)
        played.let_leave(Q(about=promise.about), until=at)
        with times.as_of(at):
            services.answer(promise, week, given=given, words=words)
