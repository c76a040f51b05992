"""What a copy of everything holds of mails: those to a person. The coach reads no codes, tips or private ones."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.common import tokens
from portal.common.export import Section, unsaid
from portal.mail import names
from portal.mail.models import OutboundEmail, OutboundEmailQuerySet, RefusedAddress

SERVICE = OutboundEmail.Kind.SERVICE


def to(email: str) -> OutboundEmailQuerySet:
    return OutboundEmail.objects.filter(to_email__iexact=email)


def refusals(email: str) -> QuerySet[RefusedAddress]:
    return RefusedAddress.objects.filter(email__iexact=email)


SECTIONS = (
    Section(
        name="mails",
        words=_("mails"),
        rows=to,
        for_coach=lambda email: (
            to(email).filter(kind=SERVICE, erase_body=False).exclude(message__in=names.private())
        ),
        left_out={
            "lease_until": "whose turn it is to send it",
            "lease_token": "the same",
            "public_id": "random",
            "key": "of ids",
            "html": "the same words, with their layout",
            "headers": "of ids",
            "about": "an id",
            "sequence": "a version",
            "data": "ids, from which it is written when due",
            "erase_body": "how we go about it",
            "names_people": "the same",
            "attempts": "the same",
            "own_errors": "the same",
            "is_withdrawn": "the same",
            "is_forgotten": "the same",
            "stopped_by": "who of the practice did so",
        },
        said=lambda rows: {
            "message": lambda mail: str(names.name_of(mail.message).words),
            "text": lambda mail: tokens.hide(mail.text),
            "calendar": lambda mail: str(_("yes")) if mail.calendar else "",
            "calendar_method": unsaid,
        },
        called={"message": _("which mail")},
    ),
    Section(
        name="refused_addresses",
        words=_("addresses without mail"),
        rows=refusals,
        for_coach=refusals,
        left_out={"digest": "a digest of the address", "by": "who of the practice noted it"},
    ),
)
