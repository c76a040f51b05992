"""The local mail server and its reader."""

from __future__ import annotations

import os
import resource
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.local import mailbox
from portal.local.places import ROOT, free_port
from portal.local.processes import wait_until
from portal.local.sink import KEPT_MESSAGES, keep

pytestmark = pytest.mark.local


def invitation() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "agenda@voorbeeld.nl"
    message["To"] = "Anna <anna@example.org>"
    message["Subject"] = "Je impactcall op maandag – één afspraak"
    message.set_content("Tot maandag.\n")
    message.add_alternative("<p>Tot <b>maandag</b>.</p>", subtype="html")
    message.add_attachment(
        b"BEGIN:VCALENDAR\r\n", maintype="text", subtype="calendar", filename="impactcall.ics"
    )
    return message


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[int]:
    with running_sink(tmp_path / "mail") as port:
        yield port


@contextmanager
def running_sink(folder: Path, room: int | None = None) -> Iterator[int]:
    """A sink on a port of its own; no file of it can grow beyond `room` bytes, as on a disk that is full."""

    def limit() -> None:
        if room is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    port = free_port()
    process = subprocess.Popen(
        # -B: Python keeps a compiled module that did not fit as if it were whole, for every later process
        [sys.executable, "-B", "-m", "portal.local.sink", str(port), str(folder)],
        cwd=ROOT,
        preexec_fn=limit,
    )

    def answers() -> bool:
        try:
            smtplib.SMTP("127.0.0.1", port, timeout=2).quit()
        except OSError:
            return False
        return True

    assert wait_until(answers, 30)
    yield port
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_the_sink_keeps_each_message_as_it_came_with_its_envelope(sink: int, tmp_path: Path) -> None:
    sent = invitation().as_bytes(policy=policy.SMTP)
    with smtplib.SMTP("127.0.0.1", sink) as client:
        client.sendmail("bounce@voorbeeld.nl", ["anna@example.org", "jet@voorbeeld.nl"], sent)
    (kept,) = mailbox.newest(tmp_path / "mail")
    trace = ["Return-Path: <bounce@voorbeeld.nl>", "Delivered-To: anna@example.org"]
    trace.append("Delivered-To: jet@voorbeeld.nl\r\n")
    assert kept.raw == "\r\n".join(trace).encode() + sent
    assert (tmp_path / "mail" / f"{kept.name}.eml").stat().st_mode & 0o777 == 0o600


def test_mail_for_which_there_is_no_room_is_refused_for_now_and_leaves_nothing(tmp_path: Path) -> None:
    large, small = invitation(), invitation()
    large.add_attachment(b"x" * 20_000, maintype="application", subtype="octet-stream")
    with running_sink(tmp_path / "mail", room=8192) as port, smtplib.SMTP("127.0.0.1", port) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.send_message(large)
        assert refused.value.smtp_code == 452
        assert list((tmp_path / "mail").iterdir()) == []
        client.send_message(small)
    assert len(mailbox.newest(tmp_path / "mail")) == 1


def test_the_reader_shows_both_bodies_and_the_attachment(tmp_path: Path) -> None:
    name = keep(tmp_path, b"Delivered-To: anna@example.org\r\n" + invitation().as_bytes()).stem
    message = mailbox.read(tmp_path, name)
    assert message is not None
    assert message.subject == "Je impactcall op maandag – één afspraak"
    assert message.recipients == "anna@example.org"
    assert message.text == "Tot maandag.\n"
    assert message.html == "<p>Tot <b>maandag</b>.</p>\n"
    assert [(item.filename, item.content_type) for item in message.attachments] == [
        ("impactcall.ics", "text/calendar")
    ]


def test_the_reader_survives_a_character_set_nobody_knows(tmp_path: Path) -> None:
    raw = b"Content-Type: text/plain; charset=klingon\r\nSubject: x\r\n\r\nqapla\r\n"
    message = mailbox.read(tmp_path, keep(tmp_path, raw).stem)
    assert message is not None
    assert message.text == "qapla\r\n"


def test_only_the_newest_messages_are_kept(tmp_path: Path) -> None:
    oldest = keep(tmp_path, b"Subject: oldest\r\n\r\n")
    for number in range(KEPT_MESSAGES):
        (tmp_path / f"{number + 10**19:020d}-00000000.eml").write_bytes(b"Subject: later\r\n\r\n")
    keep(tmp_path, b"Subject: one more\r\n\r\n")
    assert len(list(tmp_path.glob("*.eml"))) == KEPT_MESSAGES
    assert not oldest.exists()


def test_a_name_that_is_no_message_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("Subject: x\n\n")
    assert mailbox.read(tmp_path / "mail", "../secret") is None
    assert mailbox.read(tmp_path, "secret") is None
    assert mailbox.read(tmp_path, "0" * 20 + "-" + "0" * 8) is None


def test_the_sink_listens_on_loopback_only(sink: int) -> None:
    listening = Path(f"/proc/{os.getpid()}/net/tcp")
    if not listening.exists():
        pytest.skip("only Linux shows who listens where")
    addresses = {
        line.split()[1].partition(":")[0]
        for line in listening.read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{sink:04X}") and line.split()[3] == "0A"
    }
    assert addresses == {"0100007F"}
