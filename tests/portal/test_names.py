"""What people are called, and what no name is."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from portal.common.names import MAX_NAME, clean_name, first_name, unlinked
from portal.mail import mime
from tests.bookings.domain.test_ics import event, invite
from tests.factories.mail import OutboundEmailFactory

NAMES = [
    "Jansen, Piet", "Jansen, P. (Piet)", "J.P. (Piet) Jansen", "Sean O'Neil", "Sean O’Neil",
    "van der Berg-Smit", "José Núñez", "Þór Björnsson", "Ngũgĩ wa Thiong'o", "李雷", "Nguyễn Văn A",
    "عمر بن محمد", "Anna & Bas", "Piet Jansen; MSc", "Piet Jansen, MSc", "Louis XIV", "Pieter 3", "Ö",
    "X Æ A-12", "Vries, de, Jan", "Müller-Lüdenscheidt, Dr. Hans-Jürgen Friedrich Wilhelm",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_people_are_called_is_a_name(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "", "  ", "\N{ZERO WIDTH SPACE}", "https://spam.example", "www.spam.example", "spam.example/x",
        "Bel 0612345678", "piet@voorbeeld.nl", "Bcc: x", 'Jan "Piet" Jansen', "<b>Piet</b>", "=?utf-8?b?YQ?=",
        "x" * (MAX_NAME + 1),
    ],
)  # fmt: skip
def test_links_addresses_numbers_and_marks_of_a_header_are_no_name(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)


def test_line_breaks_and_direction_marks_are_taken_out() -> None:
    assert clean_name("Piet\r\nBcc,\N{RIGHT-TO-LEFT OVERRIDE} x") == "Piet Bcc, x"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Sanne Vermeer", "Sanne"), ("Jansen, Piet", "Piet"), ("Jansen,Piet", "Piet"), ("Jansen,", "Jansen"),
        ("van der Berg, Jan Willem", "Jan"), ("Vries, de, Jan", "Jan"), ("Piet Jansen, MSc", "Piet"),
        ("Piet Jansen, Ph.D.", "Piet"), (", Piet", "Piet"), (",", ""), ("", ""), ("李雷", "李雷"),
    ],
)  # fmt: skip
def test_the_first_name_of_a_turned_name_stands_after_the_comma(name: str, called: str) -> None:
    assert first_name(name) == called


def accepted(text: str) -> str:
    try:
        return clean_name(text)
    except ValidationError:
        return ""


SIGNS = st.text(st.sampled_from("abZ é李,;'()\\.&/-[]`!|=?\t\r\n\u202e\u2028"), min_size=1, max_size=90)


@given(SIGNS.map(accepted).filter(bool))
@example("Jansen, Piet")
@example("Jánsen, Píet")
@example("Müller-Lüdenscheidt, Dr. Hans-Jürgen (Friedrich) Wilhelm, de oudere, de jongere")
@example("Muller-Ludenscheidt, Dr. Hans-Jurgen (Friedrich) Wilhelm, de oudere, de jongere")
@example("O'Neil (Piet), J.P.; MSc \\")
@example("Z.aa")  # no mail program may make a link of it
def test_every_name_stands_in_a_mail_and_in_a_calendar_as_one_person(name: str) -> None:
    content = mime.build(OutboundEmailFactory.build(to_name=name, to_email="piet@voorbeeld.nl"))
    message = message_from_bytes(content)  # the newer parser puts a space between two encoded words
    people = [
        (str(make_header(decode_header(one))), address) for one, address in getaddresses([message["To"]])
    ]
    assert people == [(unlinked(name), "piet@voorbeeld.nl")]
    assert (message["Bcc"], len(message.get_all("To", []))) == (None, 1)
    attendee = event(invite(attendee_name=name))["attendee"]  # one: several would be a list
    assert attendee.params["CN"] == name.replace("\\", "/")
