"""The pages of the ten keys: complete in both languages, at an address of their own in each."""

from __future__ import annotations

import copy

import pytest
import yaml
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import checks, key_pages, summary
from assessments.instrument import InstrumentError
from assessments.key_pages import KeyPagesError, key_page
from tests.assessments.demo import NOW, content, instrument
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, UserFactory

DUTCH = {
    "naming": "benoemen-wat-er-speelt",
    "letting-go": "uit-handen-geven",
    "steady": "voorspelbaar-onder-druk",
    "clear": "heldere-verwachtingen",
    "self-honesty": "eerlijk-naar-jezelf",
    "discomfort": "ongemak-mag-er-zijn",
    "courage": "lef-belonen",
    "open": "open-kaart-spelen",
    "advance": "vertrouwen-op-voorschot",
    "recognition": "erkenning-op-maat",
}
FIELDS = ["address", "phrase", "scene", "misunderstanding", "heart"]


@pytest.fixture
def browser(visitor: Client) -> Client:
    InstrumentFactory()
    return visitor


def page_at(browser: Client, path: str) -> BeautifulSoup:
    response = browser.get(path)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


# ---- the file -----------------------------------------------------------------------------------------
def raw() -> dict:
    return copy.deepcopy(yaml.safe_load(key_pages.FILE.read_text(encoding="utf-8")))


def test_every_key_of_the_instrument_has_a_page_and_no_other_has():
    assert list(key_pages.slugs()) == [key.slug for key in instrument().keys]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("field", FIELDS)
def test_a_file_that_misses_a_text_in_one_language_is_refused(field, language):
    words = raw()
    del words["discomfort"][language][field]
    with pytest.raises(KeyPagesError, match=f"'{language}': discomfort"):
        key_pages.read(words)


@pytest.mark.parametrize("taken", ["lef-belonen", "courage"])
def test_a_file_that_gives_one_address_to_two_keys_is_refused(taken):
    words = raw()
    words["discomfort"]["nl"]["address"] = taken
    with pytest.raises(KeyPagesError, match=taken):
        key_pages.read(words)


def test_an_instrument_with_a_key_that_has_no_page_is_refused():
    changed = copy.deepcopy(dict(content()))
    changed["keys"][0]["slug"] = "charisma"
    with pytest.raises(InstrumentError, match="charisma"):
        checks.validate(changed)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", list(NOW))
def test_the_words_of_a_page_have_one_kind_of_quotation_marks_and_no_exclamation(slug, language):
    page = key_page(slug, language)
    for text in (page.scene, page.misunderstanding, page.answer, page.heart):
        assert not set(text) & set("\"'„“”!")
        assert text.count("‘") <= text.count("’")


# ---- the address --------------------------------------------------------------------------------------
def test_a_key_has_an_address_in_each_language():
    for slug, address in DUTCH.items():
        with translation.override("nl"):
            assert reverse("assessments:key", args=[slug]) == f"/sleutels/{address}/"
        with translation.override("en"):
            assert reverse("assessments:key", args=[slug]) == f"/en/keys/{slug}/"


@pytest.mark.django_db
@pytest.mark.parametrize("slug", list(NOW))
def test_both_addresses_of_a_key_name_each_other(browser, slug, settings):
    paths = {"nl": f"/sleutels/{DUTCH[slug]}/", "en": f"/en/keys/{slug}/"}
    for language, path in paths.items():
        page = page_at(browser, path)
        assert page.html["lang"] == language
        assert page.h1.text == instrument(language).key(slug).name
        assert page.find("link", rel="canonical")["href"] == settings.SITE_URL + path
        named = {link["hreflang"]: link["href"] for link in page.find_all("link", rel="alternate")}
        there = {code: settings.SITE_URL + path for code, path in paths.items()}
        assert named == {**there, "x-default": there["nl"]}
        switch = {link["hreflang"]: link["href"] for link in page.select("nav.languages a")}
        assert switch == paths


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "target"),
    [(f"/sleutels/{slug}/", f"/sleutels/{address}/") for slug, address in DUTCH.items()]
    + [(f"/en/keys/{address}/", f"/en/keys/{slug}/") for slug, address in DUTCH.items()]
    + [("/sleutels/letting-go/?utm_source=mail&x=1", "/sleutels/uit-handen-geven/?utm_source=mail&x=1")],
)
def test_an_old_address_leads_to_the_new_one_for_good(browser, asked, target):
    response = browser.get(asked)
    assert (response.status_code, response.headers["Location"]) == (301, target)
    assert browser.get(target).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/sleutels/charisma/", "/en/keys/charisma/", "/sleutels/Letting-Go/", "/sleutels/letting-go/x/"],
)
def test_a_key_that_does_not_exist_is_not_found(browser, path):
    assert browser.get(path).status_code == 404


@pytest.mark.django_db
def test_the_site_map_lists_every_key_at_its_own_address_only(browser, settings):
    listed = browser.get("/sitemap.xml").content.decode()
    for slug, address in DUTCH.items():
        assert f"<loc>{settings.SITE_URL}/sleutels/{address}/</loc>" in listed
        assert f"<loc>{settings.SITE_URL}/en/keys/{slug}/</loc>" in listed
        assert f"/sleutels/{slug}/" not in listed
        assert f"/en/keys/{address}/" not in listed


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_link_of_the_site_leads_through_a_redirect(browser, language):
    """The list of keys and the turning of pages, forwards and back."""
    with translation.override(language):
        paths = [reverse("assessments:keys"), *(reverse("assessments:key", args=[slug]) for slug in NOW)]
    for path in paths:
        for link in page_at(browser, path).select("main a[href]"):
            if "/sleutels/" in link["href"] or "/keys/" in link["href"]:
                assert browser.get(link["href"]).status_code == 200


# ---- the call -----------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("slug", list(NOW))
def test_the_page_of_a_key_leads_to_the_call(browser, slug):
    page = page_at(browser, f"/sleutels/{DUTCH[slug]}/")
    link = page.select_one("main a.go-link")
    assert (link.text.strip(), link["href"]) == ("Plan een impactcall", "/impactcall/")
    assert "ratis, over jouw sleutels. Geen verkooppraatje." in " ".join(link.parent.text.split())


@pytest.mark.django_db
def test_the_page_of_a_key_says_how_long_the_call_is_as_the_coach_set_it(browser, monkeypatch):
    monkeypatch.setattr(summary, "_call_facts", [lambda: summary.CallFacts(45, lambda: None)])
    page = page_at(browser, "/sleutels/lef-belonen/")
    assert "45 minuten, gratis, over jouw sleutels." in page.select_one("main a.go-link").parent.text


@pytest.mark.django_db
def test_the_result_shows_the_turn_above_the_mirror(client):
    scan = CompletedScanFactory(user=UserFactory())
    client.force_login(scan.user)
    page = page_at(client, reverse("assessments:result", args=[scan.public_id]))
    assert page.select_one(".mirror").find_previous_sibling("p").text == instrument().mirror_intro
