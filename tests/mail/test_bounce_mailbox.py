"""The mailbox to which mail comes back, with whatever else is in it: read on past everything, and never lost."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from django.test import RequestFactory

from portal.common import times
from portal.mail import bounces, imap, reports
from portal.mail.models import BounceMailbox, OutboundEmail, RefusedAddress
from portal.mail.panels import mail_banner
from tests.factories.mail import OutboundEmailFactory
from tests.mail.delivering import in_threads, reloaded
from tests.mail.imap_server import MailServer
from tests.mail.reported import bounce, letter
from tests.mail.test_health import by_superuser

pytestmark = pytest.mark.django_db


def sent() -> OutboundEmail:
    return OutboundEmailFactory(status="sent", sent_at=times.now())


def killed(*_args: Any) -> Any:
    raise KeyboardInterrupt


# ---- reading on, whatever happens --------------------------------------------------------------------------
def test_reports_are_opened_and_everything_else_is_left_for_who_reads_it(bounce_mailbox: MailServer) -> None:
    bounce_mailbox.put(letter(), bounce(sent()), letter())
    seen = bounce_mailbox.seen()
    assert bounces.read() == 1
    assert (bounce_mailbox.unseen(), bounce_mailbox.seen()) == (2, seen + 1)
    assert bounces.read() == 0


@pytest.mark.parametrize(("room", "name"), [(bounces, "carry_out"), (imap.Mailbox, "mark_seen")])
def test_a_worker_that_stops_halfway_is_taken_over_and_nothing_happens_twice(
    bounce_mailbox: MailServer, monkeypatch: pytest.MonkeyPatch, room: Any, name: str
) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail))
    with monkeypatch.context() as patch:
        patch.setattr(room, name, killed)
        with pytest.raises(KeyboardInterrupt):
            bounces.read()
    assert bounces.read() == 1
    assert (reloaded(mail).status, RefusedAddress.objects.count()) == ("bounced", 1)
    assert bounces.read() == 0


def test_what_nobody_can_read_does_not_stop_the_rest(bounce_mailbox: MailServer) -> None:
    mail = sent()
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    bounce_mailbox.put(
        report + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n" + b"\xff\xfe\x00" * 50,
        report + b"x" * 1_500_000,
        b"Content-Type: multipart/report; boundary=" + b"y" * 20_000 + b"\r\n\r\n",
        bounce(mail),
    )
    bounces.read()
    assert reloaded(mail).status == "bounced"


def test_what_takes_its_reader_down_is_left_alone_after_three_times(
    bounce_mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(sent()), bounce(mail))
    read, tries = reports.read, []

    def out_of_memory(raw: bytes) -> list[reports.Report]:
        if str(mail.public_id).encode() in raw:
            return read(raw)
        tries.append(raw)
        raise KeyboardInterrupt  # as good as killed

    monkeypatch.setattr(reports, "read", out_of_memory)
    for _time in range(3):
        with pytest.raises(KeyboardInterrupt):
            bounces.read()
    bounces.read()
    assert (len(tries), reloaded(mail).status) == (3, "bounced")


def test_many_messages_are_read_visit_by_visit(
    bounce_mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounces, "AT_ONCE", 2)
    mails = [sent() for _number in range(3)]
    bounce_mailbox.put(letter(), *(bounce(mail) for mail in mails))
    assert [bounces.read(), bounces.read(), bounces.read()] == [1, 2, 0]
    assert {reloaded(mail).status for mail in mails} == {"bounced"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_read_at_once(bounce_mailbox: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    bounce_mailbox.put(bounce(sent()))
    look_through, inside, most = bounces.look_through, [], []

    def slow(*args: Any) -> int:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.5)
        inside.pop()
        return look_through(*args)

    monkeypatch.setattr(bounces, "look_through", slow)
    in_threads(2, bounces.read)
    assert most == [1]


# ---- a mailbox that is down --------------------------------------------------------------------------------
def test_a_mailbox_that_is_down_for_a_day_is_told_after_hours_and_loses_nothing(
    bounce_mailbox: MailServer, clock: Any, rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    mail = sent()
    bounce_mailbox.put(bounce(mail))
    BounceMailbox.objects.create(account=bounce_mailbox.account.name)
    bounce_mailbox.stop()
    try:
        for hours, is_told in ((1, False), (2, True), (22, True)):
            assert bounces.read() == 0
            clock.shift(hours * 3600 + 1)
            assert (mail_banner(by_superuser(rf)) is not None) is is_told, hours
    finally:
        bounce_mailbox.start()
    assert {one.levelname for one in caplog.records if one.name == bounces.__name__} == {"WARNING"}
    assert bounces.read() == 1
    assert reloaded(mail).status == "bounced"
    panel = mail_banner(by_superuser(rf))
    assert panel is not None
    assert panel.context == {"failed": 1, "unread_since": ""}


@pytest.mark.parametrize("wrong", [{"password": "fout"}, {"folder": "Nergens"}, {"user": "niemand"}])
def test_a_wrong_password_or_folder_is_a_quiet_retry(
    bounce_mailbox: MailServer, settings: Any, wrong: dict[str, str]
) -> None:
    settings.BOUNCE_MAILBOX = replace(bounce_mailbox.account, **wrong)
    assert bounces.read() == 0
    assert BounceMailbox.objects.get().error


def test_a_certificate_that_is_not_trusted_gets_no_password(
    bounce_mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(imap.MailboxError, match="certificate"), imap.opened(bounce_mailbox.account):
        pass


def test_a_server_that_drips_is_left_in_time() -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _address = listening.accept()
            with line:
                while not over.wait(0.2):
                    line.send(b"\x16")

        threading.Thread(target=drip, daemon=True).start()
        account = imap.Account("127.0.0.1", listening.getsockname()[1], "a", "b", "INBOX")
        started = time.monotonic()
        with pytest.raises(imap.MailboxError), imap.opened(account, seconds=1):
            pass
        over.set()
        assert time.monotonic() - started < 4


WRONG = [
    "imap://a:b@x",
    "imaps://x",
    "imaps://a@x",
    "imaps://a:b@x:abc",
    "https://a:b@x",
    "imaps://a:b%0d%0a@x",
    "x",
]


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="BOUNCE_MAILBOX") as error:
        imap.Account.of(url)
    assert ":b" not in str(error.value)


def test_its_password_is_in_no_traceback(bounce_mailbox: MailServer) -> None:
    assert bounce_mailbox.account.password not in repr(bounce_mailbox.account)


def test_nothing_is_read_where_nothing_is_set(settings: Any) -> None:
    settings.BOUNCE_MAILBOX = imap.Account.of("")
    assert bounces.read() == 0
    assert not BounceMailbox.objects.exists()
