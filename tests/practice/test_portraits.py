"""A picture becomes a portrait, or a sentence: within bounds, upright, 4 by 5, small, and nothing but pixels."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.practice.portraits import (
    HEIGHT,
    MOST_BYTES,
    NO_PICTURE,
    TOO_MANY,
    TOO_SMALL,
    WIDTH,
    PortraitError,
    portrait,
)
from tests.factories.practice import picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="500" height="600"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


def opened(made: bytes) -> Image.Image:
    return Image.open(BytesIO(made))


def is_red(colour: object) -> bool:
    red, green, blue = colour  # type: ignore[misc]
    return bool(red > 150 and green < 100 and blue < 100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_small_webp_of_four_by_five(kind: str) -> None:
    made = portrait(picture(1600, 1200, kind=kind))
    shown = opened(made)
    assert (shown.format, shown.size) == ("WEBP", (WIDTH, HEIGHT))
    assert len(made) <= MOST_BYTES


def test_the_wildest_photo_is_small_too() -> None:
    noise = Image.effect_noise((1200, 1500), 200).convert("RGB")
    file = BytesIO()
    noise.save(file, "PNG")
    assert len(portrait(file)) <= MOST_BYTES


def test_a_photo_is_turned_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise: what was at the top left comes to the top right
    shown = opened(portrait(picture(1000, 800, exif=exif))).convert("RGB")
    assert is_red(shown.getpixel((WIDTH - 20, 20)))
    assert not is_red(shown.getpixel((20, 20)))


def test_where_and_when_it_was_taken_stays_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera van Mila"
    exif.get_ifd(0x8825)[1] = "N"
    file = picture(exif=exif, comment=b"bij Mila thuis", icc_profile=b"een profiel")
    assert b"Camera van Mila" in file.getvalue()
    made = portrait(file)
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(opened(made).info)
    assert b"Mila" not in made


def test_what_shows_through_becomes_paper() -> None:
    file = BytesIO()
    Image.new("RGBA", (480, 600), (0, 0, 0, 0)).save(file, "PNG")
    colour = opened(portrait(file)).convert("RGB").getpixel((200, 200))
    assert min(colour) > 230  # type: ignore[type-var, arg-type]


def bomb(width: int, height: int) -> BytesIO:
    """A PNG of some hundred bytes that says it is as large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [(4001, 4000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(PortraitError) as caught:
        portrait(bomb(*size))
    assert caught.value.words == TOO_MANY


@pytest.mark.parametrize(
    "file", [SVG, PDF, b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", bytes(picture().getvalue()[:400])]
)
def test_what_is_no_photo_is_refused_in_a_sentence(file: bytes) -> None:
    with pytest.raises(PortraitError) as caught:
        portrait(BytesIO(file))
    assert caught.value.words == NO_PICTURE


@pytest.mark.parametrize("size", [(239, 900), (900, 299), (1, 1)])
def test_a_picture_that_cannot_be_sharp_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PortraitError) as caught:
        portrait(picture(*size))
    assert caught.value.words == TOO_SMALL


WHOLE = {kind: picture(300, 400, kind=kind).getvalue() for kind in ("JPEG", "PNG", "WEBP")}


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_a_broken_photo_is_a_portrait_or_a_sentence_and_nothing_else(
    kind: str, at: int, noise: bytes
) -> None:
    whole = WHOLE[kind]
    at %= len(whole)
    try:
        made = portrait(BytesIO(whole[:at] + noise + whole[at + len(noise) :]))
    except PortraitError:
        return
    assert opened(made).size == (WIDTH, HEIGHT)
