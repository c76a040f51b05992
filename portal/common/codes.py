"""Reading a code as people type and paste it: in any case, with any dash, or with the line around it."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200  # signs: a whole subject line fits
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # what a mailed code is made of: no vowels, so that no word looks like one
DASHES = "\N{MINUS SIGN}_"  # besides what Unicode itself calls a dash
# The surest first: a mailed code with its dash and without, a recovery code, a code of an app.
SHAPES = tuple(
    re.compile(rf"(?<![^\W_])(?<!\d[ -])(?:{shape})(?![^\W_])(?![ -]\d)")
    for shape in (
        rf"[{LETTERS}]{{4}} ?- ?[{LETTERS}]{{4}}",
        rf"[{LETTERS}]{{4}} ?[{LETTERS}]{{4}}",
        r"\d{4} ?-? ?\d{4}",
        r"\d{3} ?-? ?\d{3}",
    )
)


class SeveralCodesError(ValueError):
    """More than one code stands in the text, and nothing says which is meant."""


def read_code(text: str) -> str:
    """The code in a text, as its capitals and figures alone; the whole text when no code stands out in it.

    Raises SeveralCodesError.
    """
    line = _plain(text[:LONGEST])
    for shape in SHAPES:
        found = {_signs(match) for match in shape.findall(line)}
        if len(found) > 1:
            raise SeveralCodesError(text)
        if found:
            return found.pop()
    return _signs(line)


def _plain(text: str) -> str:
    """Capitals and figures of ordinary form, one kind of dash, single spaces, nothing that cannot be seen."""
    shown = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    shown = (str(unicodedata.decimal(sign, sign)) for sign in shown)
    dashed = ("-" if unicodedata.category(sign) == "Pd" or sign in DASHES else sign for sign in shown)
    return " ".join("".join(dashed).upper().split())


def _signs(line: str) -> str:
    return "".join(sign for sign in line if sign.isalnum())
