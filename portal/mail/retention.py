"""How long mails are kept, and what stays of them when a person is erased: nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from portal.common.names import first_name
from portal.common.retention import Rule
from portal.mail import refused
from portal.mail.models import NO_TEXT, WITH_WORDS, OutboundEmail, OutboundEmailQuerySet, RefusedAddress

# What an erasure does with the words of a mail that names somebody else; those to and from a person go whole.
ERASED: dict[type[Model], dict[str, str]] = {OutboundEmail: NO_TEXT, **refused.ERASED}
KEPT: dict[type[Model], dict[str, str]] = {
    OutboundEmail: {
        "key": "of ids, as is what it is about",
        "about": "an id",
        "data": "ids, from which a mail is written when due",
        "headers": "of ids",
        "message": "a template",
        "language": "of whom it is to",
        "to_email": "whom it is to, and not who is erased",
        "to_name": "the same",
        "reply_to": "whom it is from, and not who is erased",
        "from_email": "our own",
        "calendar_method": "REQUEST or CANCEL",
        "reason": "ours, or the mail server's",
        "stopped_by": "who of the practice stopped it",
    },
    **refused.KEPT,
}
NAMED = gettext_noop("Somebody whom it names was erased.")


def finished(before: datetime) -> OutboundEmailQuerySet:
    return OutboundEmail.objects.filter(status__in=OutboundEmail.FINAL, due_at__lt=before)


def with_words(before: datetime) -> OutboundEmailQuerySet:
    return finished(before).filter(WITH_WORDS)


def erase_words(mails: QuerySet[OutboundEmail]) -> None:
    """Deletes mails with a code. Of others the row stays without its words: that a mail left, and when."""
    mails.filter(erase_body=True).delete()
    mails.update(**NO_TEXT)


RULES = (
    Rule(
        name="mail_bodies",
        models=("mail.OutboundEmail",),
        old=with_words,
        oldest_by="due_at",
        forget=erase_words,
        words=_("The words of a mail, after it left; a code at once"),
    ),
    Rule(
        name="mail_log",
        models=("mail.OutboundEmail",),
        old=finished,
        oldest_by="due_at",
        words=_("That a mail left: to whom, when, what kind"),
    ),
    Rule(
        name="refused_addresses",
        models=("mail.RefusedAddress",),
        old=lambda before: RefusedAddress.objects.filter(created_at__lt=before),
        words=_(
            "That your mailbox takes no mail from us; after you erase everything a code in place of the address"
        ),
    ),
)


def withdraw_person(address: str) -> None:
    """Before a person is erased: cancel what has not left to or about this address.

    The mail that cancels a call is sent all the same: its time would stay in somebody's calendar. A mail that
    a worker has leased may still leave, but is not tried again.
    """
    mails = of_person(address).exclude(calendar_method="CANCEL")
    mails.filter(status=OutboundEmail.Status.LEASED).update(is_withdrawn=True)
    mails.unsent().finish(OutboundEmail.Status.CANCELLED, is_withdrawn=True)


def forget_person(address: str) -> None:
    """Erase every mail to this address and about the same matters, in the caller's transaction.

    What the erasure itself wrote still leaves (a cancellation, say), then its row goes.
    """
    of_person(address).update(is_forgotten=True, erase_body=True)
    refused.forget_person(address)
    delete_forgotten()


def forget_mentions(words: Iterable[str]) -> None:
    """Keep no words of a mail to others that names somebody by one of these names or addresses."""
    found = Q()
    for name in words:
        for word in filter(None, {name, first_name(name)}):
            for column in ERASED[OutboundEmail]:
                found |= Q(**{f"{column}__icontains": word})
    if found:
        OutboundEmail.objects.filter(found, names_people=True).unsay(NAMED)


def forget_codes(address: str) -> None:
    codes = OutboundEmail.objects.filter(to_email__iexact=address, erase_body=True, about="")
    codes.exclude(status=OutboundEmail.Status.LEASED).delete()
    codes.update(is_forgotten=True, is_withdrawn=True)


def of_person(address: str) -> OutboundEmailQuerySet:
    """Also what others get about their matters. A mail that is forgotten by itself makes nobody's matter of what it is
    about: who is erased takes no invitation of a colleague along."""
    to_person = Q(to_email__iexact=address)
    from_person = Q(reply_to__iexact=address) | Q(reply_to__icontains=f"<{address}>")
    matters = OutboundEmail.objects.filter(to_person, is_forgotten=False).exclude(about="").values("about")
    return OutboundEmail.objects.filter(to_person | from_person | Q(about__in=matters))


def delete_forgotten() -> int:
    gone = OutboundEmail.objects.filter(is_forgotten=True, status__in=OutboundEmail.FINAL)
    return gone.delete()[0]
