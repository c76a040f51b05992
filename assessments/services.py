"""What happens to a scan: started, saved page by page, completed once, attached to a proven mailbox."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from assessments import counting, scoring, told
from assessments.checks import validate
from assessments.contacts import SCANNED
from assessments.follow_up import SCAN_COMPLETED
from assessments.instrument import InstrumentError, check_minor, version_number
from assessments.models import Instrument, Scan, checksum_of
from assessments.steps import BEGUN, COMPLETED, KEPT
from portal.accounts.models import User
from portal.common import times
from portal.leads import services as leads
from portal.leads.funnel import following
from portal.leads.models import Lead


class ScanClosedError(Exception):
    """The scan is completed or discarded: its answers do not change any more."""


class ScanUnfinishedError(Exception):
    """Not every item has an answer. `page` is the first page where one is missing."""

    def __init__(self, page: int) -> None:
        super().__init__(f"Page {page} is not finished.")
        self.page = page


# ---- instrument ---------------------------------------------------------------------------------------
@transaction.atomic
def publish_instrument(content: Mapping[str, Any]) -> tuple[Instrument, bool]:
    """Store and publish one version; gives the row and whether it was written. A second time does nothing.

    Raises InstrumentError when the content is not complete, when this version is published with other
    content, or when a published version of the same major number differs in more than words.
    """
    validate(content)
    slug, version = content["meta"]["slug"], content["meta"]["version"]
    row = Instrument.objects.select_for_update().filter(slug=slug, version=version).first()
    if row is not None and row.status == Instrument.Status.PUBLISHED:
        if row.checksum != checksum_of(content):
            raise InstrumentError(
                f"Version {version} of {slug} is published with other content. Give it a new version."
            )
        return row, False
    same_major = Instrument.objects.with_major(slug, version_number(version)[0])
    for published in same_major.filter(status=Instrument.Status.PUBLISHED):
        check_minor(content, published.content)
    row = row or Instrument(slug=slug, version=version)
    row.content = dict(content)
    row.status, row.published_at = Instrument.Status.PUBLISHED, times.now()
    row.save()
    return row, True


# ---- scan ---------------------------------------------------------------------------------------------
def start_scan(
    *, language: str, user: User | None = None, came_from: Mapping[str, str] | None = None
) -> Scan:
    """Mint a scan of the current version. A signed-in person's scan is theirs at once."""
    at = times.now()
    scan = Scan.objects.create(
        instrument=Instrument.objects.current(),
        language=language,
        user=user,
        started_at=at,
        attached_at=at if user else None,
        came_from=dict(came_from or {}),
        reached=BEGUN,
    )
    _touch(scan)
    return scan


# In SQL, because it is what visitors do most: the queryset took four times as long to write the same.
MERGE = """
    UPDATE assessments_scan SET answers = answers || %s::jsonb, page_saved_at = page_saved_at || %s::jsonb,
        reached = GREATEST(reached, %s)
    WHERE id = %s AND status = 'in_progress'
"""


def save_page(scan: Scan, page: int, answers: Mapping[str, int | None]) -> Scan:
    """Merge the answers of one page into the scan's document. The database merges, in one UPDATE, so that of
    two pages saved at once neither loses an answer.

    Raises ScanClosedError when the scan was completed or discarded meanwhile.
    """
    saved_at = {str(page): times.now().isoformat(timespec="seconds")}
    scan.answers |= answers
    reached = scan.resume_page  # of what this visitor saw; never less far than another tab came
    with connection.cursor() as cursor:
        cursor.execute(MERGE, [json.dumps(dict(answers)), json.dumps(saved_at), reached, scan.pk])
        if not cursor.rowcount:
            raise ScanClosedError
    scan.page_saved_at |= saved_at
    return scan


@transaction.atomic
def complete_scan(scan: Scan) -> Scan:
    """Freeze the scores. What follows from it happens once, whoever asks and how often.

    Raises ScanUnfinishedError with the first unfinished page, and ScanClosedError for a discarded scan.
    """
    locked = _lock(scan)
    if locked.status == Scan.Status.DISCARDED:
        raise ScanClosedError
    if locked.is_completed:
        return locked
    if (page := locked.first_unfinished_page) is not None:
        raise ScanUnfinishedError(page)
    scores = scoring.score(locked.instrument.parsed(locked.language), locked.answers)
    won = (
        Scan.objects.in_progress()
        .filter(pk=locked.pk)
        .update(
            status=Scan.Status.COMPLETED,
            scores=[{"slug": key.slug, "score": key.score, "answered": key.answered} for key in scores.keys],
            overall=scores.overall,
            completed_at=times.now(),
            reached=KEPT if locked.user_id else COMPLETED,
        )
    )
    locked.refresh_from_db(fields=["status", "scores", "overall", "completed_at"])
    if won:
        told.completed(locked, _announce(locked) if locked.user_id is not None else None)
    return locked


@transaction.atomic
def attach_scan(public_id: str, user: User) -> Scan | None:
    """Give a scan that belongs to nobody to the person whose mailbox was proven; None when it was not free.

    Another scan the person had under way is set aside, so that the account has one open scan at most.
    """
    won = (
        Scan.objects.filter(public_id=public_id, user__isnull=True)
        .exclude(status=Scan.Status.DISCARDED)
        .update(user=user, attached_at=times.now())
    )
    if not won:
        return None
    scan = Scan.objects.with_instrument().get(public_id=public_id)
    _touch(scan)
    if scan.is_completed:
        following.settle([_announce(scan)])
    else:
        for other in Scan.objects.for_user(user.pk).in_progress().exclude(pk=scan.pk):
            discard_scan(other)
    return scan


def discard_scan(scan: Scan) -> bool:
    """Set a scan that was never finished aside; a completed one stays what it is."""
    return bool(Scan.objects.in_progress().filter(pk=scan.pk).update(status=Scan.Status.DISCARDED))


def forget_person(user: User) -> None:
    """Before an account goes: no planned mail may outlive it, and what its scans count for is counted. They go
    with the account's row."""
    counting.count_up(Scan.objects.for_user(user.pk))
    for lead in Lead.objects.filter(email=user.email):
        leads.stop_followup(lead)


def _lock(scan: Scan) -> Scan:
    return Scan.objects.with_instrument().select_for_update(of=("self",)).get(pk=scan.pk)


def _touch(scan: Scan) -> None:
    """How a person came reaches the contact as soon as a proven mailbox says who it is."""
    user = scan.user
    if user is not None and scan.came_from:
        lead = leads.contact(user.email, name=user.name, language=user.language, user_id=user.pk)
        leads.touch(lead, scan.came_from, at=scan.started_at)


def _announce(scan: Scan) -> Lead:
    user = scan.user
    assert user is not None
    lead = leads.contact(user.email, name=user.name, language=user.language, user_id=user.pk)
    leads.record(lead, SCAN_COMPLETED, scan=scan.public_id)
    leads.advance(lead, SCANNED)
    return lead
