"""Variables in a text of the coach: found wrong when it is saved, filled in without being carried out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.leads.sequences import texts
from portal.leads.sequences.texts import Problem

KNOWN = {"voornaam", "sleutel"}
plain_text = st.text(alphabet=st.characters(exclude_characters="{}", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hallo {voornaam}, over {sleutel}.", []),
        ("Hallo { Voornaam }.", []),
        ("Hallo {voornam}.", [Problem("{voornam}", is_unknown=True)]),
        ("Hallo {voornaam.", [Problem("Hallo {voornaam.", is_unknown=False)]),
        ("Hallo voornaam}.", [Problem("Hallo voornaam}.", is_unknown=False)]),
        ("Leeg: {}", [Problem("Leeg: {}", is_unknown=False)]),
        ("{% load i18n %}", [Problem("{% load i18n %}", is_unknown=True)]),
        ("{voornaam.__class__}", [Problem("{voornaam.__class__}", is_unknown=True)]),
        ("{x} en nog eens {x}", [Problem("{x}", is_unknown=True)]),
        (
            "Over {\nregels}",
            [Problem("Over { regels}", is_unknown=False), Problem("{ regels}", is_unknown=False)],
        ),
    ],
)
def test_what_cannot_be_filled_in_is_named(text, found):
    assert texts.problems(text, KNOWN) == found


def test_a_text_of_nothing_but_braces_is_read_at_once():
    began = time.process_time()
    assert texts.problems("{" * 200_000, KNOWN)
    assert time.process_time() - began < 5


def test_two_pairs_of_braces_are_one_too_many():
    assert [one.is_unknown for one in texts.problems("{{ voornaam }}", KNOWN)] == [False, False]


def test_a_value_is_text_and_is_not_read_again():
    assert texts.fill("Dag {voornaam}", {"voornaam": "{sleutel}", "sleutel": "geheim"}) == "Dag {sleutel}"


def test_an_empty_value_takes_its_space_along():
    assert texts.fill("Hallo {voornaam}, welkom", {"voornaam": ""}) == "Hallo, welkom"


def test_a_text_that_was_found_good_can_always_be_filled_in():
    @given(
        st.lists(
            st.one_of(plain_text, st.sampled_from(["{voornaam}", "{ SLEUTEL }", "{onbekend}", "{", "}"]))
        )
    )
    def holds(parts: list[str]) -> None:
        text = "".join(parts)
        if not texts.problems(text, KNOWN):
            filled = texts.fill(text, {"voornaam": "Noor", "sleutel": "openheid"})
            assert "{" not in filled
            assert texts.names(text) <= KNOWN

    holds()


def test_filling_in_keeps_every_other_sign():
    @given(plain_text, st.text(min_size=1), plain_text)
    def holds(before: str, value: str, after: str) -> None:
        assert texts.fill(f"{before}{{voornaam}}{after}", {"voornaam": value}) == before + value + after

    holds()


def test_paragraphs_quotes_and_links():
    found = texts.paragraphs("Hoi\ndaar\n\n> Doe dit\n\n\nZie https://x.nl/a nu", {"https://x.nl/a"})
    assert [(one.is_quote, one.plain) for one in found] == [
        (False, "Hoi\ndaar"),
        (True, "    Doe dit"),
        (False, "Zie https://x.nl/a nu"),
    ]
    assert [part.is_link for part in found[2].lines[0]] == [False, True, False]


def test_an_address_that_is_not_a_variable_is_no_link():
    (only,) = texts.paragraphs("Zie https://x.nl/a", {"https://y.nl/"})
    assert [part.is_link for part in only.lines[0]] == [False]
