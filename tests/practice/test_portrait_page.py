"""The page on which a coach chooses a portrait, and the address that shows it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.common import uploads
from portal.practice.models import Practice
from tests.bookings.browsing import words_of
from tests.factories.practice import picture
from tests.practice.conftest import PAGE, soup
from tests.practice.test_portraits import PDF, SVG, bomb

pytestmark = pytest.mark.django_db
PORTRAIT = "admin:practice_practice_portrait"


def send(browser: Client, file: Any = None, **changed: Any) -> Any:
    path = reverse(PORTRAIT)
    was = soup(browser, path).select_one("input[name=was]")
    data = {"was": was["value"] if was and was.has_attr("value") else ""} | changed
    return browser.post(path, data | ({"portrait": file} if file else {}))


def shown(browser: Client, path: str = "/") -> list[str]:
    return [str(image["src"]) for image in soup(browser, path).select("#coach img")]


def test_a_portrait_stands_on_the_page_under_an_address_that_may_be_kept_for_ever(coach: Client) -> None:
    assert shown(Client()) == []
    assert send(coach, picture()).status_code == 302
    (address,) = shown(Client())
    response = Client().get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/webp")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies
    assert soup(coach, reverse(PAGE)).select_one(f'img[src="{address}"]')
    told = Client().get("/").content.decode().split("ld+json")[1]
    assert address in told  # search engines too


def test_the_same_photo_has_the_same_address_and_another_has_another(coach: Client) -> None:
    send(coach, picture())
    first = shown(coach)
    send(coach, picture())
    assert shown(coach) == first
    send(coach, picture(900, 900))
    assert shown(coach) != first


def test_an_address_of_before_leads_to_the_portrait_of_now(coach: Client) -> None:
    send(coach, picture())
    (before,) = shown(coach)
    send(coach, picture(900, 900))
    response = Client().get(before)
    assert (response.status_code, response.headers["Location"]) == (302, shown(coach)[0])
    assert response.headers["Cache-Control"] == "no-store"


def test_taken_off_the_page_it_is_kept_nowhere(coach: Client) -> None:
    send(coach, picture())
    (before,) = shown(coach)
    assert send(coach, remove="1").status_code == 302
    assert (shown(coach), Client().get(before).status_code) == ([], 404)
    assert Practice.objects.get().portrait is None


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("p.svg", SVG, "image/svg+xml"), "een PDF of SVG werkt niet"),
        (SimpleUploadedFile("p.jpg", PDF, "image/jpeg"), "een PDF of SVG werkt niet"),
        (SimpleUploadedFile("p.png", bomb(30_000, 30_000).getvalue()), "te veel beeldpunten"),
        (SimpleUploadedFile("p.jpg", picture(100, 100).getvalue()), "te klein voor een scherp portret"),
        (SimpleUploadedFile("p.jpg", b""), "Dat bestand is leeg"),
        (None, "Kies eerst een foto."),
    ],
)
def test_what_cannot_be_a_portrait_is_said_at_the_field_and_leaves_the_one_that_is_there(
    coach: Client, file: Any, words: str
) -> None:
    send(coach, picture())
    before = shown(coach)
    response = send(coach, file)
    assert response.status_code == 422
    assert words in words_of(response)
    assert shown(coach) == before


def test_of_a_file_that_is_too_large_only_the_beginning_is_kept(coach: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 70_000)
    kept: list[int] = []
    complete = uploads.BoundedUpload.file_complete

    def measured(self: Any, file_size: int) -> Any:
        kept.append(self.file.tell())
        return complete(self, file_size)

    monkeypatch.setattr(uploads.BoundedUpload, "file_complete", measured)
    response = send(coach, SimpleUploadedFile("p.jpg", picture().getvalue() + b"\0" * 400_000))
    assert response.status_code == 422
    assert "groter dan 10 MB" in words_of(response)
    assert 70_000 <= kept[0] < 140_000  # whole pieces of 64 kB


def test_a_form_sends_one_file_and_no_more(coach: Client) -> None:
    two = {"portrait": picture(), "second": SimpleUploadedFile("b.jpg", b"b")}
    assert coach.post(reverse(PORTRAIT), two).status_code == 400


def test_who_chooses_later_than_a_colleague_hears_it_and_sees_the_other(
    coach: Client, colleague: Client
) -> None:
    was = ""
    send(colleague, picture(900, 900))
    response = coach.post(reverse(PORTRAIT), {"was": was, "portrait": picture()})
    assert response.status_code == 409
    assert "Iemand koos intussen een ander portret" in words_of(response)
    (theirs,) = shown(Client())
    assert theirs in response.content.decode()
    assert send(coach, picture()).status_code == 302
    assert shown(Client()) != [theirs]


def test_every_web_process_has_it(coach: Client) -> None:
    """It stands in the row, so no disk is shared."""
    send(coach, picture())
    row = Practice.objects.get()
    assert BytesIO(bytes(row.portrait)).read(4) == b"RIFF"
    assert row.portrait_digest in shown(Client())[0]
