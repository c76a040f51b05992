"""Show a result by a link, and take that back. Sharing a result with the coach is another thing (bookings)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from assessments.models import Scan
from assessments.result_links.models import ResultLink
from portal.accounts.models import User
from portal.common import times, tokens
from portal.common.http import absolute_reverse

PURPOSE = "result_links.read"
MOST_LIVING = 10
DAYS = (7, 30, 90)
SAME_PRESS = timedelta(minutes=1)


class TooManyLinksError(Exception):
    """This account has MOST_LIVING links that still show something."""


def show(
    scan: Scan, *, keys: Sequence[str], with_overall: bool, with_name: bool, days: int
) -> tuple[ResultLink, bool]:
    """The link, and whether it is new: a form that is sent twice makes one. The scan has an account.

    Raises TooManyLinksError.
    """
    assert scan.user_id is not None
    chosen = {
        "scan": scan,
        "keys": list(keys),
        "with_overall": with_overall,
        "with_name": with_name,
        "ends_at": end_of(days),
    }
    with transaction.atomic():
        User.objects.select_for_update().get(pk=scan.user_id)  # one at a time, so that none is counted past
        living = ResultLink.objects.of_user(scan.user_id).living()
        same = living.filter(**chosen, created_at__gt=times.now() - SAME_PRESS).first()
        if same is not None:
            return same, False
        if living.count() >= MOST_LIVING:
            raise TooManyLinksError
        return ResultLink.objects.create(**chosen), True


def end_of(days: int) -> datetime:
    """The end of the day that lies so many days ahead, as the coach's clock has it."""
    today = times.local(times.now(), times.HOST_ZONE)
    after = (today + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return after.astimezone(UTC)


def withdraw(link: ResultLink) -> None:
    """At once and for good. Again does nothing."""
    mine = ResultLink.objects.filter(pk=link.pk, withdrawn_at__isnull=True)
    mine.update(withdrawn_at=times.now())


def address(link: ResultLink) -> str:
    """In the language of the page."""
    token = tokens.make(PURPOSE, link.public_id)
    return absolute_reverse("assessments:shown_result", link.public_id, token)


def find(public_id: str, token: str) -> ResultLink | None:
    """What this address shows now. One query at most; nothing is written."""
    if not tokens.is_valid(token, PURPOSE, public_id):
        return None
    return ResultLink.objects.living().with_scan().filter(public_id=public_id).first()
