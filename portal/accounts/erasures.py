"""Who was erased, for as long as a backup may hold them: it can be put back, and they stay erased.

A keyed digest of the address, as of the addresses that get no mail: nobody can test a list of addresses against it.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import salted_hmac

from portal.accounts.models import Erasure
from portal.common import times


def note(address: str) -> None:
    """In the transaction that erases."""
    Erasure.objects.create(digest=digest_of(address), erased_at=times.now())


def digest_of(address: str, secret: str | None = None) -> str:
    return salted_hmac(
        "accounts.erased", address.strip().lower(), secret=secret, algorithm="sha256"
    ).hexdigest()


def digests_of(address: str) -> list[str]:
    """With the current key and the older ones."""
    return [digest_of(address, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
