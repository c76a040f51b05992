"""What the doctor asks the site over its own address: how it looks from outside, told to nobody else."""

from __future__ import annotations

from django.core import signing

HEADER = "X-Portal-Probe"
SALT = "operations.probe"
SECONDS = 30


def ticket() -> str:
    return signing.dumps("doctor", salt=SALT)


def is_ticket(text: str) -> bool:
    try:
        return bool(signing.loads(text, salt=SALT, max_age=SECONDS) == "doctor")
    except signing.BadSignature:
        return False
