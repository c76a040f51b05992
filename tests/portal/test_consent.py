"""The words somebody agreed to stay provable: a version never changes, a change is a new one."""

from __future__ import annotations

import hashlib

import pytest

from portal.leads import consent

HASHES = {  # sha256 of what people agreed to: add a line for a new version, never change one
    ("tips", "2026-11", "nl"): "b5d8b458f80323722c4ca62e7bbd4b0c4fcaef3ba649edb1b370dae2b0eb7986",
    ("tips", "2026-11", "en"): "a7f19b253d4f4003f926f9001f2ef23b4986bc46cef7e754706c24a24c9c5f79",
    ("tips", "2026-12", "nl"): "268e4da1c0b9737dc72aab7930e545eabc63b5e7f30cfcbb44b98e8fbb405f9a",
    ("tips", "2026-12", "en"): "239c193de8c7244433715f9cd14ea296a9636794dc2a0967ead14997030949be",
}


def test_every_version_that_was_ever_shown_still_has_the_same_words() -> None:
    shown = {
        (purpose, version, language): hashlib.sha256(words.encode()).hexdigest()
        for (purpose, version), texts in consent.TEXTS.items()
        for language, words in texts.items()
    }
    assert shown == HASHES


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("nl", ("een paar dagen na mijn scan", "één tip", "het minst draagt", "één klik")),
        ("en", ("a few days after my scan", "one tip", "carries least", "One click")),
    ],
)
def test_the_text_of_today_says_what_comes_when_and_how_it_stops(
    language: str, parts: tuple[str, ...]
) -> None:
    told = consent.text(consent.TIPS, language)
    assert [part for part in parts if part not in told] == []
