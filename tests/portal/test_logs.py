"""What a log line may say: never a secret, a person or a second line."""

from __future__ import annotations

import logging
import sys

import pytest

from portal.common import tokens
from portal.logs import MaskedFormatter

ID, TOKEN = "Ab3" * 8, tokens.make("bookings.manage", "x" * 24)


def logged(message: str, *values: object, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, values, told)
    return MaskedFormatter("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"Not Found: /u/{ID}/{TOKEN}/", "Not Found: /u/***"),
        (f"Gone: /team/antwoord/{ID}/{TOKEN}/", "Gone: /team/antwoord/***"),
        (f"Not Found: /agenda/{ID.upper()}/{TOKEN.upper()}.ics", "Not Found: /agenda/***"),
        (f"Not Found: //impactcall//{ID}//{TOKEN[:9]}/{TOKEN[9:]}", "Not Found: //impactcall//***"),
        (f"Not Found: /u/{TOKEN[:20]} {TOKEN[20:]}/", "Not Found: /u/*** ***/"),
        (f"Referer https://x.nl/u/{ID} does not match", "Referer https://x.nl/u/*** does not match"),
        (f"GET /?next=%2Fu%2F{ID} HTTP/1.1", "GET /?next=*** HTTP/1.1"),
        ("Not Found: /inloggen/code-bevestigen/", "Not Found: /inloggen/code-bevestigen/"),
        *[(plain, plain) for plain in (
            "At /x/lib/python3.11/site-packages/psycopg_pool/pool.py",
            "Task mail.sweep[3f2b0c1d-0000-4000-8000-00000000abcd] succeeded in 0.012345678901234s",
            'violates unique constraint "mail_outboundemail_lease_only_while_leased"',
        )],
        ("Refused: 550 <sanne.o'brien+x@post.voorbeeld.nl>", "Refused: 550 <***@post.voorbeeld.nl>"),
        ("At /?email=sanne%40voorbeeld.nl", "At ***@voorbeeld.nl"),
        ("The number +31612345678 is no number", "The number *** is no number"),
    ],
)  # fmt: skip
def test_a_secret_is_known_by_its_shape_wherever_it_stands(line: str, said: str) -> None:
    assert logged("%s", line) == f"WARNING {said}"


@pytest.mark.parametrize(
    "sign", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u202e", "\0"]
)
def test_what_was_sent_neither_begins_a_line_nor_hides_one(sign: str) -> None:
    line = logged("Not Found: /%s", f"{sign}2026-12-01 INFO somebody signed in")
    assert (len(line.splitlines()), sign in line) == (1, False)


def test_the_words_of_an_error_stay_below_their_line_without_the_row_of_the_database() -> None:
    try:
        try:
            raise ValueError("duplicate key\nDETAIL:  Failing row contains (1, Noor Zeldzaam, Bel\n\nmij).")
        except ValueError as first:
            raise RuntimeError(f"wrapped {TOKEN}\n2026-12-01 INFO forged") from first
    except RuntimeError:
        text = logged("It failed", error=sys.exc_info()[1])
    first_line, *below = text.splitlines()
    assert first_line == "WARNING It failed"
    assert [line for line in below if not line.startswith("  | ")] == []
    assert [word for word in ("Noor", "mij", TOKEN) if word in text] == []
    assert "RuntimeError: wrapped ***" in text
    assert "duplicate key" in text


def test_a_very_long_line_is_masked_in_no_time() -> None:
    """Nothing here looks back: twenty seconds is what a pattern that does would need many times over."""
    for sign in ("a", "/", "a-", "aB", "%41", "(:", "a@", "1.", "DETAIL:"):
        assert logged("%s", sign * 50_000)
