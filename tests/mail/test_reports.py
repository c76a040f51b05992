"""Reading reports: no database, no server; what is odd or hostile is read as far as it goes, or not at all."""

from __future__ import annotations

import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.mail import reports
from portal.mail.refused import is_of_the_address
from tests.factories.mail import OutboundEmailFactory
from tests.mail.reported import bounce, complaint, deep, letter

ID = "0b7c9d2e-1f7e-4b8a-9a53-5f0f2f0f7f11"
MAIL = OutboundEmailFactory.build(to_email="sanne@example.org", public_id=UUID(ID))

EXCHANGE = f"""Content-Type: multipart/report; report-type=delivery-status; boundary="_x_"
MIME-Version: 1.0
From: Postmaster <postmaster@example.onmicrosoft.com>
Subject: Undeliverable: Bevestigd

--_x_
Content-Type: multipart/alternative; boundary="_y_"

--_y_
Content-Type: text/plain; charset="us-ascii"

sanne@example.org could not be found.
--_y_--

--_x_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR05MB0001.eurprd05.prod.outlook.com

Final-Recipient: rfc822;Sanne@Example.org
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup

--_x_
Content-Type: message/rfc822

Received: from x by y
From: Draagkracht <agenda@voorbeeld.nl>
Message-ID: <{ID}@voorbeeld.nl>
Content-Type: multipart/mixed; boundary="_z_"

--_z_
Content-Type: text/plain

Hallo
--_z_--
--_x_--
""".replace("\n", "\r\n").encode()

IN_UTF8 = f"""Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/global-delivery-status; charset=utf-8

Reporting-MTA: dns; mx.example.org

Original-Recipient: utf-8; sanne@example.org
Final-Recipient: utf-8; s\u00e1nne@example.org
Action: failed
Status: 5.0.0
--b
Content-Type: message/global-headers

X-Outbox-Id: {ID}
--b--
""".replace("\n", "\r\n").encode()


def test_a_bounce_says_of_whom_which_mail_and_why() -> None:
    assert reports.read(bounce(MAIL)) == [
        reports.Report(
            action="failed",
            ids=frozenset([ID]),
            addresses=frozenset(["sanne@example.org"]),
            status="5.1.1",
            answer="550 5.1.1 <sanne@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
        )
    ]


@pytest.mark.parametrize("raw", [bounce(MAIL), bounce(MAIL, whole=True), EXCHANGE, IN_UTF8])
def test_whoever_writes_it_the_mail_and_the_address_are_found(raw: bytes) -> None:
    assert reports.is_report(raw)
    (found,) = reports.read(raw)
    assert (found.action, found.ids) == ("failed", {ID})
    assert "sanne@example.org" in found.addresses
    assert is_of_the_address(found.status, found.answer)


def test_a_complaint_names_the_mail_and_perhaps_the_address() -> None:
    assert reports.read(complaint(MAIL)) == [reports.Report("complaint", frozenset([ID]), frozenset())]
    (told,) = reports.read(complaint(MAIL, to="Sanne@example.org"))
    assert told.addresses == {"sanne@example.org"}
    assert reports.read(complaint(MAIL, kind="not-spam")) == []


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "", "FAILED twice"])
def test_what_arrived_is_no_report(action: str) -> None:
    assert reports.read(bounce(MAIL, action=action)) == []


@pytest.mark.parametrize(
    ("status", "answer", "is_address"),
    [
        ("5.1.1", "", True),
        ("5.1.10", "550 5.1.10 not found", True),
        ("5.1.2", "", True),
        ("5.2.1", "550 5.2.1 disabled", True),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied", True),
        ("5.0.0", "", True),
        ("5.0.0", "550 No such user here", True),
        ("5.0.0", "550 5.7.1 looks like spam", False),
        ("", "550 5.1.1 unknown", True),
        ("", "550 unknown", True),
        ("5.2.2", "552 5.2.2 mailbox full", False),
        ("5.7.26", "550 5.7.26 unauthenticated", False),
        ("5.1.8", "", False),
        ("5.3.4", "552 5.3.4 too big", False),
        ("4.4.7", "", False),
        ("", "554 no", False),
        ("", "", False),
    ],
)
def test_only_what_is_about_the_address_closes_it(status: str, answer: str, is_address: bool) -> None:
    """A mail that is not trusted because of our own DNS would otherwise close every address there is."""
    assert is_of_the_address(status, answer) is is_address


def test_a_refusal_of_what_was_written_says_nothing_of_the_address() -> None:
    assert not is_of_the_address("", "550 we take no newsletters", is_recipient=False)


CUT = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\xff\x00"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        letter(),
        letter(f"Message-ID: <{ID}@voorbeeld.nl> Action: failed Final-Recipient: rfc822; sanne@example.org"),
        bounce(MAIL).replace(b"message/delivery-status", b"text/plain"),
        bounce(MAIL, returned=b""),
        bounce(MAIL, returned=b"Subject: nothing of ours"),
        b"Content-Type: multipart/report",
        CUT,
    ],
)
def test_what_tells_of_no_mail_of_ours_is_nothing(raw: bytes) -> None:
    assert reports.read(raw) == []


def test_a_message_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    returned = b"X-Outbox-Id: " + ID.encode() + b"\r\n\r\n" + b"x" * 900_000
    (found,) = reports.read(bounce(MAIL, whole=True, returned=returned)[:100_000])
    assert found.ids == {ID}


def test_a_message_thousands_of_boxes_deep_takes_no_time() -> None:
    started = time.monotonic()
    assert reports.read(deep()[: 256 * 1024]) == []
    assert time.monotonic() - started < 5


@given(st.integers(0, 3000), st.binary(max_size=40))
def test_whatever_stands_in_the_place_of_some_of_it_nothing_breaks(place: int, put: bytes) -> None:
    raw = bounce(MAIL)
    for found in reports.read(raw[:place] + put + raw[place + len(put) :]):
        assert found.action in ("failed", "delayed")
