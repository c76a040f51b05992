"""Erasure reaches every store (I12): somebody who is everywhere erases everything, while all processes run.

Afterwards the database with each session decoded, Redis, every log and every mail that leaves are searched
for each string of this person. What is written by the erasure itself is excepted (R31): a call is taken back.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.db import connection
from django.urls import reverse

from assessments.models import Scan
from bookings.models import CallType
from portal import celery
from portal.accounts.models import User
from portal.common.times import now
from portal.mail.models import OutboundEmail
from tests.chaos.harness import Chaos, wait_until
from tests.chaos.unpacked import opened
from tests.chaos.visitor import TOKEN, Visitor
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import CallTypeFactory, HostFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

EMAIL, NAME = "noor.kwispelaar@voorbeeld.nl", "Noor Kwispelaar"
OLD_NAME, PHONE, REMARK = "Eleonora Vroeger", "0612345678", "Over mijn vakantie in Uithuizen"
WORDS = ["noor.kwispelaar", "kwispelaar", "eleonora", "612345678", "uithuizen"]
COACH = "jet@voorbeeld.nl"
CODE = re.compile(r"[A-Z]{4}-[A-Z]{4}")
FAREWELL = {"bookings/cancelled", "bookings/coach_cancelled", "bookings/coach_erased"}


class Person(Visitor):
    """The one who will be erased, in one browser of hers."""

    def __init__(self, site: str, number: int) -> None:
        super().__init__(site, number)
        self.email = EMAIL

    def send(self, page: str, path: str, **data: str) -> tuple[int, str, str]:
        """Fill in the form of a page, as the person that its token belongs to."""
        token = TOKEN.search(self.open(page)[2])
        assert token, f"no form on {page}"
        return self.open(path, data | {"csrfmiddlewaretoken": token[1]})

    def type_code(self, chaos: Chaos, name: str = "account_confirm_login_code") -> tuple[int, str, str]:
        return self.send(reverse(name), reverse(name), code=newest_code(chaos))

    def fill_in(self, start: str, **more: str) -> tuple[int, str, str]:
        self.hold(start)
        wait_until(lambda: False, 2.2)  # a form knows that a person needs two seconds
        written = {"name": NAME, "phone": PHONE, "remark": REMARK, **more}
        return self.open("/impactcall/bevestigen/", self.form | {"csrfmiddlewaretoken": self.token} | written)


def newest_code(chaos: Chaos) -> str:
    """Of the newest mail with a code that arrived; each is read once."""
    read: set[str] = chaos.__dict__.setdefault("codes_read", set())

    def arrived() -> list[str]:
        texts = [mail.message.get_body(("plain",)) for mail in list(chaos.sink.received)]
        found = [CODE.search(body.get_content()) for body in texts if body]
        return [code[0] for code in found if code and code[0] not in read]

    assert wait_until(lambda: bool(arrived()), 40), "no code arrived"
    code = arrived()[-1]
    read.add(code)
    return code


# ---- every place where words can stay -----------------------------------------------------------------
def database() -> Iterator[tuple[str, str]]:
    """Each row of each table as text, and each session as it is read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, relname FROM pg_stat_user_tables")
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')
            for (row,) in cursor.fetchall():
                yield from ((table, text) for text in opened(row))
    for session in sessions():
        yield "session", json.dumps(session.get_decoded(), ensure_ascii=False)


def sessions() -> Iterator[object]:
    return iter(import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects.all())


def redis_keys(url: str) -> Iterator[tuple[str, str]]:
    client = redis.Redis.from_url(url)
    for key in client.scan_iter():
        kind = client.type(key).decode()
        read = {
            "string": lambda key: [client.get(key)],
            "list": lambda key: client.lrange(key, 0, -1),
            "set": client.smembers,
            "hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
            "zset": lambda key: client.zrange(key, 0, -1),
        }[kind]
        for value in [key, *read(key)]:
            yield from (("redis", text) for text in opened(value.decode("latin-1")))
    client.close()


def logs(chaos: Chaos, database_log_from: int) -> Iterator[tuple[str, str]]:
    for path in {*chaos.state.glob("*.log"), *chaos.state.glob("log/*")}:
        yield path.name, path.read_text(errors="replace")
    yield "postgres.log", Path(os.environ["POSTGRES_LOG"]).read_text(errors="replace")[database_log_from:]


def told(places: Iterator[tuple[str, str]], words: list[str]) -> set[tuple[str, str]]:
    return {(place, word) for place, text in places for word in words if word in text.lower()}


