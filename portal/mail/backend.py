"""Django's EMAIL_BACKEND: mail that others send (allauth, Django, packages) becomes a row like our own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from portal.common import times
from portal.common.names import clean_line
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.names import OF_OTHERS


class OutboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row for each recipient; the words are erased after sending, for they may hold a code."""
        with transaction.atomic():
            for message in email_messages:
                key = message.extra_headers.get("Message-ID") or str(uuid.uuid4())
                recipients = message.recipients()
                outbox.enqueue(*(row_for(message, to, key=f"others:{key}:{to}") for to in recipients))
        return len(email_messages)


def row_for(message: EmailMessage, recipient: str, *, key: str) -> OutboundEmail:
    name, address = parseaddr(recipient)
    at = times.now()
    return outbox.addressed(
        key=key[:200],
        kind=OutboundEmail.Kind.SERVICE,
        message=OF_OTHERS,
        language=(get_language() or settings.LANGUAGE_CODE)[:2],
        to_email=address,
        to_name=name,
        reply_to=", ".join(message.reply_to)[:320],
        from_email=message.from_email or settings.DEFAULT_FROM_EMAIL,
        subject=clean_line(str(message.subject))[:250],
        text=str(message.body) or "\n",
        html=html_of(message),
        erase_body=True,
        send_after=at,
        rendered_at=at,
    )


def html_of(message: EmailMessage) -> str:
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    return next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
