"""What differs between two contents: words, and more than words. No database."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.editor import fields
from assessments.editor.differences import beyond_words, changes, parts
from assessments.key_pages import LANGUAGES
from portal.common.names import clean_line, clean_text
from tests.assessments.demo import content

SENTENCES = st.lists(st.sampled_from(["ik", "zeg", "het", "niet", "hardop,", " ", "\n"]), max_size=12).map(
    " ".join
)


def changed(change: Any) -> dict[str, Any]:
    copied = copy.deepcopy(dict(content()))
    change(copied)
    return copied


@given(SENTENCES, SENTENCES)
@settings(max_examples=60, deadline=None)
def test_both_texts_can_be_read_back_from_the_parts(was: str, now: str) -> None:
    found = parts(was, now)
    assert "".join(part.words for part in found if part.sign != "new") == was
    assert "".join(part.words for part in found if part.sign != "gone") == now


def test_only_the_words_that_differ_are_marked() -> None:
    found = parts("Ik zeg het hardop.", "Ik zeg dat hardop.")
    assert [(part.sign, part.words) for part in found] == [
        ("same", "Ik zeg "),
        ("gone", "het"),
        ("new", "dat"),
        ("same", " hardop."),
    ]


def test_a_change_names_its_section_its_text_and_its_language() -> None:
    def reword(inside: dict[str, Any]) -> None:
        inside["keys"][1]["actions"][0]["en"] = "Hand over one task."

    (found,) = changes(content(), changed(reword))
    assert (found.section, found.text.name, found.text.number, found.language) == (
        "letting-go",
        "action",
        1,
        "en",
    )
    assert beyond_words(content(), changed(reword)) == []


def test_straight_quotes_of_an_old_version_are_no_change() -> None:
    found = [*changes(content("1.0"), content())]
    assert found
    assert not any("'" in part.words for one in found for part in one.parts)


def test_a_key_that_moved_is_compared_with_itself() -> None:
    def swap(inside: dict[str, Any]) -> None:
        inside["keys"][0], inside["keys"][1] = inside["keys"][1], inside["keys"][0]

    assert [*changes(content(), changed(swap))] == []
    assert beyond_words(content(), changed(swap)) == [("keys", ())]


def reverse_another(inside: dict[str, Any]) -> None:
    for item, flag in zip(inside["keys"][2]["items"], (True, False, False), strict=True):
        item["reverse"] = flag


def swap_two(inside: dict[str, Any]) -> None:
    pages = inside["presentation"]
    pages[0][0], pages[0][1] = pages[0][1], pages[0][0]


def take_other_minutes(inside: dict[str, Any]) -> None:
    inside["meta"]["minutes"] = 8


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (reverse_another, ("reversed", ("steady",))),
        (swap_two, ("order", ("2",))),
        (take_other_minutes, ("meta", ())),
    ],
)
def test_what_is_more_than_words_has_a_name(change: Any, found: Any) -> None:
    assert beyond_words(content(), changed(change)) == [found]


def test_every_text_of_the_scan_stands_in_one_section_and_saving_it_as_it_is_changes_nothing() -> None:
    counted: list[Any] = []

    def count(inside: Any, path: Any = ()) -> None:
        for name, one in inside.items() if isinstance(inside, dict) else enumerate(inside):
            if name == "nl":
                counted.append(path)
            elif isinstance(one, (dict, list)):
                count(one, (*path, name))

    count(dict(content()))
    every = [text for _section, text in fields.every_text(content())]
    assert sorted(map(str, counted)) == sorted(str(text.path) for text in every)
    for text in every:
        for code in LANGUAGES:
            words = fields.at(content(), text.path)[code]
            assert (clean_line if text.is_short else clean_text)(words) == words
