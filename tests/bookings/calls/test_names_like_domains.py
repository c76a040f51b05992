"""A name like a bare domain is nobody's to refuse, and no mail program's to make a link of."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from django.db import transaction

from bookings.calls.emails import messages
from portal.common.names import clean_name, first_name, unlinked
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests.bookings.people import with_words
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import BookingFactory

NAMES = [
    "evil.com",
    "Piet evil.com",
    "evil.co.uk",
    "www2.evil.nl",
    "évil.com",
    "evil.рф",
    "evil。com",
    "EVIL.COM",
]
PLAIN = [
    "Sanne Vermeer",
    "J.P. de Vries",
    "J. de Vries",
    "Bas Hoekstra Ph.D",
    "A.B.C. Jansen",
    "Jansen, Piet",
]
DOMAIN = re.compile(r"\w[.。．｡][^\W\d_]{2}")


@pytest.mark.parametrize("name", NAMES)
def test_such_a_name_is_accepted_and_made_harmless(name: str) -> None:
    assert clean_name(name) == name
    assert not DOMAIN.search(unlinked(name))
    assert not DOMAIN.search(first_name(name))
    assert unlinked(name).replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize("name", PLAIN)
def test_other_names_stay_as_they_are(name: str) -> None:
    assert unlinked(name) == name


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_no_mail_about_a_call_has_it_as_a_domain(name: str) -> None:
    InstrumentFactory()
    booking = BookingFactory(name=name, email="sanne@voorbeeld.example", remark="")
    with transaction.atomic():
        messages.send_confirmed(booking, "invitee")
        messages.send_moved(booking, "invitee")
        messages.send_cancelled(booking, "invitee")
    OutboundEmail.objects.update(send_after="2020-01-01T00:00Z", expires_at=None)
    written = 0
    for mail in map(with_words, OutboundEmail.objects.all()):
        if not mail.is_rendered:
            continue
        written += 1
        message = message_from_bytes(mime.build(mail), policy=policy.default)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        for words in (
            message["Subject"],
            message["To"].addresses[0].display_name,
            mail.text,
            mail.html,
            *map(str, parts),
        ):
            assert name.split()[-1].lower() not in str(words).lower()
    assert written >= 6
