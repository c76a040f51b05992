"""Cleaning what people type as a name, a line or a domain, before it reaches a header or a calendar file."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_NAME = 80
LINK = re.compile(r"https?:|www\.|://|\.[a-z]{2,}/", re.IGNORECASE)
DIGITS = re.compile(r"\d")
SIGNS = (*'@:"<>', "=?")  # the last begins an encoded word; a comma is a name's, "Jansen, Piet"
DOT = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")  # as in evil.com; not as in J.P. or Ph.D
TITLE = re.compile(r"(?:[BM](?:A|Sc|BA|Ed)|LL[BM]|Ph\.?D|drs|ir|ing|mr|jr|sr|I{1,3})\.?", re.IGNORECASE)


def clean_line(text: str) -> str:
    """NFC, one line, single spaces, no control or bidirectional signs (categories Cc, Cf, Cs, Co, Zl, Zp)."""
    text = unicodedata.normalize("NFC", text)
    kept = (" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in text)
    kept = (sign for sign in kept if unicodedata.category(sign) not in {"Cf", "Cs", "Co"})
    return " ".join("".join(kept).split())


def clean_text(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_line(line) for line in lines).strip()


def clean_name(text: str) -> str:
    """A display name that may stand in a mail to an unproven address.

    Raises ValidationError for links, long digit runs and signs that mean something in a mail header.
    """
    name = clean_line(text)
    if not name:
        raise ValidationError(_("Tell us your name."))
    if len(name) > MAX_NAME:
        raise ValidationError(
            _("That name is too long. Use at most %(count)d characters.") % {"count": MAX_NAME}
        )
    if LINK.search(name) or len(DIGITS.findall(name)) >= 4 or any(sign in name for sign in SIGNS):
        raise ValidationError(_("Just your name, please: no links, addresses or numbers."))
    return name


def ascii_domain(domain: str) -> str:
    """A domain as it goes over the line (IDNA 2008, so that `faß.nl` and `fass.nl` stay two). Raises
    UnicodeError for what cannot be one."""
    if domain.isascii():
        return domain.encode("idna").decode()  # checks lengths only: numbers and underscores stay
    return idna.encode(domain, uts46=True).decode()


def mailbox(typed: str) -> str:
    """An address as it is kept and mailed to, however it was typed: lower case, the domain in ASCII. Raises
    UnicodeError for what cannot be one."""
    name, at, domain = typed.strip().lower().rpartition("@")
    return f"{name}{at}{ascii_domain(domain)}"


def is_mailbox(typed: str, address: str) -> bool:
    with suppress(UnicodeError):
        return mailbox(typed) == address
    return False


def first_name(name: str) -> str:
    """What somebody is called by: the first word, or the first after the comma in 'Jansen, Piet'."""
    last, comma, rest = name.rpartition(",")
    is_turned = comma and rest.strip() and not TITLE.fullmatch(rest.strip())
    words = (rest if is_turned else last or name).replace(",", " ").split()
    return unlinked(words[0]) if words else ""


def unlinked(name: str) -> str:
    """A name of which no mail program makes a link: "evil.com" reads "evil. com"."""
    return DOT.sub(lambda dot: f"{dot[0]} ", name)
