"""The verbs of a scan, without HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from assessments import services
from assessments.models import Scan
from portal.common import times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead, LeadEvent
from portal.mail.models import OutboundEmail
from portal.tasks import clean_up
from tests.assessments.demo import NOW, answers, instrument
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory
from tests.factories.sequences import StepFactory

pytestmark = pytest.mark.django_db
FULL = answers(NOW)


def lead_with_consent(user) -> Lead:
    lead = leads.contact(user.email, name=user.name, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    return lead


@pytest.fixture
def followed_up(db: None) -> None:
    """A sequence of one mail begins with a finished scan."""
    StepFactory()


def test_start_scan_pins_the_current_version_and_language():
    row = InstrumentFactory()
    scan = services.start_scan(language="en")
    assert (scan.instrument, scan.language, scan.status, scan.user) == (row, "en", "in_progress", None)


@pytest.mark.real_clock  # on a clock that stands still, any two moments are one
def test_start_scan_of_a_signed_in_person_is_theirs_at_once():
    InstrumentFactory()
    user = UserFactory()
    scan = services.start_scan(language="nl", user=user)
    assert scan.user == user
    assert scan.attached_at == scan.started_at


def test_save_page_merges_and_keeps_when_it_was_saved():
    scan = ScanFactory(answers={"clear_1": 2})
    services.save_page(scan, 1, {"letting-go_1": None, "clear_1": 4})
    saved = services.save_page(scan, 2, {"open_3": 1})
    saved.refresh_from_db()
    assert saved.answers == {"clear_1": 4, "letting-go_1": None, "open_3": 1}
    assert set(saved.page_saved_at) == {"1", "2"}


def test_save_page_refuses_a_completed_scan():
    scan = CompletedScanFactory()
    with pytest.raises(services.ScanClosedError):
        services.save_page(scan, 1, {"clear_1": 1})
    scan.refresh_from_db()
    assert scan.answers == FULL


def test_complete_scan_freezes_the_scores():
    scan = ScanFactory(answers=FULL)
    done = services.complete_scan(scan)
    done.refresh_from_db()
    assert done.is_completed
    assert round(done.overall) == 59
    assert done.frozen_scores.of("letting-go") == 25


def test_complete_scan_names_the_first_unfinished_page():
    missing = instrument().pages[3][2].id
    scan = ScanFactory(answers={k: v for k, v in FULL.items() if k != missing})
    with pytest.raises(services.ScanUnfinishedError) as error:
        services.complete_scan(scan)
    assert error.value.page == 4
    scan.refresh_from_db()
    assert scan.status == Scan.Status.IN_PROGRESS


def test_completing_twice_tells_the_timeline_once(clock, followed_up):
    user = UserFactory()
    lead_with_consent(user)
    scan = ScanFactory(user=user, answers=FULL)
    first = services.complete_scan(scan)
    clock.shift(timedelta(minutes=1))
    second = services.complete_scan(scan)
    assert first.completed_at == second.completed_at
    assert LeadEvent.objects.filter(kind="scan.completed").count() == 1
    assert OutboundEmail.objects.filter(message="sequences/step").count() == 1


def test_a_completed_scan_of_nobody_tells_nobody():
    services.complete_scan(ScanFactory(answers=FULL))
    assert not LeadEvent.objects.exists()
    assert not OutboundEmail.objects.exists()


def test_attach_scan_gives_a_free_scan_to_the_person_and_tells_the_timeline():
    user = UserFactory()
    scan = CompletedScanFactory()
    attached = services.attach_scan(scan.public_id, user)
    assert attached.user == user
    lead = Lead.objects.get(email=user.email)
    assert lead.stage == "scanned"
    assert [event.data for event in lead.events.all()] == [{"scan": scan.public_id}]


def test_attach_scan_again_does_nothing():
    user = UserFactory()
    scan = CompletedScanFactory()
    services.attach_scan(scan.public_id, user)
    assert services.attach_scan(scan.public_id, user) is None
    assert LeadEvent.objects.count() == 1


def test_attach_scan_never_takes_somebody_elses():
    owner, thief = UserFactory(), UserFactory()
    scan = CompletedScanFactory(user=owner)
    assert services.attach_scan(scan.public_id, thief) is None
    scan.refresh_from_db()
    assert scan.user == owner


def test_attaching_an_open_scan_sets_the_accounts_other_open_one_aside():
    user = UserFactory()
    old, kept = ScanFactory(user=user), CompletedScanFactory(user=user)
    scan = ScanFactory()
    services.attach_scan(scan.public_id, user)
    states = {s.pk: s.status for s in Scan.objects.all()}
    assert states == {old.pk: "discarded", kept.pk: "completed", scan.pk: "in_progress"}


def test_discard_scan_leaves_a_completed_one_alone():
    assert services.discard_scan(CompletedScanFactory()) is False
    assert services.discard_scan(ScanFactory()) is True


def test_abandoned_scans_are_deleted_after_the_promised_time_and_kept_ones_stay():
    user = UserFactory()
    old = times.now() - timedelta(days=31)
    ScanFactory(started_at=old)
    CompletedScanFactory(days_ago=31)
    stays = [ScanFactory(started_at=old, user=user), CompletedScanFactory(days_ago=29), ScanFactory()]
    clean_up()
    assert set(Scan.objects.all()) == set(stays)


def test_erasing_a_person_cancels_the_planned_tip(followed_up):
    user = UserFactory()
    lead_with_consent(user)
    services.complete_scan(ScanFactory(user=user, answers=FULL))
    services.forget_person(user)
    assert OutboundEmail.objects.get().status == OutboundEmail.Status.CANCELLED


@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
def test_eight_people_pressing_at_once_complete_one_scan_once():
    StepFactory()
    user = UserFactory()
    lead_with_consent(user)
    scan = ScanFactory(user=user, answers=FULL)

    def complete(_n: int) -> str:
        try:
            return services.complete_scan(scan).completed_at.isoformat()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        moments = set(pool.map(complete, range(8)))
    assert len(moments) == 1
    assert LeadEvent.objects.filter(kind="scan.completed").count() == 1
    assert OutboundEmail.objects.filter(message="sequences/step").count() == 1


@pytest.mark.django_db(transaction=True)
def test_pages_saved_at_the_same_moment_are_all_kept():
    scan = ScanFactory()

    def save(number: int) -> None:
        try:
            page = instrument().pages[number - 1]
            services.save_page(scan, number, {item.id: FULL[item.id] for item in page})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(1, 7)))
    scan.refresh_from_db()
    assert scan.answers == FULL
