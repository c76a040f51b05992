"""Erasing somebody who is everywhere in the calendar at once: no table keeps a word of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from bookings.calls import erasure, lifecycle, sharing
from bookings.models import Booking, CallType, Offer
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.common import times
from portal.leads.models import Lead
from portal.mail import mime
from portal.mail.models import OutboundEmail
from portal.tasks import clean_up
from tests.bookings.browsing import CODE, words_of
from tests.bookings.calls.test_races import psycopg_arguments
from tests.bookings.people import THURSDAY_9, details, mail, told_of_missed
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory
from tests.factories.bookings import (
    BookingFactory,
    CalDavSourceFactory,
    CallTypeFactory,
    WaitlistEntryFactory,
)

NAME, EMAIL, PHONE = "Noor Zeldzaam", "noor.zeldzaam@voorbeeld.nl", "+31612345678"


def tables_with(*words: str) -> set[tuple[str, str]]:
    """Every table that holds one of these words anywhere, whatever the column."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for word in words:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"])
                if cursor.fetchone():
                    found.add((table, word))
    return found


@pytest.mark.django_db
def test_no_table_keeps_a_trace_of_whoever_waited_missed_called_and_booked(
    call_type: CallType, clock: Any
) -> None:
    """A video call ahead, copied to the coach's calendar; one that was missed with its offer; one long ago by
    phone; a place in line with a time held."""
    CalDavSourceFactory(host=call_type.host, writes=True)
    by_phone = CallTypeFactory(slug="telefoon", location_kind=CallType.Location.PHONE_HOST_CALLS)
    user = UserFactory(name=NAME, email=EMAIL)
    person = {"name": NAME, "email": EMAIL, "phone": PHONE, "user": user}
    missed = BookingFactory(call_type=by_phone, start=THURSDAY_9 - timedelta(days=7), **person)
    told_of_missed(missed, clock)
    WaitlistEntryFactory(user=user, kind=call_type.slug)
    other = lifecycle.book_for(call_type, THURSDAY_9, details=details("a@voorbeeld.nl"), key="a" * 24)
    lifecycle.cancel(other, by=Booking.By.INVITEE)
    assert Offer.objects.open().count() == 2
    CallType.objects.filter(pk=call_type.pk).update(location_kind=CallType.Location.JITSI)
    call_type.refresh_from_db()
    start = THURSDAY_9 + timedelta(days=1)
    about = {"name": NAME, "phone": PHONE, "remark": f"Bel {NAME}"}
    call = lifecycle.book_for(call_type, start, details=details(EMAIL, **about), key="b" * 24)
    room = call.join_url.rsplit("/", 1)[1]
    words = (NAME, EMAIL, PHONE, PHONE[4:], room)
    assert {word for _table, word in tables_with(*words)} == set(words)
    accounts.erase(user)
    left = {table for table, _word in tables_with(*words)}
    assert left <= {OutboundEmail._meta.db_table}
    OutboundEmail.objects.filter(is_forgotten=True).delete()  # as soon as they have left
    assert tables_with(*words) == set()
    assert not Booking.objects.filter(status="held").exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_whoever_deletes_an_account_while_a_calendar_is_in_use_is_told_and_tries_again() -> None:
    InstrumentFactory()
    call_type = CallTypeFactory()
    visitor, user = Client(), UserFactory(email=EMAIL)
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    visitor.post("/account/wissen/")
    code = CODE.search(OutboundEmail.objects.get(message="accounts/delete_code").text)[0]
    page = "/account/wissen/code/"
    with psycopg.connect(**psycopg_arguments()) as other:
        other.execute("SELECT 1 FROM bookings_host WHERE id = %s FOR UPDATE", [call_type.host_id])
        busy = visitor.post(page, {"code": code}, follow=True)
        other.rollback()
    assert (busy.redirect_chain, busy.status_code) == ([(page, 302)], 200)
    assert "Het is even druk; er is niets gewijzigd. Probeer het opnieuw." in words_of(busy)
    assert User.objects.filter(email=EMAIL).exists()
    assert visitor.post(page, {"code": code}).headers["Location"] == "/gewist/"
    assert not User.objects.filter(email=EMAIL).exists()


@pytest.mark.django_db
def test_an_address_that_somebody_else_typed_at_the_door_takes_nothing_with_it(call_type: CallType) -> None:
    """The coach booked for this person without an account; one that nobody proved goes after a day."""
    call = lifecycle.book_for(call_type, THURSDAY_9, details=details(EMAIL), key="a" * 24)
    Client().post("/inloggen/", {"email": EMAIL})
    mails = OutboundEmail.objects.filter(about=call.about).count()
    User.objects.filter(email=EMAIL).update(joined_at=times.now() - timedelta(hours=25))
    clean_up()
    call.refresh_from_db()
    assert (call.status, call.email) == (Booking.Status.CONFIRMED, EMAIL)
    assert OutboundEmail.objects.filter(about=call.about).count() == mails > 0
    assert Lead.objects.filter(email=EMAIL).exists()
    assert not OutboundEmail.objects.filter(message="accounts/login_code").exists()
    assert not User.objects.filter(email=EMAIL).exists()


# ---- the mails that an erasure or a withdrawal causes --------------------------------------------------
REMARK, TOPIC = "Twee zeldzame mensen in Uithuizen", "Uit handen geven"
FACTS = {"name", "email", "phone", "topics", "shared_scan"}


def take_back(user: User) -> None:
    sharing.withdraw_sharing(email=user.email, user=user, method="account page")


def words_as_they_leave(mail: OutboundEmail) -> str:
    message = message_from_bytes(mime.build(mail), policy=policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return " ".join(f"{message['Subject']} {' '.join(parts)}".split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "message", "about"),
    [(accounts.erase, "bookings/coach_cancelled", False), (take_back, "bookings/coach_unshared", True)],
)
def test_mails_of_an_erasure_and_a_withdrawal_say_which_call_and_not_what_was_written(
    call_type: CallType, cause: Callable[[User], None], message: str, about: bool
) -> None:
    """What was ticked goes too once the call is off; of a call that goes on the coach needs it. Whatever else
    somebody may write, the next field too, is in no mail but the first."""
    user = UserFactory(name=NAME, email=EMAIL)
    shared = CompletedScanFactory(user=user).public_id
    written = {field.name for field in fields(lifecycle.Details)} & set(erasure.ERASED[Booking]) - FACTS
    about_it = {"name": NAME, "topics": ("letting-go",), "shared_scan": shared}
    about_it |= dict.fromkeys(written, REMARK)
    lifecycle.book_for(call_type, THURSDAY_9, details=details(EMAIL, **about_it), key="a" * 24)
    assert REMARK in words_as_they_leave(mail("coach_booked"))
    before = set(OutboundEmail.objects.values_list("pk", flat=True))
    cause(user)
    caused = {
        mail.message: words_as_they_leave(mail) for mail in OutboundEmail.objects.exclude(pk__in=before)
    }
    telling = [name for name, words in caused.items() if REMARK in words]
    assert not telling, (
        f"{telling} hold one of {written}: give it to the template in coach_context, as remark is "
        "(bookings/calls/emails/contexts.py), and not in send_unshared."
    )
    for fact in (NAME, EMAIL, "donderdag 26 november 2026, 09:00 tot 09:30"):
        assert fact in caused[message]
    assert (TOPIC in caused[message]) is about
