"""`make demo`: people who do not exist, plainly marked, and nobody else touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from assessments.models import Scan
from bookings.availability import calendar
from bookings.models import BlockedTime, Booking, BusyTime, CalendarSource, CallType, DateOverride
from bookings.words.contacts import SHARING
from portal.accounts.models import User
from portal.common.demo import AT
from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead
from portal.mail.models import OutboundEmail
from tests.bookings.people import confirm
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory
from tests.factories.bookings import first_coach

WEDNESDAY = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # noon in Amsterdam
pytestmark = pytest.mark.usefixtures("call_type")


@pytest.fixture
def call_type(db: None) -> CallType:
    InstrumentFactory()
    first_coach()
    return CallType.objects.get()


@pytest.fixture(autouse=True)
def noon(clock: Any) -> None:
    clock.move_to(WEDNESDAY)


@pytest.fixture(autouse=True)
def local_mode() -> Any:
    with override_settings(LOCAL_MODE=True):
        yield


def demo(**options: Any) -> str:
    said = StringIO()
    call_command("demo", stdout=said, **options)
    return said.getvalue()


def counts() -> dict[str, int]:
    models = (User, Lead, Scan, Booking, BusyTime, BlockedTime, DateOverride, CalendarSource, OutboundEmail,
              ConsentEvent)  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def test_it_gives_people_scans_and_calls_of_every_kind() -> None:
    demo()
    people = User.objects.filter(email__endswith=AT)
    assert people.count() == 120
    assert all(person.name.startswith("Voorbeeld ") for person in people)
    assert set(people.filter(scans__status="completed")) == set(people)
    assert Scan.objects.count() == 280
    calls = Booking.objects.filter(email__endswith=AT)
    assert calls.count() == 200
    assert set(calls.values_list("status", flat=True)) == {"confirmed", "cancelled", "completed", "no_show"}
    today = calls.filter(period__startswith__date=timezone.now().date())
    assert today.count() >= 3
    assert calls.filter(status="confirmed", period__startswith__gt=timezone.now()).count() > 20
    assert calls.filter(status="confirmed").exclude(shared_scan="").exists()
    assert (BusyTime.objects.count(), BlockedTime.objects.count(), DateOverride.objects.count()) == (
        300,
        3,
        2,
    )


def test_whoever_shares_a_result_said_yes_as_the_form_asks_it() -> None:
    """One proof a shared call, in every field as the real form writes it, and none without a shared call."""
    demo()
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


def test_everything_it_writes_is_valid_by_the_models_own_rules() -> None:
    demo()
    for row in (*Booking.objects.all(), *BlockedTime.objects.all(), *BusyTime.objects.all()[:50]):
        row.full_clean()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM bookings_booking a JOIN bookings_booking b ON a.host_id = b.host_id"
            " AND a.id < b.id AND a.footprint && b.footprint"
        )
        assert cursor.fetchone() == (0,)
    ahead = Booking.objects.open(timezone.now()).values_list("email", flat=True)
    assert len(ahead) == len(set(ahead))  # one open call a person


def test_nobody_is_mailed() -> None:
    demo()
    assert OutboundEmail.objects.count() == 0


def test_a_second_run_adds_nothing_and_a_larger_one_tops_up() -> None:
    demo()
    before = counts()
    said = demo()
    assert counts() == before
    assert "0 calls made, 200 were there" in said
    demo(scale=10)
    assert (counts()["User"] - before["User"], counts()["Booking"], counts()["BusyTime"]) == (
        1080,
        2000,
        3000,
    )


def test_the_same_day_gives_the_same_demo() -> None:
    def shown() -> list[tuple[Any, ...]]:
        demo()
        calls = list(Booking.objects.order_by("period").values_list("period", "name", "status", "topics"))
        scans = list(Scan.objects.order_by("completed_at", "user__email").values_list("answers", "overall"))
        demo(remove=True)
        return [*calls, *scans]

    assert shown() == shown()


def test_taking_it_away_leaves_everybody_else_alone(call_type: CallType) -> None:
    person = UserFactory(email="sanne@voorbeeld.nl", name="Sanne Vermeer")
    CompletedScanFactory(user=person)
    start = calendar.free_slots(call_type)[3].start
    confirm(call_type, start, who="sanne")
    BlockedTime.objects.create(
        host=call_type.host, period=(start, start + timedelta(hours=1)), reason="Tandarts"
    )
    DateOverride.objects.create(host=call_type.host, on=start.date())
    before = counts()
    demo()
    assert counts()["Booking"] == before["Booking"] + 200
    demo(remove=True)
    assert counts() == before


def test_times_stay_free_beside_it() -> None:
    demo(scale=10)
    page = Client().get(reverse("bookings:slots")).content.decode()
    assert page.count('type="radio"') > 10


@pytest.mark.parametrize("name", ["demo", "demo_people", "demo_scans", "demo_calls"])
def test_a_real_site_is_refused(name: str) -> None:
    before = counts()
    for options in ({}, {"remove": True}):
        with override_settings(LOCAL_MODE=False), pytest.raises(CommandError, match="never for a real site"):
            call_command(name, **options)
    assert counts() == before


def test_calls_wait_for_people() -> None:
    said = StringIO()
    call_command("demo_calls", stdout=said)
    assert "no demo people yet" in said.getvalue()
    assert Booking.objects.count() == 0


def test_its_calendar_is_never_fetched() -> None:
    from bookings.connected.importing import due_ids

    demo()
    later = timezone.now() + timedelta(days=400)
    assert due_ids(later) == []
