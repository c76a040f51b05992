from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from assessments.mirror import days, services
from assessments.mirror.domain import disclosure, frozen
from assessments.mirror.models import Invitation, Round, TeamAnswer
from assessments.models import Scan
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, DemoCommand, dice

DAYS_OPEN = 14
INVITED, ANSWERED = 9, 7
WHOLE = timedelta(days=DAYS_OPEN + 4)  # a scan of before then has a round that is closed


class Command(DemoCommand):
    help = "A round that is closed and one that is open, of two demo leaders. No mail of it is written."

    def fill(self, scale: int) -> str:
        if Round.objects.filter(user__email__endswith=AT).exists():
            return "Rounds: they are there."
        now = times.now()
        scans = (
            Scan.objects.completed().with_instrument().filter(user__email__endswith=AT, user__is_active=True)
        )
        kept = scans.exclude(overall=None).order_by("-completed_at", "pk").select_related("user")
        whole = kept.filter(completed_at__lt=now - WHOLE).first()
        under_way = kept.filter(
            completed_at__range=(now - timedelta(days=9), now - timedelta(days=3))
        ).first()
        made = [_round(scan) for scan in (whole, under_way) if scan is not None]
        return f"Rounds of a team: {len(made)} made."

    def remove(self) -> str:
        rounds = list(Round.objects.filter(user__email__endswith=AT))
        for round_ in rounds:
            services.forget(round_)
        return f"Rounds of a team: {len(rounds)} removed."


def _round(scan: Scan) -> Round:
    """Opened at ten on the day after the scan; closed when its last day is over."""
    user = scan.user
    assert isinstance(user, User)
    on = times.local(scan.done_at, times.HOST_ZONE).date() + timedelta(days=1)
    opened_at = datetime.combine(on, time(10), tzinfo=times.zone(times.HOST_ZONE))
    round_ = Round(
        user=user,
        scan=scan,
        language=user.language,
        min_n=services.minimum(),
        opened_at=opened_at,
        closes_at=days.end_of(on + timedelta(days=DAYS_OPEN)),
        council_agreed=True,
        guess=_guess(scan),
    )
    team = [_member(scan, number) for number in range(ANSWERED)]
    if round_.closes_at < times.now():
        shown = disclosure.disclose(team, [key.slug for key in scan.frozen_scores.keys], minimum=round_.min_n)
        round_.result = frozen.as_data(frozen.lay_beside(shown, scan.frozen_scores))
        round_.closed_at = round_.closes_at + timedelta(seconds=30)
    round_.save()
    is_open = round_.closed_at is None
    Invitation.objects.bulk_create(
        Invitation(round=round_, used=is_open and number < ANSWERED) for number in range(INVITED)
    )
    if is_open:
        TeamAnswer.objects.bulk_create(TeamAnswer(box=round_.box, scores=one) for one in team)
    return round_


def _guess(scan: Scan) -> dict[str, int]:
    """Most leaders think that their team sees about what they see themselves."""
    return {slug: 25 * round(score / 25) for slug, score in scan.frozen_scores.valid}


def _member(scan: Scan, number: int) -> dict[str, Any]:
    """Scores in units: those of the leader, moved as this team sees them and as this member does."""
    found = dict[str, int]()
    for slug, score in scan.frozen_scores.valid:
        of_team = dice("team", scan.public_id, slug).choice((-8, -4, -2, 0, 0, 2, 5))
        own = dice("member", scan.public_id, slug, number).choice((-4, -2, 0, 0, 2, 4))
        wanted = score * disclosure.UNITS / 100 + of_team + own
        found[slug] = min(disclosure.POSSIBLE, key=lambda units: abs(units - wanted))
    return found
