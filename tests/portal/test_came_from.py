"""How somebody came here travels signed, short and plain, and no page that is kept holds anything of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.http import HttpRequest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from portal import carrying
from portal.common import came_from
from tests.factories.assessments import InstrumentFactory
from tests.factories.bookings import CallTypeFactory

ELSEWHERE = "https://www.linkedin.com/feed/update/7?secret=1"
ANY_TEXT = st.text(max_size=300) | st.text(alphabet='\0\n\u202e\u200f\u2028\ufeffa é<>"&', max_size=300)


def asked(query: dict[str, str] | str = "", referrer: str = "") -> HttpRequest:
    return RequestFactory().get("/", query, headers={"Referer": referrer} if referrer else {})


# ---- what is read --------------------------------------------------------------------------------------
def test_known_words_of_a_link_and_the_origin_of_the_site_before_are_read_and_nothing_else() -> None:
    words = {"van": "blog", "utm_source": "nieuwsbrief", "utm_medium": "mail", "utm_campaign": "herfst"}
    more = {"utm_content": "knop", "utm_term": "vertrouwen"}
    noise = {"utm_id": "7", "gclid": "x", "email": "noor@voorbeeld.nl", "a": "4", "referrer": "https://x.nl"}
    found = came_from.of(asked({**words, **more, **noise}, ELSEWHERE))
    assert found == {**words, **more, "referrer": "https://www.linkedin.com"}


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "http://testserver/sleutels/?van=x",
        "android-app://com.slack/",
        "javascript:alert(1)",
        "http://[x",
        "//",
    ],
)
def test_our_own_pages_and_what_is_no_site_are_no_site_before(referrer: str) -> None:
    assert came_from.of(asked("", referrer)) == {}


def test_a_name_and_password_in_the_address_of_the_site_before_are_left_out() -> None:
    found = came_from.of(asked("", "https://noor:geheim@blog.voorbeeld.nl:8443/a"))
    assert found == {"referrer": "https://blog.voorbeeld.nl:8443"}


@given(st.dictionaries(st.sampled_from([*came_from.NAMES, "utm_id", "email"]), ANY_TEXT))
def test_whatever_stands_in_a_link_stays_short_plain_and_known(said: dict[str, str]) -> None:
    found = came_from.cleaned(said)
    assert set(found) <= set(came_from.NAMES)
    for text in found.values():
        assert 1 <= len(text) <= 100
        assert text == text.strip()
        assert not {unicodedata.category(sign) for sign in text} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert len(came_from.token(found)) <= 2000
    left = came_from.read(came_from.token(found))
    assert left.items() <= found.items()
    assert [*left] == [*found][: len(left)]  # what matters most goes along


def test_a_hundred_ordinary_signs_of_each_fit_in_an_address() -> None:
    said = {name: (name * 20)[:100] for name in came_from.NAMES}
    assert came_from.read(came_from.token(said)) == said


def test_ten_thousand_signs_and_markup_are_a_hundred_signs_of_text() -> None:
    found = came_from.of(asked({"van": "<script>alert(1)</script>" * 400, "utm_source": "é" * 10_000}))
    assert found["van"].startswith("<script>alert(1)</script>")
    assert {len(text) for text in found.values()} == {100}


def test_coming_anew_counts_and_not_what_travelled_along() -> None:
    before = came_from.token({"van": "blog"})
    assert came_from.of(asked({"via": before})) == {"van": "blog"}
    assert came_from.of(asked({"via": before, "utm_source": "mail"})) == {"utm_source": "mail"}
    assert came_from.of(asked({"via": before}, ELSEWHERE)) == {"referrer": "https://www.linkedin.com"}


# ---- what is signed ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "altered",
    [
        "", "x", "a:b:c", "é:é:é", "\0",
        signing.dumps({"van": "blog"}, salt="assessments.scan"),
        signing.dumps({"van": "blog"}, key="another site's", salt=came_from.SALT),
        signing.dumps(["van"], salt=came_from.SALT),
        came_from.token({"van": "blog"})[:-1], came_from.token({"van": "blog"}) + "A",
    ],
)  # fmt: skip
def test_what_was_altered_or_signed_elsewhere_is_nothing(altered: str) -> None:
    assert came_from.read(altered) == {}


def test_it_holds_for_a_day(clock: Any) -> None:
    signed = came_from.token({"van": "blog"})
    clock.shift(timedelta(hours=23, minutes=59))
    assert came_from.read(signed) == {"van": "blog"}
    clock.shift(timedelta(minutes=2))
    assert came_from.read(signed) == {}


# ---- how it goes along ---------------------------------------------------------------------------------
@pytest.fixture
def _site(db: None) -> None:
    InstrumentFactory()
    CallTypeFactory()


def soup(path: str, browser: Client | None = None, **headers: str) -> BeautifulSoup:
    return BeautifulSoup((browser or Client()).get(path, headers=headers).content, "html.parser")


def carried(link: str) -> dict[str, str]:
    found = re.search(r"[?]via=([^#]*)", link)
    return came_from.read(found[1]) if found else {}


@pytest.mark.usefixtures("_site")
@pytest.mark.parametrize("path", ["/sleutels/", "/en/keys/", "/sleutels/uit-handen-geven/", "/privacy/"])
def test_links_to_public_pages_take_it_along_and_no_other_links(path: str) -> None:
    page = soup(f"{path}?van=blog")
    links = [link["href"] for link in page.select("body a[href^='/']")]
    with_it = {link.partition("?")[0] for link in links if carried(link) == {"van": "blog"}}
    assert {"/en/", "/en/keys/"} <= with_it or {"/", "/sleutels/"} <= with_it
    assert with_it <= carrying.public_paths()
    assert {
        link for link in links if "via=" not in link and link.partition("#")[0] in carrying.public_paths()
    } == set()
    assert "via=" not in str(page.head)


@pytest.mark.usefixtures("_site")
def test_a_place_on_the_same_page_stays_a_place_on_the_same_page() -> None:
    hrefs = [link["href"] for link in soup("/?van=blog").select(".main-menu a")]
    assert {"#coach", "#vragen"} <= set(hrefs)
    assert "/#coach" in [link["href"] for link in soup("/").select(".main-menu a")]


@pytest.mark.usefixtures("_site")
def test_from_link_to_link_it_reaches_the_form_of_the_scan() -> None:
    browser, path = Client(), "/sleutels/benoemen-wat-er-speelt/?utm_source=mail&utm_campaign=herfst"
    for choose in (".turn a.next", ".action-row a.btn"):
        path = soup(path, browser).select_one(choose)["href"]
    field = soup(path, browser).select_one("#eerste input[name=came_from]")
    assert came_from.read(field["value"]) == {"utm_source": "mail", "utm_campaign": "herfst"}


@pytest.mark.usefixtures("_site")
@pytest.mark.parametrize("path", ["/", "/en/", "/sleutels/", "/en/keys/letting-go/"])
def test_of_two_strangers_neither_sees_how_the_other_came_and_both_get_the_kept_page(
    path: str, kept_pages: Any, clock: Any, django_assert_num_queries: Any
) -> None:
    first = soup(f"{path}?van=zeldzaam-een&utm_source=x", Referer=ELSEWHERE)
    with django_assert_num_queries(0):
        second = soup(f"{path}?van=zeldzaam-twee")
        third = soup(path)
        fourth = soup(f"{path}?via={came_from.token({'van': 'zeldzaam-vier'})}")
    found = [
        {carried(link["href"]).get("van") for link in page.select("a[href*='via=']")}
        for page in (first, second, third, fourth)
    ]
    assert found == [{"zeldzaam-een"}, {"zeldzaam-twee"}, set(), {"zeldzaam-vier"}]
    kept = repr([kept_pages.get(key.removeprefix(":1:")) for key in list(kept_pages._cache)])
    assert "via=" not in kept
    assert "zeldzaam" not in kept


@pytest.mark.usefixtures("_site")
def test_what_somebody_types_is_never_taken_for_a_link_or_the_field() -> None:
    text = "<p>&lt;a href=&quot;/&quot;&gt; &lt;input type=&quot;hidden&quot; name=&quot;came_from&quot;</p>"
    assert carrying.filled_in(text, "/x/", "token") == text


@pytest.mark.usefixtures("_site")
def test_nothing_is_put_in_where_nobody_came_from_anywhere() -> None:
    page = soup("/")
    assert page.select_one("input[name=came_from]")["value"] == ""
    assert "via=" not in str(page)
    assert "Set-Cookie" not in Client().get("/sleutels/?van=blog").headers
