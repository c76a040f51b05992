from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.common import times, tokens
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests.factories.mail import OutboundEmailFactory

LEAD = "2345ABCDEFGHJKLMNPQRSTUV"
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Impactcall met Zoë\r\nEND:VCALENDAR\r\n"
INVITE = {"calendar": ICS, "calendar_method": "REQUEST"}


def row(**changed: Any) -> OutboundEmail:
    return OutboundEmailFactory.build(**changed)


def parsed(mail: OutboundEmail) -> Any:
    return message_from_bytes(mime.build(mail), policy=policy.default)


def test_the_same_row_gives_the_same_bytes() -> None:
    mail = row(**INVITE)
    assert mime.build(mail) == mime.build(mail)


def test_an_invitation_nests_as_calendars_expect() -> None:
    message = parsed(row(**INVITE))
    assert message.get_content_type() == "multipart/mixed"
    bodies, attachment = message.iter_parts()
    assert bodies.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in bodies.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(bodies.iter_parts())[-1]
    assert calendar["Content-Type"].params == {"method": "REQUEST", "charset": "UTF-8"}
    assert calendar.get_payload(decode=True) == ICS.encode()
    assert (attachment.get_content_type(), attachment.get_filename()) == ("application/ics", "invite.ics")
    assert attachment.get_payload(decode=True) == ICS.encode()


def test_a_mail_without_invitation_is_text_and_html() -> None:
    message = parsed(row())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_with_text_alone_is_plain() -> None:
    assert parsed(row(html="")).get_content_type() == "text/plain"


def test_message_id_date_and_outbox_id_come_from_the_row() -> None:
    mail = row()
    message = parsed(mail)
    assert message["Message-ID"] == f"<{mail.public_id}@voorbeeld.nl>"
    assert message["X-Outbox-Id"] == str(mail.public_id)
    assert message["Date"].datetime == mail.rendered_at.replace(microsecond=0)


def test_lines_end_in_crlf_and_stay_short_and_ascii() -> None:
    content = mime.build(row(text="Zoë " * 2000, **INVITE))
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    content.decode("ascii")


@given(st.lists(st.text("abcdé:,?…", min_size=1, max_size=30), min_size=1, max_size=12).map(" ".join))
@example("We hebben je gemist. Zullen we een nieuw moment kiezen met Jet van Dalen?")
def test_a_subject_of_any_length_begins_on_its_own_line_and_comes_back_whole(subject: str) -> None:
    mail = row(subject=subject)
    assert b"Subject: " in mime.build(mail)
    assert b"Subject:\r\n" not in mime.build(mail)
    assert parsed(mail)["Subject"] == subject


@pytest.mark.parametrize("field", ["to_name", "subject", "reply_to"])
def test_a_line_break_in_a_field_adds_no_header(field: str) -> None:
    plain = row(reply_to="Jet <jet@voorbeeld.nl>")
    hurt = row(
        **{"reply_to": "Jet <jet@voorbeeld.nl>", field: 'Jet\r\nBcc: x@example.org\u2028"<jet@voorbeeld.nl>'}
    )
    try:
        message = parsed(hurt)
    except ValueError:
        return
    assert set(message.keys()) == set(parsed(plain).keys())
    assert message["Bcc"] is None


@pytest.mark.parametrize("field", ["to_name", "subject", "reply_to"])
@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?b?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?=",  # a, a line break, Bcc: x@example.org
        "=?utf-8?b?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?= é",
        "=?us-ascii?q?a=0D=0ABcc=3A_x=40example.org?= é",
        "=?utf-8?q?=3D=3Futf-8=3Fb=3FYQ0KQmNjOiB4?= é",
        "=?us-ascii?q?a=00b?=",
        "==?utf-8?q?a=0Ab?=?= é",
    ],
)
def test_an_encoded_word_that_somebody_typed_is_only_words(field: str, name: str) -> None:
    """Python decodes what it is given as a header, and would write the line break that was hidden in it."""
    plain = row(reply_to="Jet <jet@voorbeeld.nl>")
    typed = f"{name} <jet@voorbeeld.nl>" if field == "reply_to" else name
    message = parsed(row(**{"reply_to": "Jet <jet@voorbeeld.nl>", field: typed}))
    assert message.keys() == parsed(plain).keys()
    shown = str(message[{"to_name": "To", "subject": "Subject", "reply_to": "Reply-To"}[field]])
    assert name.replace(" ", "") in shown.replace(" ", "")
    assert "\0" not in shown


def test_extra_headers_cannot_replace_the_fixed_ones() -> None:
    message = parsed(row(headers={"To": "x@example.org", "X-Portal": "a\r\nBcc: y@example.org"}))
    assert message["To"] != "x@example.org"
    assert len(message.get_all("To")) == 1
    assert message["Bcc"] is None


def test_service_mail_asks_machines_not_to_answer() -> None:
    message = parsed(row())
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Unsubscribe"] is None


def test_tips_carry_a_one_click_address_that_works_only_for_that_contact() -> None:
    mail = row(tips=True)
    raw = mime.build(mail)
    message = parsed(mail)
    token = tokens.make("leads.unsubscribe", LEAD)
    line = f"List-Unsubscribe: <http://localhost:8000/u/{LEAD}/{token}/>, <mailto:"
    assert line.encode() in raw
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] is None


def test_secret_links_are_filled_in_for_text_and_html_but_never_in_the_calendar() -> None:
    place = tokens.placeholder("bookings.manage", LEAD)
    message = parsed(row(text=place, html=f"<p>{place}</p>", calendar=place, calendar_method="REQUEST"))
    secret = tokens.make("bookings.manage", LEAD)
    text, html, calendar = next(iter(message.iter_parts())).iter_parts()
    assert text.get_content().strip() == secret
    assert html.get_content().strip() == f"<p>{secret}</p>"
    assert calendar.get_payload(decode=True).decode() == place


def test_a_domain_outside_ascii_is_written_in_its_ascii_form() -> None:
    assert parsed(row(to_email="zoe@bücher.example"))["To"].addresses[0].domain == "xn--bcher-kva.example"


@pytest.mark.parametrize("hurt", [{"to_email": "zoë@example.org"}, {"text": ""}, {"rendered_at": None}])
def test_a_row_that_cannot_be_a_mail_is_refused(hurt: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no text|ascii"):
        mime.build(row(due_at=times.now()) if not hurt else row(**hurt))


def test_a_domain_with_accents_goes_over_the_line_by_todays_rules() -> None:
    assert mime.ascii_address("zoe@faß.example") == "zoe@xn--fa-hia.example"
    assert mime.ascii_address("zoe@fass.example") == "zoe@fass.example"