# ---- the day ------------------------------------------------------------------------------------------
def live(chaos: Chaos, site: str) -> Person:
    """Keep a result with tips, rename, book by phone, wait, leave a form with a code waiting elsewhere, and
    be looked at in the admin."""
    noor, elsewhere = Person(site, 1), Person(site, 2)
    noor.send(reverse("account_request_login_code"), reverse("accounts:keep"), email=EMAIL, tips="on")
    status, url, _text = noor.type_code(chaos)
    assert (status, "/account/" in url) == (200, True), url
    zone = "Europe/Amsterdam"
    for name in (OLD_NAME, NAME):
        noor.send("/account/", reverse("accounts:profile"), name=name, language="nl", time_zone=zone)
        staff = User.objects.get(email=COACH)
        people = User.objects.filter(email=EMAIL)
        LogEntry.objects.log_actions(staff.pk, people, CHANGE, [{"changed": {"fields": ["naam"]}}])
    LogEntry.objects.log_actions(staff.pk, people, CHANGE, [{"added": {"name": "contact", "object": NAME}}])
    LogEntry.objects.log_actions(staff.pk, people, DELETION, "")
    CompletedScanFactory(user=User.objects.get(email=EMAIL))
    starts = noor.starts()
    status, url, text = noor.fill_in(starts[0], share="yes")
    assert (status, "bevestigd" in url) == (200, True), text[-3000:]
    page = noor.open(reverse("bookings:waitlist"))[2]
    hidden = dict(re.findall(r'name="(stamp|kind|coach)" value="([^"]*)"', page))
    wait_until(lambda: False, 2.2)
    until = (now().date()).isoformat()
    waits = {"name": NAME, "until_on": until, **hidden}
    noor.send(reverse("bookings:waitlist"), reverse("bookings:waitlist_join"), **waits)
    OutboundEmailFactory(
        to_email=EMAIL, to_name=NAME, text=f"Dag {NAME}", send_after=now() + timedelta(minutes=30)
    )
    elsewhere.starts()
    elsewhere.fill_in(starts[-1], email=EMAIL)
    newest_code(chaos)
    return noor


def test_nothing_of_somebody_who_erased_everything_is_left_anywhere(chaos: Chaos) -> None:
    InstrumentFactory()
    staff = User.objects.create_superuser(COACH)
    kind = CallType.Location.PHONE_HOST_CALLS
    CallTypeFactory(slug="telefoon", host=HostFactory(user=staff), location_kind=kind)
    log_from = Path(os.environ["POSTGRES_LOG"]).stat().st_size
    _web, site = chaos.start_web(workers=1)
    worker = chaos.start_worker()
    chaos.start_beat()
    # The relay of the coach is down: what was written to the coach has not left when the person goes.
    chaos.sink.rule(lambda to, _before: "451 4.3.0 Later" if to == COACH else None)
    noor = live(chaos, site)
    broker = celery.app.connection_for_write(chaos.redis_server.url)
    celery.app.send_task("no.such.task", args=[EMAIL], connection=broker)  # a worker logs what it was sent
    worker.says("no.such.task")
    waiting = OutboundEmail.objects.filter(to_email=COACH, status="retry")
    assert wait_until(lambda: waiting.filter(message="bookings/coach_booked").exists(), 40)
    scan = Scan.objects.get(user__email=EMAIL).public_id.lower()
    words = [*WORDS, scan]
    found = told(database(), words)
    assert {word for _place, word in found} >= set(words) - {"eleonora"}, found  # no name is kept twice
    assert {"session", "mail_outboundemail", "bookings_booking"} <= {p for p, _w in found}
    noor.send(reverse("accounts:delete"), reverse("accounts:delete"))
    code = newest_code(chaos)
    worker.signal(signal.SIGSTOP)
    status, url, _text = noor.send(*[reverse("accounts:delete_confirm")] * 2, code=code)
    assert (status, url.endswith("/gewist/")) == (200, True), url
    left = OutboundEmail.objects.exclude(status__in=OutboundEmail.FINAL)
    about = {mail: [("", f"{mail.to_email} {mail.reply_to} {mail.subject} {mail.text}")] for mail in left}
    farewells = {str(mail.public_id): mail.message for mail in left if told(iter(about[mail]), words)}
    assert set(farewells.values()) <= FAREWELL, farewells
    assert "bookings/coach_cancelled" in farewells.values()
    at_erasure = len(chaos.sink.received)
    worker.signal(signal.SIGCONT)
    chaos.sink.rules.clear()
    chaos.move_clock(3600)
    forgotten = OutboundEmail.objects.filter(is_forgotten=True)
    assert wait_until(lambda: not left.all().exists() and not forgotten.exists(), 40)
    stores = chain(database(), redis_keys(chaos.redis_server.url), logs(chaos, log_from))
    assert told(stores, words) == set()
    later = [mail for mail in chaos.sink.received[at_erasure:] if mail.outbox_id not in farewells]
    assert told(((str(mail.message["Subject"]), str(mail.message)) for mail in later), words) == set()
