"""Log lines without secrets: what a proxy or a scanner asks for ends up in them, secret links included."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(?<=/)[\w-]{43}(?![\w-])", re.ASCII)  # 256 bits in base64, as secret links carry them
ADDRESS = re.compile(r"[\w.+-]{1,64}@(?=[\w-]+(\.[\w-]+)+)")


class MaskedFormatter(logging.Formatter):
    """Masks the tokens of secret links and the personal half of e-mail addresses, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return ADDRESS.sub("***@", TOKEN.sub("***", super().format(record)))
