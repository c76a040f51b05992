"""A picture as somebody uploads it, made into a portrait: decoded within bounds, turned, cut to 4 by 5, written anew.

Only pixels come through: what a file says beside them (place, camera, a second picture) stays behind.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from io import BytesIO
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

WIDTH, HEIGHT = 480, 600  # twice what a page shows, for screens that are twice as fine
LEAST = (240, 300)
FORMATS = ("JPEG", "PNG", "WEBP", "MPO")  # the last is a JPEG of a phone with two lenses
MOST_PIXELS = 50_000_000  # of a JPEG, which is decoded at a fraction of its size
MOST_PIXELS_WHOLE = 16_000_000  # of others, decoded whole: 64 MB of memory
MOST_BYTES = 40_000
QUALITIES = (82, 74, 66, 58, 50, 40, 30, 20)
PAPER = (246, 243, 236)  # what shows through a picture with holes
FACE = (0.5, 0.35)  # a face is above the middle
# what Pillow raises for what is no picture, or only says that it is one
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    struct.error,
    EOFError,
    OverflowError,
    ZeroDivisionError,
)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PortraitError(Exception):
    """Why it cannot be a portrait, in a sentence."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(words)
        self.words = words


TOO_MANY = _(
    "That picture has too many pixels. Choose a photo as your phone makes it, or make it smaller first."
)
NO_PICTURE = _("That is no photo we can read. Choose a JPEG, PNG or WebP file; no PDF or SVG.")
TOO_SMALL = _("That picture is too small for a sharp portrait. It must be at least 240 by 300 pixels.")


def portrait(file: IO[bytes] | Any) -> bytes:
    """A WebP file of WIDTH by HEIGHT, or half of it if that is too much, of at most MOST_BYTES. Raises
    PortraitError."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            cut = _cut(picture)
    except BOMB as error:
        raise PortraitError(TOO_MANY) from error
    except BROKEN as error:
        raise PortraitError(NO_PICTURE) from error
    half = cut.resize((WIDTH // 2, HEIGHT // 2))
    for size, quality in [(cut, one) for one in QUALITIES] + [(half, one) for one in QUALITIES]:
        made = BytesIO()
        size.save(made, "WEBP", quality=quality, method=4)
        if made.tell() <= MOST_BYTES:
            break
    return made.getvalue()


def digest(made: bytes) -> str:
    return sha256(made).hexdigest()[:32]


def _cut(picture: Image.Image) -> Image.Image:
    width, height = picture.size  # read from the head: nothing was decoded yet
    is_jpeg = picture.format in ("JPEG", "MPO")
    if width * height > (MOST_PIXELS if is_jpeg else MOST_PIXELS_WHOLE):
        raise PortraitError(TOO_MANY)
    if is_jpeg:
        picture.draft("RGB", (2 * HEIGHT, 2 * HEIGHT))
    turned = ImageOps.exif_transpose(picture)
    if turned.width < LEAST[0] or turned.height < LEAST[1]:
        raise PortraitError(TOO_SMALL)
    flat = Image.new("RGB", turned.size, PAPER)
    whole = turned.convert("RGBA")
    flat.paste(whole, mask=whole.getchannel("A"))
    return ImageOps.fit(flat, (WIDTH, HEIGHT), Image.Resampling.LANCZOS, centering=FACE)
