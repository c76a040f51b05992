"""Words and figures set as a tagged PDF, by our own templates and with our own fonts. Pure: no Django.

What is set travels as JSON, so that it is a value in the template and never code of it. A template can read the files
beside it and nothing else, and no font but ours is looked for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

TYPESETTER = Path(__file__).parent / "typesetter.py"
SECONDS = 10  # many times what a report takes
AT_ONCE = BoundedSemaphore(1)  # in this process; others wait for their turn
# The letters that our fonts have (docs/decisions/0028, and Latin Extended-A for names). A sign without a letter would
# be a hole for whoever hears the report, so that the standard allows none.
LETTERS = (
    "\u0020-\u007e\u00a0-\u017f\u0218-\u021b\u02c6\u02da\u02dc\u2002\u2009\u200b\u2013\u2014\u2018-\u201a"
    "\u201c-\u201e\u2022\u2026\u2032\u2033\u2039\u203a\u20ac\u2122\u2191\u2193\u2212"
)
WITHOUT_LETTER = re.compile(f"[^{LETTERS}]")


class TypesettingError(Exception):
    """The report could not be set, or took too long."""


def typeset(template: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF, set by a program of its own (`typesetter.py`). `template`: the name of a file in `typst/`.

    Raises TypesettingError.
    """
    order = {"template": template, "data": printable(data), "made_at": int(made_at.timestamp())}
    if not AT_ONCE.acquire(timeout=SECONDS):
        raise TypesettingError(f"{template}: others were set all the while")
    try:
        done = subprocess.run(
            [sys.executable, "-I", TYPESETTER],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=SECONDS,
            env={},  # it has no use for our secrets
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise TypesettingError(f"{template}: {error}") from error
    finally:
        AT_ONCE.release()
    return done.stdout


def printable(data: Any) -> Any:
    """The same values, with only signs that our fonts can draw. 'Łukasz' stays, '愛' becomes '?'."""
    if isinstance(data, str):
        return _drawable(data)
    if isinstance(data, Mapping):
        return {name: printable(part) for name, part in data.items()}
    if isinstance(data, (list, tuple)):
        return [printable(part) for part in data]
    return data


def _drawable(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return WITHOUT_LETTER.sub(_stand_in, composed)


def _stand_in(sign: re.Match[str]) -> str:
    """The same without its accents, a space for what ends a line, nothing for what is never seen."""
    kind = unicodedata.category(sign[0])
    if kind in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    if kind in {"Cf", "Cs", "Co", "Cn", "Mn", "Me"}:
        return ""
    plain = WITHOUT_LETTER.sub("", unicodedata.normalize("NFKD", sign[0]))
    return plain or "?"
