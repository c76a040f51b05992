"""The drill: a portal is backed up, lives on, is lost, and comes back in an empty database, with PostgreSQL's own
programs. Nobody comes back who was erased since, and no mail leaves twice."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.models import Q

from bookings.models import Booking
from portal.accounts import erasures
from portal.accounts import services as accounts
from portal.accounts.models import Erasure, Session, TrustedBrowser, User
from portal.accounts.sessions import SessionStore
from portal.common import steps, times
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import refused
from portal.mail.models import OutboundEmail
from portal.operations import backing_up
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory, CallTypeFactory
from tests.factories.mail import OutboundEmailFactory
from tests.portal.operations.places import empty_database

pytestmark = pytest.mark.django_db(transaction=True)
NOOR, BRAM, SANNE = "noor@voorbeeld.nl", "bram@voorbeeld.nl", "sanne@voorbeeld.nl"
HOUR = timedelta(hours=1)
RULES = """SELECT (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger),
(SELECT count(*) FROM pg_indexes), (SELECT count(*) FROM pg_proc)"""


def fill() -> None:
    """Three people with something of everything, and mail in each state."""
    call_type = CallTypeFactory()
    for number, address in enumerate((NOOR, BRAM, SANNE)):
        person = UserFactory(email=address, name=f"{address.partition('@')[0].title()} Proef")
        CompletedScanFactory(user=person)
        start = times.now() + timedelta(days=2, hours=2 * number)
        BookingFactory(call_type=call_type, start=start, email=address, user=person)
        lead = leads.contact(address, user_id=person.pk)
        leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
        TrustedBrowser.objects.create(user=person, digest=f"{number}")
        data = SessionStore().encode({})
        Session.objects.create(
            session_key=f"{number}", session_data=data, user=person, expire_date=times.now() + HOUR
        )
    BookingFactory(call_type=call_type, start=times.now() + timedelta(days=5), held=True)
    lease = {"lease_token": uuid.uuid4(), "lease_until": times.now() + HOUR, "status": "leased"}
    OutboundEmailFactory(key="leased", **lease)
    OutboundEmailFactory(key="leased tips", tips=True, **lease)
    OutboundEmailFactory(key="due")
    OutboundEmailFactory(key="due in an hour", due_at=times.now() + HOUR)
    OutboundEmailFactory(key="due tomorrow", due_at=times.now() + 24 * HOUR)
    OutboundEmailFactory(key="sent", status="sent", sent_at=times.now())
    OutboundEmailFactory(key="code", erase_body=True, expires_at=times.now() + HOUR)


def live_on() -> None:
    """What happened after the backup."""
    accounts.erase(User.objects.get(email=NOOR))
    lead = Lead.objects.get(email=SANNE)
    leads.withdraw_consent(lead, purpose=consent.TIPS, method="one click")
    refused.refuse(BRAM, refused.Why.COMPLAINT)


def count_all() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in apps.get_models()}


def rules_of_the_database() -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        return tuple(cursor.fetchone())


def told(name: str, *arguments: object, **options: object) -> str:
    out = StringIO()
    call_command(name, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def test_a_lost_portal_comes_back_as_it_was_but_for_who_was_erased_and_what_was_perhaps_sent(
    clock: Any, tmp_path: Path
) -> None:
    fill()
    before, rules = count_all(), rules_of_the_database()
    said = told("backup", tmp_path)
    (file,) = tmp_path.glob("draagkracht-20261123T120000Z.backup")
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(file) in said
    clock.shift(HOUR / 2)
    live_on()
    erased_at = times.now()
    told("erasures", tmp_path)
    assert NOOR not in (tmp_path / "erasures.jsonl").read_text()
    clock.shift(3 * HOUR)

    with empty_database():
        said = told("restore", file, stopped_at=times.now() - HOUR)
        there = count_all()
        assert rules_of_the_database() == rules
        for table in ("accounts_user", "bookings_booking", "mail_outboundemail"):
            assert f"{table} {before[table]} of {before[table]}" in " ".join(said.split())
        # nobody is signed in, and nobody comes back
        assert not Session.objects.exists()
        assert not TrustedBrowser.objects.exists()
        assert_nothing_left_of("noor")
        assert set(User.objects.values_list("email", flat=True)) >= {BRAM, SANNE}
        assert list(Booking.objects.filter(status="cancelled").values_list("name", "email")) == [("", "")]
        assert not leads.has_consent(Lead.objects.get(email=SANNE), consent.TIPS)
        assert leads.has_consent(Lead.objects.get(email=BRAM), consent.TIPS)
        assert refused.find(BRAM) is not None
        # times that were held lapsed meanwhile; calls are as they were
        assert not Booking.objects.filter(status="held").exists()
        assert there["bookings_booking"] == before["bookings_booking"] - 1
        assert there["assessments_scan"] == before["assessments_scan"] - 1
        # mail
        status = dict(OutboundEmail.objects.values_list("key", "status"))
        assert {status[key] for key in ("leased", "leased tips", "due", "due in an hour", "code")} == {
            "uncertain"
        }
        assert (status["due tomorrow"], status["sent"]) == ("queued", "sent")
        assert OutboundEmail.objects.get(key="code").text == ""
        waiting = OutboundEmail.objects.filter(Q(status__in=OutboundEmail.WAITING) | Q(status="leased"))
        assert list(waiting.values_list("key", flat=True)) == ["due tomorrow"]
        # the rules of the database came too
        taken = Booking.objects.filter(status="confirmed").first()
        assert taken is not None
        with pytest.raises(IntegrityError):
            BookingFactory(call_type=taken.call_type, start=taken.start_at)
        # the next backup knows of the erasure, and the portal that is there is not written over
        assert Erasure.objects.filter(digest=erasures.digest_of(NOOR), erased_at=erased_at).exists()
        assert_refused("is not empty", file)
    assert count_all()["accounts_user"] == before["accounts_user"] - 1


def assert_refused(words: str, file: Path) -> None:
    with pytest.raises(CommandError, match=words):
        told("restore", file)


def assert_nothing_left_of(word: str) -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"""SELECT count(*) FROM "{table}" t WHERE t::text ILIKE '%{word}%'""")
            assert cursor.fetchone() == (0,), table


def test_what_is_counted_and_what_is_dumped_are_of_one_instant(
    clock: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """Somebody signs up between the two. And what fails once the rows are back does not pass for a restore."""
    UserFactory()
    dump = backing_up.dump

    def dump_later(*arguments: Any) -> Any:
        UserFactory(email="later@voorbeeld.nl")
        return dump(*arguments)

    monkeypatch.setattr(backing_up, "dump", dump_later)
    told("backup", tmp_path)
    (file,) = tmp_path.glob("*.backup")
    monkeypatch.setattr(steps, "RESTORED", [("things", lambda: 1 // 0)])
    with empty_database():
        with connection.get_new_connection(connection.get_connection_params()):  # a worker that was forgotten
            assert_refused("Other programs are connected", file)
        with pytest.raises(CommandError, match=r"not yet true: ZeroDivisionError.* throw it away"):
            told("restore", file)
        assert User.objects.count() == 1
