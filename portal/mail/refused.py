"""Addresses that get no mail: because it comes back, because it was reported as unwanted, or by the coach's hand.

Asked in one place, by whoever sends (`delivery`), of every mail of either kind. Codes still leave: whoever asks
for one sits at that mailbox now, and when it is typed the mailbox takes mail after all.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from portal.mail import names
from portal.mail.models import OutboundEmail, RefusedAddress

Why = RefusedAddress.Why
REASONS = {
    Why.BOUNCE: gettext_noop("Mail to this address comes back."),
    Why.COMPLAINT: gettext_noop("Mail to this address was reported as unwanted."),
    Why.HAND: gettext_noop("You noted that this address gets no mail."),
}
# Enhanced status codes (RFC 3463, and Microsoft's 5.4.x) that are about the address: there is no such mailbox or
# domain, or it is closed. A full mailbox, a message too large or mail that is not trusted say nothing about it.
OF_THE_ADDRESS = re.compile(r"5\.(0\.0|1\.([0-6]|10)|2\.[01]|4\.(1|4|310))")
ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
NO_SUCH_MAILBOX = re.compile(r"\b(550|551|553)\b")  # of a server that gives no enhanced code


def why_not(mail: OutboundEmail) -> str:
    """Why this mail may not leave, or ''."""
    if names.name_of(mail.message).is_code:
        return ""
    row = find(mail.to_email)
    return REASONS[Why(row.why)] if row else ""


def find(address: str) -> RefusedAddress | None:
    return of(address).first()


def of(address: str) -> QuerySet[RefusedAddress]:
    return RefusedAddress.objects.filter(digest__in=digests_of(address))


def among(addresses: Collection[str]) -> set[str]:
    """Those of them that get no mail, in lower case. One query."""
    by_digest = {digest: one.lower() for one in addresses for digest in digests_of(one)}
    found = RefusedAddress.objects.filter(digest__in=by_digest).values_list("digest", flat=True)
    return {by_digest[digest] for digest in found}


def refuse(address: str, why: Why, *, reason: str = "", by: str = "") -> bool:
    """Keep mail from leaving to this address. False when none did already, or when it is one of our own: who runs
    the practice is never cut off from it."""
    email = address.strip().lower()
    if is_own(email) or find(email) is not None:
        return False
    _row, is_new = RefusedAddress.objects.get_or_create(
        digest=digest_of(email),
        defaults={"email": email, "why": why, "reason": reason[:300], "by": by[:254]},
    )
    return is_new


def allow(address: str) -> bool:
    """Mail may leave again, by the coach's hand."""
    return bool(of(address).delete()[0])


def allow_again(row: RefusedAddress) -> bool:
    return bool(RefusedAddress.objects.filter(pk=row.pk).delete()[0])


def note_proof(address: str) -> None:
    """Somebody typed a code that was mailed there: what came back before says nothing any more."""
    of(address).filter(why=Why.BOUNCE).delete()


def forget_person(address: str) -> None:
    """After an erasure only the digest stays: mail that comes back is not tried anew, nor a wish forgotten."""
    of(address).update(**ERASED[RefusedAddress])


ERASED: dict[type[Model], dict[str, str]] = {RefusedAddress: {"email": "", "reason": ""}}
KEPT: dict[type[Model], dict[str, str]] = {
    RefusedAddress: {"digest": "a digest of the address", "by": "who of the practice noted it"}
}


def is_of_the_address(status: str, answer: str, *, is_recipient: bool = True) -> bool:
    """Whether a final refusal says that the address takes no mail: by its enhanced status code ('5.1.1', may be
    empty), or else by the server's answer, given to the recipient's address and not to what was written."""
    found = ENHANCED.search(answer)
    if (not status or status == "5.0.0") and found:
        status = found[1]
    if status and status != "5.0.0":
        return OF_THE_ADDRESS.fullmatch(status) is not None
    code = re.search(r"\b[245]\d\d\b", answer)
    if code:
        return is_recipient and NO_SUCH_MAILBOX.fullmatch(code[0]) is not None
    return status == "5.0.0"


def is_own(email: str) -> bool:
    staff = get_user_model().objects.filter(email=email, is_staff=True)
    return email == settings.COACH_EMAIL.lower() or staff.exists()


def digest_of(address: str, secret: str | None = None) -> str:
    return salted_hmac("mail.refused", address.strip().lower(), secret=secret, algorithm="sha256").hexdigest()


def digests_of(address: str) -> list[str]:
    """With the current key and the older ones."""
    return [digest_of(address, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
