"""Taking a version along as a file, and bringing one back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.editor import files
from assessments.models import Instrument, checksum_of
from tests.assessments.editor.conftest import address, soup, words

pytestmark = pytest.mark.django_db
NEW = "Zeggen wat er speelt"


def changed(current: Instrument, old: str = "Benoemen wat er speelt", new: str = NEW) -> str:
    text = files.written(current.content)
    assert old in text
    return text.replace(old, new, 1)


def look(browser: Client, text: str | bytes) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return browser.post(
        address("upload"), {"file": SimpleUploadedFile("scan.yaml", data, "application/yaml")}
    )


def test_a_version_goes_along_as_a_file_and_comes_back_as_a_draft(
    practice: Client, current: Instrument
) -> None:
    answer = practice.get(address("file", current))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="team-trust-self-scan-1.1.yaml"'
    assert checksum_of(files.read(answer.content.decode(), current.content)) == current.checksum

    shown = look(practice, changed(current))
    assert shown.status_code == 200
    assert "1 tekst is anders dan in versie 1.1, die bezoekers nu krijgen." in words(shown)
    assert "[eruit: Benoemen][erbij: Zeggen] wat er speelt" in words(shown)
    assert not Instrument.objects.filter(status="draft").exists()  # looking writes nothing

    text = soup(shown).select_one("input[name=text]")["value"]  # type: ignore[index]
    for _press in range(2):
        practice.post(address("upload"), {"text": text, "take_in": "1"})
    draft = Instrument.objects.get(status="draft")
    assert (draft.version, draft.content["keys"][0]["name"]["nl"]) == ("1.2", NEW)
    assert soup(shown).select_one(".editor-checksum").text == checksum_of(  # type: ignore[union-attr]
        {**draft.content, "meta": draft.content["meta"] | {"version": "1.1"}}
    )


def test_the_look_says_what_is_still_missing_and_what_is_more_than_words(
    practice: Client, current: Instrument
) -> None:
    shown = words(
        look(practice, changed(current, "minutes: 7", "minutes: 9").replace("nl: Benoemen\n", "nl: ''\n", 1))
    )
    assert "andere antwoorden, een andere score of andere minuten" in shown.lower()
    assert "Nog leeg in het Nederlands: Benoemen wat er speelt, Korte naam." in shown


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("", "Dit bestand is leeg."),
        ("meta: 3", "Regel 1: In ‘meta’ horen te staan"),
        ("a: &a [1]\nb: *a", "Regel 1: een tekst kan niet naar een andere verwijzen"),
        (b"\xff\xfe\x00\x01", "Bewaar het als platte tekst in UTF-8"),
        (b"x" * 300_000, "groter dan 200 kB"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_writes_nothing(
    practice: Client, current: Instrument, file: str | bytes, sentence: str
) -> None:
    answer = look(practice, file)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "Er is niets ingelezen." in words(answer)
    assert Instrument.objects.count() == 1


def test_without_a_file_or_with_another_text_in_between_nothing_is_taken_in(
    practice: Client, current: Instrument
) -> None:
    for data in ({}, {"take_in": "1"}, {"take_in": "1", "text": "meta: 3"}, {"take_in": "1", "text": "a\0b"}):
        answer = practice.post(address("upload"), data)
        assert answer.status_code == 422
        assert soup(answer).select(".errorlist, .errornote")
    assert Instrument.objects.count() == 1


def test_a_coach_takes_a_file_along_and_brings_none_back(coach: Client, current: Instrument) -> None:
    assert coach.get(address("file", current)).status_code == 200
    assert coach.get(address("upload")).status_code == 403
    assert look(coach, changed(current)).status_code == 403
