"""How long things are kept: each model has a period, and each period is said on the page and carried out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Scan
from bookings.models import Booking, CalendarCopy, IdempotencyKey
from portal.accounts.models import User
from portal.common import retention, times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.mail.models import OutboundEmail
from portal.tasks import clean_up
from tests.bookings.browsing import words_of
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import (
    BookingFactory,
    CalDavSourceFactory,
    CallTypeFactory,
    HostFactory,
    IdempotencyKeyFactory,
)
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOURS = ("AvailabilityRule", "BlockSeries", "BlockedTime", "DateOverride", "OverrideWindow")
NO_PERSON = {  # every other model holds something of somebody who visits, or of a contact of the coach
    "account.EmailConfirmation": "never made: a code proves the mailbox",
    "admin.LogEntry": "",
    **dict.fromkeys(("auth.Group", "auth.Permission"), "what staff may do"),
    "assessments.Instrument": "the questions",
    **dict.fromkeys(("bookings.BusyTime", "bookings.CalendarSource"), "a coach's own calendar"),
    "bookings.CalendarVisit": "whose turn it is to be read",
    "bookings.CallType": "what is on offer",
    "bookings.Host": "a coach, for as long as calls are with this coach",
    "contenttypes.ContentType": "names of models",
    **dict.fromkeys(("funnel.Tally", "funnel.Source", "mirror.TeamAnswer", "numbers.Figures"), "numbers"),
    "mail.BounceMailbox": "how far a mailbox of the practice was read",
    **dict.fromkeys(("practice.Practice", "practice.OwnText"), "who runs the portal, and in which words"),
    "webhook.Webhook": "where events go",
    **dict.fromkeys([f"bookings.{name}" for name in HOURS], "hours of a coach"),
    **dict.fromkeys([f"sequences.{one}" for one in ("OwnParagraph", "Sequence", "Step")], "a coach wrote it"),
}


# ---- no model without a period ------------------------------------------------------------------------
def test_every_model_has_a_period_or_is_known_to_hold_nothing_of_a_visitor() -> None:
    """A new model fails here until somebody decides how long it is kept, and says so on the page."""
    ruled = {label for rule in retention.rules() for label in rule.models}
    models = {model._meta.label for model in apps.get_models(include_auto_created=False)}
    exempt = {label for label, reason in NO_PERSON.items() if reason}
    assert models - ruled - exempt == set()
    assert ruled - models == set()
    assert ruled & exempt == set()


def test_every_period_of_the_settings_is_carried_out_and_every_rule_has_one() -> None:
    assert {rule.name for rule in retention.rules()} == set(settings.RETENTION) - {"logs"}


def test_every_period_stands_on_the_page_from_the_same_settings(client: Client, settings: Any) -> None:
    settings.RETENTION = {name: timedelta(days=41 + n) for n, name in enumerate(settings.RETENTION)}
    shown = [rule for rule in retention.rules() if rule.words]
    page = words_of(client.get("/privacy/"))
    for rule in shown:
        assert f"{rule.period.days} dagen {rule.words}" in page
    assert f"{settings.RETENTION['logs'].days} dagen Wat de computer over bezoeken noteert" in page
    silent = {rule.name for rule in retention.rules() if not rule.words}
    assert silent == {"idle_accounts_told", "used_codes", "used_forms"}


def test_it_is_looked_for_every_hour_as_the_page_says(client: Client) -> None:
    beat = settings.CELERY_BEAT_SCHEDULE["clean-up"]
    assert (beat["task"], beat["schedule"]) == (clean_up.name, timedelta(hours=1))
    assert "Elk uur zoeken we wat ouder is, en wissen we het." in words_of(client.get("/privacy/"))


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (timedelta(minutes=10), "10 minuten"),
        (timedelta(hours=24), "24 uur"),
        (timedelta(days=2), "2 dagen"),
        (timedelta(days=90), "90 dagen"),
        (timedelta(days=365), "12 maanden"),
        (timedelta(days=730), "24 maanden"),
        (timedelta(days=1825), "5 jaar"),
        (timedelta(days=700), "700 dagen"),
    ],
)
def test_a_period_reads_as_people_say_it(period: timedelta, words: str) -> None:
    assert retention.span(period) == words


# ---- each of them -------------------------------------------------------------------------------------
def past_call() -> Callable[[], bool]:
    call = BookingFactory(
        start=times.now() - timedelta(minutes=30),
        status="completed",
        name="Noor Zeldzaam",
        email="noor@voorbeeld.nl",
        remark="Zeldzaam",
        topics=["clear"],
        shared_scan="2" * 24,
        user=UserFactory(email="noor@voorbeeld.nl"),
    )
    CalDavSourceFactory(host=call.host, writes=True)

    def is_kept() -> bool:
        call.refresh_from_db()
        return bool(call.name or call.email or call.remark or call.topics or call.shared_scan or call.user)

    return is_kept


def row(model: type[Any], pk: int) -> Callable[[], bool]:
    return lambda: model.objects.filter(pk=pk).exists()


def contact() -> Callable[[], bool]:
    lead = leads.contact("noor@voorbeeld.nl", name="Noor")
    leads.record(lead, "call.completed")
    return row(Lead, lead.pk)


def staff_change() -> Callable[[], bool]:
    user = UserFactory(is_staff=True)
    entry = LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Lead),
        object_repr="Noor",
        action_flag=CHANGE,
        action_time=times.now(),
    )
    return row(LogEntry, entry.pk)


def mail_row(*, with_words: bool) -> Callable[[], bool]:
    mail = OutboundEmailFactory(status="sent", sent_at=times.now(), due_at=times.now())
    if with_words:
        return lambda: bool(OutboundEmail.objects.get(pk=mail.pk).text)
    return row(OutboundEmail, mail.pk)


def used_form() -> Callable[[], bool]:
    return row(IdempotencyKey, IdempotencyKeyFactory(booking=BookingFactory(), created_at=times.now()).pk)


def held() -> Callable[[], bool]:
    call = BookingFactory(status="held", confirmed_at=None, expires_at=times.now(), visitor="v", client="c")
    return row(Booking, call.pk)


EACH = {
    "anonymous_scans": lambda: row(Scan, CompletedScanFactory().pk),
    "past_calls": past_call,
    "contacts": contact,
    "mail_bodies": lambda: mail_row(with_words=True),
    "mail_log": lambda: mail_row(with_words=False),
    "admin_log": staff_change,
    "used_forms": used_form,
    "lapsed_holds": held,
}


@pytest.mark.parametrize("name", sorted(EACH))
def test_it_is_kept_until_its_period_is_over_and_no_longer(clock: Any, name: str) -> None:
    is_kept = EACH[name]()
    clock.shift(settings.RETENTION[name] - timedelta(minutes=1))
    clean_up()
    assert is_kept()
    clock.shift(timedelta(minutes=2))
    clean_up()
    assert not is_kept()


def test_of_a_call_long_ago_the_time_and_how_it_went_stay(clock: Any) -> None:
    past_call()
    before = Booking.objects.get()
    IdempotencyKeyFactory(booking=before)
    CalendarCopy.objects.create(
        booking=before,
        source=CalDavSourceFactory(writes=False, host=HostFactory()),
        file_name="a.ics",
        status="written",
    )
    clock.shift(settings.RETENTION["past_calls"] + DAY)
    clean_up()
    after = Booking.objects.get()
    assert (after.period, after.status) == (before.period, "completed")
    assert not IdempotencyKey.objects.exists()
    assert (
        CalendarCopy.objects.get().status == "waiting"
    )  # the coach's calendar is written anew, without the name
    assert after.manage_generation == before.manage_generation + 1


def test_a_contact_who_was_heard_of_lately_stays_with_all_of_the_timeline(clock: Any) -> None:
    contact()
    clock.shift(settings.RETENTION["contacts"] - DAY)
    leads.record(Lead.objects.get(), "scan.completed")
    clock.shift(DAY * 2)
    clean_up()
    assert (Lead.objects.count(), LeadEvent.objects.count()) == (1, 2)


def test_who_signs_in_stays_a_contact(clock: Any) -> None:
    user = UserFactory(last_login=times.now())
    leads.contact(user.email, user_id=user.pk)
    clock.shift(settings.RETENTION["contacts"] + DAY)
    User.objects.update(last_login=times.now() - DAY)
    clean_up()
    assert Lead.objects.exists()


# ---- the proof of a yes -------------------------------------------------------------------------------
def test_proof_stays_as_long_as_somebody_is_mailed_on_it_and_five_years_after(clock: Any) -> None:
    user = UserFactory(last_login=times.now())
    lead = leads.contact(user.email, user_id=user.pk)
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    clock.shift(settings.RETENTION["consent_proof"] * 2)
    User.objects.update(last_login=times.now())
    clean_up()
    assert ConsentEvent.objects.count() == 1
    leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")
    clock.shift(settings.RETENTION["consent_proof"] - DAY)
    User.objects.update(last_login=times.now())
    clean_up()
    assert ConsentEvent.objects.count() == 2
    clock.shift(2 * DAY)
    clean_up()
    assert ConsentEvent.objects.count() == 0


def test_proof_of_a_contact_we_forgot_goes_five_years_after_that(clock: Any) -> None:
    lead = leads.contact("noor@voorbeeld.nl")
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    clock.shift(settings.RETENTION["contacts"] + DAY)
    clean_up()
    assert not Lead.objects.exists()
    assert [event.action for event in ConsentEvent.objects.all()] == ["given", "withdrawn"]
    clock.shift(settings.RETENTION["consent_proof"] - DAY)
    clean_up()
    assert ConsentEvent.objects.count() == 2
    clock.shift(2 * DAY)
    clean_up()
    assert not ConsentEvent.objects.exists()


# ---- idle accounts ------------------------------------------------------------------------------------
@pytest.fixture
def idle(clock: Any) -> User:
    """Somebody who was told a moment ago that the account goes."""
    user = UserFactory(email="noor@voorbeeld.nl", name="Noor", language="nl", last_login=times.now())
    CompletedScanFactory(user=user)
    clock.shift(settings.RETENTION["idle_accounts_told"] + timedelta(minutes=1))
    clean_up()
    return user


def test_an_idle_account_is_told_once_and_erased_when_its_time_is_over(idle: User, clock: Any) -> None:
    clean_up()
    mail = OutboundEmail.objects.get(message="accounts/idle")
    assert (mail.to_email, mail.kind) == (idle.email, "service")
    assert "Wil je ze houden? Log dan één keer in:" in mail.text
    clock.shift(29 * DAY)
    clean_up()
    assert User.objects.filter(pk=idle.pk).exists()
    clock.shift(2 * DAY)
    clean_up()
    assert not User.objects.filter(pk=idle.pk).exists()
    assert not Scan.objects.exists()


def test_the_mail_names_the_day_and_nothing_goes_before_it(idle: User, clock: Any) -> None:
    mail = OutboundEmail.objects.get(message="accounts/idle")
    last_day = times.long_date(times.now() + 30 * DAY, idle.time_zone).partition(" ")[2]
    assert last_day in mail.subject
    assert last_day in mail.text


def test_who_signs_in_after_all_keeps_the_account_and_is_told_again_the_next_time(
    idle: User, clock: Any
) -> None:
    clock.shift(29 * DAY)
    User.objects.filter(pk=idle.pk).update(last_login=times.now())
    clock.shift(settings.RETENTION["idle_accounts_told"] - DAY)
    clean_up()
    assert OutboundEmail.objects.filter(message="accounts/idle").count() <= 1
    clock.shift(2 * DAY)
    clean_up()
    assert OutboundEmail.objects.filter(message="accounts/idle", status="queued").exists()
    assert User.objects.filter(pk=idle.pk).exists()


def test_the_account_of_somebody_with_a_call_ahead_waits(idle: User, clock: Any) -> None:
    clock.shift(31 * DAY)
    BookingFactory(start=times.now() + DAY, status="confirmed", email=idle.email, user=idle)
    clean_up()
    assert User.objects.filter(pk=idle.pk).exists()


def test_staff_is_never_idle(clock: Any) -> None:
    UserFactory(is_staff=True, last_login=times.now())
    clock.shift(settings.RETENTION["idle_accounts"] * 2)
    clean_up()
    clean_up()
    assert User.objects.count() == 1
    assert not OutboundEmail.objects.exists()


# ---- an address that somebody only typed ---------------------------------------------------------------
def test_whoever_types_an_address_takes_nothing_from_the_person_whose_it_is(clock: Any) -> None:
    """A client for whom the coach booked has no account; anybody may type that address at the door."""
    ahead = BookingFactory(start=times.now() + 60 * DAY, email="noor@voorbeeld.nl", user=None)
    lead = leads.contact("noor@voorbeeld.nl", name="Noor")
    leads.record(lead, "call.booked")
    UserFactory(email="noor@voorbeeld.nl", proven_at=None, joined_at=times.now())
    OutboundEmailFactory(to_email="noor@voorbeeld.nl", erase_body=True, status="sent", sent_at=times.now())
    clock.shift(settings.RETENTION["unproven_accounts"] + timedelta(minutes=1))
    clean_up()
    ahead.refresh_from_db()
    assert not User.objects.filter(email="noor@voorbeeld.nl").exists()
    assert not OutboundEmail.objects.filter(to_email="noor@voorbeeld.nl").exists()
    assert (ahead.status, ahead.email) == ("confirmed", "noor@voorbeeld.nl")
    assert list(Lead.objects.values_list("name", flat=True)) == ["Noor"]


# ---- how ----------------------------------------------------------------------------------------------
def test_a_dry_run_counts_and_changes_nothing(clock: Any) -> None:
    for make in EACH.values():
        make()
    clock.shift(2000 * DAY)
    before = {model: model.objects.count() for model in (Scan, Booking, Lead, OutboundEmail, LogEntry)}
    told = StringIO()
    call_command("forget", dry_run=True, stdout=told)
    assert {model: model.objects.count() for model in before} == before
    counts = {line.split()[0]: int(line.split()[-1]) for line in told.getvalue().splitlines()}
    assert set(counts) == set(settings.RETENTION) - {"logs"}
    assert all(counts[name] for name in EACH)


@pytest.mark.parametrize("name", ["anonymous_scans", "contacts", "past_calls", "mail_bodies", "mail_log"])
def test_it_takes_as_many_statements_for_many_as_for_one(clock: Any, name: str) -> None:
    asked = []
    call_type = CallTypeFactory()
    for count in (1, 4):
        for n in range(count):
            if name == "past_calls":
                start = times.now() + n * timedelta(hours=2)
                BookingFactory(call_type=call_type, start=start, status="completed", user=None)
            elif name == "contacts":
                leads.contact(f"noor{n}@voorbeeld.nl")
            else:
                EACH[name]()
        clock.shift(settings.RETENTION[name] + DAY)
        rule = next(rule for rule in retention.rules() if rule.name == name)
        with CaptureQueriesContext(connection) as queries:
            assert retention._forget(rule, times.now() - rule.period) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_one_that_fails_keeps_no_other_from_going(
    clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scan = EACH["anonymous_scans"]()
    broken = retention.Rule(name="anonymous_scans", models=(), old=lambda before: 1 / 0)  # type: ignore[arg-type, return-value]
    monkeypatch.setattr(retention, "_rules", [broken, *retention._rules])
    clock.shift(31 * DAY)
    clean_up()
    assert not scan()
    assert "could not be forgotten" in caplog.text


def test_more_than_one_batch_goes_in_one_run(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _number in range(5):
        CompletedScanFactory()
    clock.shift(31 * DAY)
    clean_up()
    assert not Scan.objects.exists()
