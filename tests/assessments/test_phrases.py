"""No sentence is made with the name of a key: names are clauses ('Ongemak mag er zijn'), phrases are nouns.

Names stand alone: as a heading, a label, a row of a table, a link.
"""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation

from assessments import result as results
from assessments import words
from assessments.emails import day2_tip
from assessments.instrument import Key
from assessments.scoring import score
from portal.mail.render import render
from tests.assessments.demo import NOW, answers, instrument, same_answer
from tests.assessments.test_emails import planned
from tests.assessments.walk import walk
from tests.factories.assessments import InstrumentFactory

LANGUAGES = ["nl", "en"]
ALONE = re.compile(
    r"{name}(: \d+ (van|of) 100)?|(Sleutel|Key) \d+, {name}|\d+\. {name}".replace("{name}", "NAME")
)


def breaks(sentence: str, key: Key) -> bool:
    """The name of a key stands in a sentence, where it is not a noun by itself ('trust in advance')."""
    return key.phrase.lower() != key.name.lower() and key.name.lower() in sentence.lower()


def built(sums, language):
    return results.build(instrument(language), score(instrument(language), answers(sums)))


def verdicts(sums, language):
    with translation.override(language):
        told = [words.verdict(built(sums, language), to_coach=to_coach) for to_coach in (False, True)]
    return [sentence for sentences in told for sentence in sentences]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", list(NOW))
@pytest.mark.parametrize("sums", [{"best": 15, "rest": 9}, {"best": 9, "rest": 6}], ids=["counts on", "most"])
def test_no_verdict_breaks_over_a_key(language, slug, sums):
    rest = dict.fromkeys(NOW, sums["rest"])
    other = "naming" if slug != "naming" else "open"
    for high, low in ((slug, other), (other, slug)):
        said = verdicts(rest | {high: sums["best"], low: 3}, language)
        assert len(said) == 4
        for sentence in said:
            assert not any(breaks(sentence, key) for key in instrument(language).keys), sentence
            assert sentence[0].isupper()
            assert sentence.endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pair", list(combinations(NOW, 2)), ids="+".join)
def test_two_keys_that_are_equal_are_joined_as_nouns(language, pair):
    first, second = (instrument(language).key(slug) for slug in pair)
    said = verdicts(dict.fromkeys(NOW, 9) | dict.fromkeys(pair, 4) | {_third(pair): 15}, language)
    ending = "dragen het minst." if language == "nl" else "carry least."
    joined = f"{first.phrase} {'en' if language == 'nl' else 'and'} {second.phrase} {ending}"
    assert said[1] == joined[0].upper() + joined[1:]


def _third(pair):
    return next(slug for slug in NOW if slug not in pair)


@pytest.mark.parametrize(
    ("language", "slug", "sentence"),
    [
        ("nl", "discomfort", "Ruimte voor ongemak draagt het minst."),
        ("nl", "clear", "Heldere verwachtingen dragen het minst."),
        ("nl", "naming", "Een open woord draagt het minst."),
        ("en", "discomfort", "Room for discomfort carries least."),
        ("en", "clear", "Clear expectations carry least."),
        ("en", "self-honesty", "An honest look inward carries least."),
    ],
)
def test_the_verb_has_the_number_of_the_phrase(language, slug, sentence):
    assert verdicts(dict.fromkeys(NOW, 9) | {_third([slug]): 15, slug: 3}, language)[1] == sentence


def test_the_verdict_speaks_to_the_person_and_to_the_coach_about_the_person():
    counted_on = dict.fromkeys(NOW, 9) | {"discomfort": 15, "open": 3}
    own, _least, coach, _same = verdicts(counted_on, "nl")
    assert (own, coach) == (
        "Je team kan rekenen op ruimte voor ongemak.",
        "Het team kan rekenen op ruimte voor ongemak.",
    )
    even = results.build(instrument(), score(instrument(), same_answer(4)))
    assert words.verdict(even, to_coach=True) == ["Alle sleutels dragen evenveel."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", list(NOW))
def test_no_phrase_says_whose_team_it_is_so_that_it_fits_page_mail_and_coach(language, slug):
    """'Your openness' would be the coach's own in the coach's mail."""
    assert not re.search(r"\b(je|jouw|jij|jezelf|your|yourself)\b", instrument(language).key(slug).phrase)


def loose(page: BeautifulSoup, key: Key) -> list[str]:
    """Texts in which the name of a key does not stand alone."""
    alone = re.compile(ALONE.pattern.replace("NAME", re.escape(key.name)))
    texts = [" ".join(str(text).split()) for text in page.body.find_all(string=True)]
    return [text for text in texts if breaks(text, key) and not alone.fullmatch(text)]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", list(NOW))
def test_no_sentence_or_button_of_a_result_breaks_over_a_key(visitor, language, slug):
    InstrumentFactory()
    partner = next(
        other for p in instrument().patterns if slug in p.keys for other in p.keys if other != slug
    )
    scan = walk(visitor, answers(dict.fromkeys(NOW, 11) | {slug: 4, partner: 4}))
    with translation.override(language):
        response = visitor.get(reverse("assessments:result", args=[scan.public_id]))
    page = BeautifulSoup(response.content, "html.parser")
    for key in instrument(language).keys:
        assert loose(page, key) == []
    lower = page.text.lower()
    assert instrument(language).key(slug).phrase in lower
    assert instrument(language).key(partner).phrase in lower


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["assessments:landing", "assessments:keys", *NOW])
def test_no_sentence_of_a_public_page_breaks_over_a_key(visitor, language, path):
    InstrumentFactory()
    with translation.override(language):
        url = reverse("assessments:key", args=[path]) if path in NOW else reverse(path)
        page = BeautifulSoup(visitor.get(url).content, "html.parser")
    for data in page.find_all("script"):
        data.decompose()  # for search engines: nobody sees it break
    for key in instrument(language).keys:
        assert loose(page, key) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_even", [False, True], ids=["least", "even"])
@pytest.mark.parametrize("slug", list(NOW))
def test_no_sentence_of_the_tip_breaks_over_a_key(language, slug, is_even):
    sums = dict.fromkeys(NOW, 9) if is_even else NOW | {"letting-go": 9, slug: 3}
    mail = planned(sums, language)
    parts = render(mail.message, language, day2_tip(mail), about=mail.about)
    for text in (parts.subject, parts.text, BeautifulSoup(parts.html, "html.parser").text):
        assert not any(breaks(text, key) for key in instrument(language).keys), text
    told = instrument(language).keys[0] if is_even else instrument(language).key(slug)
    assert parts.subject.endswith(told.phrase)
    assert f": {told.phrase}." in parts.text
