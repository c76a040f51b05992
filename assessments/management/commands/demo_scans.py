from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from assessments import counting, scoring
from assessments.contacts import SCANNED
from assessments.follow_up import SCAN_COMPLETED
from assessments.instrument import PAGE_COUNT
from assessments.instrument import Instrument as Questionnaire
from assessments.models import Instrument, Scan
from assessments.steps import KEPT
from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, DemoCommand
from portal.leads import hooks
from portal.leads.models import Lead, LeadEvent
from portal.leads.stages import NEW

SHEETS = 40  # so many different sheets of answers; more people share them
PLAYED = timedelta(days=16)  # what began so lately goes on by itself: the mails that follow a scan


class Command(DemoCommand):
    help = "A finished scan for every demo person, for every third an earlier one as well. They count in the figures."

    def fill(self, scale: int) -> str:
        people = list(User.objects.filter(email__endswith=AT, scans=None).order_by("-last_login", "email"))
        ways = {lead.user_id: _way(lead) for lead in Lead.objects.filter(email__endswith=AT)}
        rows = _oldest_and_newest()
        sheets = [_sheet(rows[-1].parsed("nl"), number) for number in range(SHEETS)]
        before = [_sheet_before(rows[-1].parsed("nl"), sheet, number) for number, sheet in enumerate(sheets)]
        scans = [
            scan
            for index, one in enumerate(people)
            for scan in _scans(rows, one, ways[one.pk], (before[index % SHEETS], sheets[index % SHEETS]))
        ]
        unfinished = [_unfinished(rows[-1], one, ways[one.pk], index) for index, one in enumerate(people)]
        Scan.objects.bulk_create([*scans, *unfinished], batch_size=2000)
        _tell(scans)
        counting.count_up(Scan.objects.filter(user__email__endswith=AT))
        return f"Scans: {len(scans)} made, for the {len(people)} demo people who had none."

    def remove(self) -> str:
        counting.uncount(Scan.objects.filter(user__email__endswith=AT))
        number, _by_model = Scan.objects.filter(user__email__endswith=AT).delete()
        return f"Scans: {number} removed."


def _oldest_and_newest() -> tuple[Instrument, Instrument]:
    newest = Instrument.objects.current()
    published = Instrument.objects.with_major(newest.slug, newest.number[0]).filter(status=newest.status)
    return min(published.defer("content"), key=lambda row: row.number), newest


def _sheet(questionnaire: Questionnaire, seed: int) -> dict[str, Any]:
    dice = random.Random(f"demo scan {seed}")  # noqa: S311 - the same demo every time
    weak = set(dice.sample([key.slug for key in questionnaire.keys], 2))
    lower = dice.choice((0, 0, 1))  # some are lower on all of it: what hangs together is seen in the figures
    answers: dict[str, int | None] = {}
    for item in questionnaire.items:
        value = max(1, dice.choice((1, 2, 2, 3) if item.key_slug in weak else (3, 3, 4, 4, 5)) - lower)
        answers[item.id] = None if dice.random() < 0.03 else 6 - value if item.reverse else value
    return _scored(questionnaire, answers)


def _sheet_before(questionnaire: Questionnaire, sheet: dict[str, Any], seed: int) -> dict[str, Any]:
    """What the same person answered earlier: mostly the same, and lower on two keys that have grown since."""
    dice = random.Random(f"demo scan before {seed}")  # noqa: S311 - the same demo every time
    grown = set(dice.sample([key.slug for key in questionnaire.keys], 2))
    answers: dict[str, int | None] = {}
    for item in questionnaire.items:
        later = sheet["answers"][item.id]
        value = 3 if later is None else 6 - later if item.reverse else later
        value = min(5, max(1, value + dice.choice((-1, 0, 0, 0, 1)) - 2 * (item.key_slug in grown)))
        answers[item.id] = 6 - value if item.reverse else value
    return _scored(questionnaire, answers)


def _scored(questionnaire: Questionnaire, answers: dict[str, int | None]) -> dict[str, Any]:
    found = scoring.score(questionnaire, answers)
    keys = [{"slug": key.slug, "score": key.score, "answered": key.answered} for key in found.keys]
    return {"answers": answers, "scores": keys, "overall": found.overall}


def _scans(
    rows: tuple[Instrument, Instrument],
    person: User,
    way: dict[str, str],
    sheets: tuple[dict[str, Any], dict[str, Any]],
) -> list[Scan]:
    """The one of the last visit; before it that of the first, where somebody came twice."""
    oldest, newest = rows
    before, now = sheets
    assert person.last_login
    finished = [(newest, person.last_login, now)]
    if person.joined_at < person.last_login - timedelta(days=1):
        finished.insert(0, (oldest, person.joined_at, before))
    return [_scan(row, person, way, at, sheet) for row, at, sheet in finished]


def _scan(
    row: Instrument, person: User, way: dict[str, str], kept_at: datetime, sheet: dict[str, Any]
) -> Scan:
    """Done some minutes before it was kept, page by page, by one faster than by another."""
    done_at, takes = kept_at - timedelta(minutes=2), timedelta(minutes=5 + kept_at.minute % 7)
    started_at = done_at - takes
    saved = {
        str(page): (started_at + takes * page / PAGE_COUNT).isoformat(timespec="seconds")
        for page in range(1, PAGE_COUNT + 1)
    }
    return Scan(
        instrument=row,
        user=person,
        language=person.language,
        status=Scan.Status.COMPLETED,
        started_at=started_at,
        completed_at=done_at,
        attached_at=kept_at,
        came_from=way,
        page_saved_at=saved,
        reached=KEPT,
        **sheet,
    )


def _unfinished(row: Instrument, person: User, way: dict[str, str], index: int) -> Scan:
    """A first try that was left, most of them early, so that there is something to see in who stops where."""
    started_at = person.joined_at - timedelta(days=1 + index % 3, minutes=index % 600)
    return Scan(
        instrument=row,
        user=person,
        language=person.language,
        status=Scan.Status.DISCARDED,
        started_at=started_at,
        attached_at=person.joined_at,
        came_from=way,
        reached=1 + (0, 1, 0, 2, 0, 1, 3, 0, 5, 4)[index % 10],
    )


def _way(lead: Lead) -> dict[str, str]:
    return {name: words for name, words in lead.first_touch.items() if name != "at"}


def _tell(scans: list[Scan]) -> None:
    leads = Lead.objects.filter(email__endswith=AT)
    by_user = {lead.user_id: lead for lead in leads}
    leads.filter(stage=NEW).update(stage=SCANNED)
    LeadEvent.objects.bulk_create(
        [
            LeadEvent(
                lead=by_user[scan.user_id],
                kind=SCAN_COMPLETED,
                data={"scan": scan.public_id},
                created_at=scan.attached_at or scan.done_at,
            )
            for scan in scans
        ],
        batch_size=2000,
    )
    for scan in scans:
        if scan.attached_at and scan.attached_at > times.now() - PLAYED:
            with times.as_of(scan.attached_at):
                hooks.run_event(by_user[scan.user_id], SCAN_COMPLETED, {"scan": scan.public_id})
