"""Public ids: what stands in an address instead of a row number."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LENGTH = 24  # 57 signs: log2(57) * 24 = 140 bits, above the 128 that OWASP ASVS 11.5.1 asks for


def new_public_id() -> str:
    """A random id of 24 signs without look-alikes (140 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_public_id(text: str) -> bool:
    return len(text) == LENGTH and set(text) <= set(ALPHABET)


class PublicIdConverter:
    """URL converter `<public_id:…>`; anything else is simply no match (404)."""

    regex = f"[{ALPHABET}]{{{LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
