"""What stands in a stored text, however it is packed."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress


def opened(value: str) -> Iterator[str]:
    """A stored text, and what it says when it is packed: in base64, and in zlib below that."""
    yield value
    for part in re.findall(r"[\w+/=-]{16,}", value):
        for alphabet in (b"+/", b"-_"):
            try:
                raw = base64.b64decode(part.strip("=") + "=" * (-len(part.strip("=")) % 4), altchars=alphabet)
            except (binascii.Error, ValueError):
                continue
            yield raw.decode("latin-1")
            with suppress(zlib.error):
                yield zlib.decompress(raw).decode("latin-1")
