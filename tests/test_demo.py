"""`make demo`: people who do not exist, plainly marked, and nobody else touched.

It is made once for all tests here, which look at it each in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from assessments.models import Scan
from assessments.promises.models import Promise
from bookings.availability import calendar
from bookings.connected.importing import due_ids
from bookings.models import (
    BlockedTime,
    Booking,
    BusyTime,
    CalendarSource,
    CallType,
    DateOverride,
    Offer,
    WaitlistEntry,
)
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.common.demo import AT
from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead, Note
from portal.leads.sequences.models import Run
from portal.mail.models import OutboundEmail
from tests.bookings.admin.conftest import browser_of
from tests.bookings.admin.voice import speaks_as_we_do
from tests.bookings.people import confirm
from tests.clock import standing_at
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory
from tests.factories.bookings import first_coach
from tests.test_demo_is_true import contradicts_itself_nowhere

WEDNESDAY = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # noon in Amsterdam
pytestmark = [pytest.mark.demo, pytest.mark.django_db]
EMPTY: dict[str, int] = {}


@pytest.fixture(scope="module")
def _made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        standing_at(WEDNESDAY),
        translation.override("nl"),
    ):
        InstrumentFactory()
        first_coach()
        call_command("ensure_sequences", stdout=StringIO())
        CallType.objects.update(location_kind=CallType.Location.JITSI)  # asks nobody for a number
        EMPTY.update(counts())
        with override_settings(LOCAL_MODE=True):
            demo()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def made(_made: None, clock: Any, db: None) -> Iterator[None]:
    clock.move_to(WEDNESDAY)
    with override_settings(LOCAL_MODE=True):
        yield


def demo(**options: Any) -> str:
    said = StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


def counts() -> dict[str, int]:
    models = (User, Lead, Scan, Booking, BusyTime, BlockedTime, DateOverride, CalendarSource, OutboundEmail,
              ConsentEvent, Offer, WaitlistEntry, Note, Run, Promise)  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def test_it_gives_people_scans_and_calls_of_every_kind() -> None:
    people = User.objects.filter(email__endswith=AT)
    assert people.count() == 120
    assert set(people.filter(scans__status="completed")) == set(people)
    assert Scan.objects.count() == 280
    calls = Booking.objects.filter(email__endswith=AT)
    assert calls.count() > 70
    assert set(calls.values_list("status", flat=True)) == {"confirmed", "cancelled", "completed", "no_show"}
    today = calls.filter(period__startswith__date=timezone.now().date())
    assert today.count() >= 3
    sent = set(OutboundEmail.objects.filter(status="sent").values_list("message", flat=True))
    promise = Promise.objects.get()
    assert [one.answer for one in promise.answers.all()] == ["done", "not", "differently"]
    assert {
        "assessments/friday",
        "bookings/confirmation",
        "bookings/coach_booked",
        "bookings/reminder_invitee",
        "sequences/step",
    } < sent
    assert OutboundEmail.objects.filter(status="queued", message="bookings/reminder_invitee").exists()
    assert calls.filter(status="confirmed", period__startswith__gt=timezone.now()).count() > 10
    assert calls.filter(status="confirmed").exclude(shared_scan="").exists()
    assert BusyTime.objects.count() > 40
    assert BlockedTime.objects.count() == 3
    later = timezone.now() + timedelta(days=400)
    assert due_ids(later) == []  # nobody fetches its calendar
    assert (
        Client().get(reverse("bookings:slots")).content.decode().count('type="radio"') > 10
    )  # times stay free
    assert DateOverride.objects.count() == 4  # Christmas, Boxing Day and New Year, and a short day


def test_whoever_shares_a_result_said_yes_as_the_form_asks_it() -> None:
    """One proof a shared call, in every field as the real form writes it, and none without a shared call."""
    proofs = ConsentEvent.objects.filter(purpose=SHARING, action="given")
    given = sorted((proof.lead.email, proof.language, proof.created_at) for proof in proofs)
    shared = Booking.objects.exclude(shared_scan="")
    assert given == sorted((call.email, call.language, call.confirmed_at) for call in shared)
    assert {proof.about for proof in proofs} == {call.about for call in shared}
    assert len(given) > 10
    user = UserFactory(email="sanne@voorbeeld.nl", name="Sanne Vermeer")
    scan = CompletedScanFactory(user=user)
    confirm(CallType.objects.get(), calendar.free_slots(CallType.objects.get())[3].start, who="sanne",
            shared_scan=scan.public_id)  # fmt: skip
    real = ConsentEvent.objects.get(lead__email="sanne@voorbeeld.nl")
    of_each = {"id", "lead_id", "subject", "about", "created_at"}
    facts = {name: value for name, value in vars(real).items() if name not in {"_state", *of_each}}
    proof = proofs.filter(language="nl").exclude(pk=real.pk)[0]
    assert {name: getattr(proof, name) for name in facts} == facts
    assert proof.subject == consent.subject_of(proof.lead.email)
    assert list(proof.lead.events.filter(kind="call.booked")) != []


def test_a_second_run_adds_nothing_and_a_larger_one_tops_up() -> None:
    before = counts()
    said = demo()
    assert counts() == before
    assert "0 calls made" in said
    demo(scale=10)
    after = counts()
    assert after["User"] - before["User"] == 1080
    assert after["Booking"] > 4 * before["Booking"]
    assert after["BusyTime"] > 5 * before["BusyTime"]


def test_the_same_day_gives_the_same_demo() -> None:
    def shown() -> list[tuple[Any, ...]]:
        calls = list(
            Booking.objects.order_by("period", "status").values_list("period", "name", "status", "topics")
        )
        scans = list(Scan.objects.order_by("completed_at", "user__email").values_list("answers", "overall"))
        return [*calls, *scans]

    first = shown()
    demo(remove=True)
    demo()
    assert shown() == first


def test_taking_it_away_leaves_everybody_else_alone() -> None:
    call_type = CallType.objects.get()
    with_demo = counts()
    person = UserFactory(email="sanne@voorbeeld.nl", name="Sanne Vermeer")
    CompletedScanFactory(user=person)
    start = calendar.free_slots(call_type)[3].start
    confirm(call_type, start, who="sanne")
    BlockedTime.objects.create(
        host=call_type.host, period=(start, start + timedelta(hours=1)), reason="Tandarts"
    )
    DateOverride.objects.create(host=call_type.host, on=start.date())
    own = {name: count - with_demo[name] for name, count in counts().items()}
    demo(remove=True)
    assert counts() == {name: count + own[name] for name, count in EMPTY.items()}


def test_it_contradicts_itself_nowhere() -> None:
    contradicts_itself_nowhere(timezone.now())


@pytest.mark.parametrize("name", ["demo", "demo_people", "demo_scans", "demo_calls"])
def test_a_real_site_is_refused(name: str) -> None:
    before = counts()
    for options in ({}, {"remove": True}):
        with override_settings(LOCAL_MODE=False), pytest.raises(CommandError, match="never for a real site"):
            call_command(name, **options)
    assert counts() == before


def test_calls_wait_for_people() -> None:
    demo(remove=True)
    said = StringIO()
    call_command("demo_calls", stdout=said)
    assert "no demo people yet" in said.getvalue()
    assert Booking.objects.count() == 0


def test_no_page_of_the_admin_speaks_in_code_in_english_or_formally() -> None:
    speaks_as_we_do(browser_of(User.objects.create_superuser("beheer@voorbeeld.nl")))
