from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from assessments.checks import validate
from assessments.instrument import InstrumentError, parse
from tests.assessments.demo import content, instrument

Break = Callable[[dict[str, Any]], None]


def broken(change: Break) -> dict[str, Any]:
    copied = copy.deepcopy(dict(content()))
    change(copied)
    return copied


def test_the_shipped_instrument_is_valid():
    validate(content())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_parse_gives_thirty_items_on_six_pages_of_five_in_the_order_of_presentation(language):
    parsed = parse(content(), language)
    assert [len(page) for page in parsed.pages] == [5] * 6
    assert [item.id for item in parsed.items] == [i for page in content()["presentation"] for i in page]
    assert [item.number for item in parsed.items] == list(range(1, 31))
    assert [item.page for item in parsed.items] == [page for page in range(1, 7) for _ in range(5)]


def test_parse_gives_the_ten_keys_in_their_order():
    assert [(key.number, key.slug) for key in instrument().keys] == [
        (1, "naming"),
        (2, "letting-go"),
        (3, "steady"),
        (4, "clear"),
        (5, "self-honesty"),
        (6, "discomfort"),
        (7, "courage"),
        (8, "open"),
        (9, "advance"),
        (10, "recognition"),
    ]


def test_parse_reads_each_text_in_the_asked_language():
    dutch, english = instrument("nl"), instrument("en")
    assert (dutch.name, english.name) == ("Zelfscan teamvertrouwen", "Team trust self-scan")
    assert (dutch.keys[1].name, english.keys[1].name) == ("Uit handen geven", "Truly letting go")
    assert dutch.keys[1].phrase == "ruimte om het zelf te doen"
    assert dutch.options[0].label == "(Bijna) nooit"
    assert english.not_applicable.label == "Did not come up"
    assert [item.id for item in dutch.items] == [item.id for item in english.items]


def test_parsed_values_are_frozen_and_equal():
    assert parse(content(), "nl") == instrument("nl")
    with pytest.raises(AttributeError):
        instrument().keys[0].name = "Iets anders"


def test_a_key_is_found_by_its_slug():
    assert instrument().key("advance").number == 9
    with pytest.raises(KeyError):
        instrument().key("charisma")


def drop_english_item_text(content: dict[str, Any]) -> None:
    del content["keys"][3]["items"][1]["self"]["en"]


def blank_dutch_feedback(content: dict[str, Any]) -> None:
    content["keys"][0]["feedback"]["mid"]["nl"] = "  "


def reverse_a_second_item(content: dict[str, Any]) -> None:
    content["keys"][0]["items"][0]["reverse"] = True


def drop_a_key(content: dict[str, Any]) -> None:
    content["keys"].pop()


def open_with_a_reversed_item(content: dict[str, Any]) -> None:
    page = content["presentation"][0]
    page[0], page[4] = page[4], page[0]


def show_a_key_twice_on_a_page(content: dict[str, Any]) -> None:
    pages = content["presentation"]
    pages[0][1], pages[5][1] = pages[5][1], pages[0][1]  # self-honesty_2 and self-honesty_1 on page 1


def show_an_item_twice(content: dict[str, Any]) -> None:
    content["presentation"][2][0] = content["presentation"][0][0]


def shorten_a_page(content: dict[str, Any]) -> None:
    content["presentation"][2].pop()


def use_a_key_in_two_patterns(content: dict[str, Any]) -> None:
    content["patterns"][0]["keys"][0] = "clear"


def change_the_scale(content: dict[str, Any]) -> None:
    content["meta"]["scale"]["options"][0]["value"] = 0


def score_what_did_not_come_up(content: dict[str, Any]) -> None:
    content["meta"]["scale"]["not_applicable"]["value"] = 0


def forget_the_scale(content: dict[str, Any]) -> None:
    del content["meta"]["scale"]


def claim_another_rule(content: dict[str, Any]) -> None:
    content["meta"]["scoring"]["min_valid_keys"] = 5


def pulse_with_a_side_item(content: dict[str, Any]) -> None:
    content["pulse"][0] = "naming_2"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (drop_english_item_text, "A text is missing in 'en': clear_2: self."),
        (blank_dutch_feedback, "A text is missing in 'nl': naming: feedback mid."),
        (reverse_a_second_item, "Key naming needs exactly one reversed item."),
        (drop_a_key, "There are 10 keys, each with its own slug."),
        (open_with_a_reversed_item, "Page 1 opens with a reversed item."),
        (
            show_a_key_twice_on_a_page,
            "Item self-honesty_2 stands less than 6 places from another item of self-honesty.",
        ),
        (show_an_item_twice, "The presentation shows every item exactly once."),
        (shorten_a_page, "The presentation has 6 pages of 5 items."),
        (use_a_key_in_two_patterns, "The patterns pair the keys, each key exactly once."),
        (change_the_scale, "The scale has the values 1 to 5 in order."),
        (score_what_did_not_come_up, "'Did not come up' is stored as nothing (null)."),
        (forget_the_scale, "Something is missing or has the wrong shape: 'scale'."),
        (claim_another_rule, "The scoring rules of the content differ from those of the program."),
        (pulse_with_a_side_item, "The pulse is the core item of every key."),
    ],
)
def test_validate_refuses_content_with_a_sentence(change, sentence):
    with pytest.raises(InstrumentError) as error:
        validate(broken(change))
    assert str(error.value) == sentence


def test_validate_refuses_something_that_is_no_instrument_at_all():
    for nonsense in ({}, {"meta": None}, {"meta": []}, {"meta": {}, "keys": 3}):
        with pytest.raises(InstrumentError):
            validate(nonsense)


def test_a_page_with_three_reversed_items_is_refused():
    content_ = broken(lambda content: None)
    content_["presentation"][1] = ["recognition_1", "open_3", "naming_3", "advance_3", "courage_1"]
    content_["presentation"][4][4] = "naming_2"
    with pytest.raises(InstrumentError, match="Page 2 has more than 2 reversed items"):
        validate(content_)
