"""What mail servers write when a mail does not arrive, and what providers write when somebody reports it."""

from __future__ import annotations

from email.message import EmailMessage

from portal.mail import mime
from portal.mail.models import OutboundEmail

FAILED = "smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"


def bounce(
    mail: OutboundEmail | None = None,
    *,
    to: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    answer: str = FAILED,
    returned: bytes | None = None,
    original: str = "",
    whole: bool = False,
    report_type: str = "delivery-status",
) -> bytes:
    """As Postfix writes it: words for people, fields for machines, and the headers of what did not arrive."""
    to = to or (mail.to_email if mail else "sanne@example.org")
    sent_back = mime.build(mail) if returned is None and mail else returned or b""
    head, _blank, _body = sent_back.partition(b"\r\n\r\n")
    fields = [f"Final-Recipient: rfc822; {to}", f"Action: {action}"]
    if original:
        fields.append(f"Original-Recipient: rfc822;{original}")
    if status:
        fields.append(f"Status: {status}")
    if answer:
        fields += ["Remote-MTA: dns; mx.example.org", f"Diagnostic-Code: {answer.format(to=to)}"]
    of_message = (
        "Reporting-MTA: dns; mail.voorbeeld.nl\r\nArrival-Date: Mon, 23 Nov 2026 13:00:00 +0100\r\n\r\n"
    )
    return _report(
        report_type,
        ("text/plain; charset=us-ascii", b"I'm sorry to have to inform you that it could not be delivered."),
        ("message/delivery-status", (of_message + "\r\n".join(fields)).encode()),
        ("message/rfc822", sent_back) if whole else ("text/rfc822-headers", head),
    )


def complaint(mail: OutboundEmail, *, to: str | None = None, kind: str = "abuse") -> bytes:
    """As a provider passes on that a reader called it spam; without `to` it keeps silent about who."""
    fields = f"Feedback-Type: {kind}\r\nUser-Agent: SomeProvider/1.0\r\nVersion: 1\r\n"
    if to is not None:
        fields += f"Original-Rcpt-To: <{to}>\r\n"
    return _report(
        "feedback-report",
        ("text/plain", b"This is an email abuse report."),
        ("message/feedback-report", fields.encode()),
        ("message/rfc822", mime.build(mail)),
    )


def letter(words: str = "Dank je wel, tot donderdag.") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "sanne@example.org", "agenda@voorbeeld.nl", "Re: ja"
    message.set_content(words)
    return message.as_bytes()


def deep() -> bytes:
    """A box in a box in a box."""
    raw = b"Content-Type: multipart/report; boundary=b0\r\n\r\n"
    for number in range(4000):
        raw += b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (number, number + 1)
    return raw


def _report(report_type: str, *parts: tuple[str, bytes]) -> bytes:
    head = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mail.voorbeeld.nl (Mail Delivery System)\r\n"
        "To: agenda@voorbeeld.nl\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type={report_type};\r\n\tboundary="9B095B5AD"\r\n\r\n'
    ).encode()
    body = b"".join(
        b"--9B095B5AD\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n"
        for kind, content in parts
    )
    return head + body + b"--9B095B5AD--\r\n"
