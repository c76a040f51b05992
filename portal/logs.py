"""Log lines without secrets and without people, one line each.

Every process writes through `MaskedFormatter`, or `JsonFormatter` with LOG_FORMAT=json: web, worker, beat and
commands. What a proxy, a scanner or a damaged link asks for ends up in a log line, so a secret is known by its
shape, not by the page it opens.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from portal import request_ids

LOG_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
MASK = "***"
SHORTEST = 10  # signs of a part that may be a piece of a secret; public ids have 24, tokens 43
LOCATION = re.compile(r"/[^\s\"'<>]*")
PART = re.compile(r"[^/?&=#;]+")
RUN = re.compile(r"[\w%-]{10,}")
# What people name things by: lower case with a number here and there, capitals, or CamelCase; never as long
# as a token.
LOWER = r"(?:[a-z]{1,20}[0-9]{0,3}|[0-9]{1,20}[a-z]?)"
NAME = re.compile(
    rf"(?!.{{43}})[-_.]*(?:{LOWER}(?:[-_.,:()]+{LOWER})*|[A-Z]{{1,14}}(?:_[A-Z]{{1,14}})*|(?:[A-Z][a-z]{{1,20}}){{1,6}})"
    r"[-_.,:()]*"
)
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # of mails and tasks: opens nothing
ADDRESS = re.compile(r"[^\s<>\"(),:;@\[\]\\]{1,64}(?:@|%40)(?=[\w-]+(?:\.[\w-]+)+)")
PHONE = re.compile(r"\+\d[\d ]{7,16}\d")
# PostgreSQL tells the whole row here, whatever people wrote in it; it ends with the error it belongs to
DETAIL = re.compile(r"DETAIL:.*?(?=\n\nThe above exception was|\n\nDuring handling of|\Z)", re.DOTALL)
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SOURCE_LINE = '  File "'


class MaskedFormatter(logging.Formatter):
    """Masks secrets, addresses and rows; what was sent can neither begin a line nor hide a part of one."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        if self.usesTime():
            record.asctime = self.formatTime(record, self.datefmt)
        more = [self.formatException(record.exc_info)] if record.exc_info else []
        more += [self.formatStack(record.stack_info)] if record.stack_info else []
        below = [f"  | {visible(line)}" for text in more for line in masked(text).split("\n")]
        request = f" [{request_id}]" if (request_id := request_ids.current()) else ""
        return "\n".join([visible(masked(self.formatMessage(record))) + request, *below])


class JsonFormatter(logging.Formatter):
    """The same as JSON, one object a line: `json` escapes whatever could begin another or hide a part."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": masked(record.name),
            "message": masked(record.getMessage()),
        }
        if request_id := request_ids.current():
            said["request_id"] = request_id
        for name, value in getattr(record, "facts", {}).items():
            said[name] = masked(value) if isinstance(value, str) else value
        if record.exc_info:
            said["error"] = masked(self.formatException(record.exc_info))
        if record.stack_info:
            said["stack"] = masked(self.formatStack(record.stack_info))
        return json.dumps(said)


class ToSomebody(logging.Handler):
    """Hands errors to whoever asked for them once the site is loaded; before that, and in beat, to nobody."""

    tell: Callable[[logging.LogRecord], None] | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if ToSomebody.tell is not None:
            ToSomebody.tell(record)


def configured(level: str, *, form: str, tells: bool) -> dict[str, Any]:
    """What `dictConfig` takes. `form` is `line` or `json`; with `tells` errors go to `ToSomebody` as well."""
    handlers = ["console", *(["somebody"] if tells else [])]
    # Others bring handlers that mask nothing; gunicorn's take ours as soon as the site is loaded.
    theirs = ("django.server", "gunicorn.error", "gunicorn.access")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "portal.logs.MaskedFormatter", "format": LOG_LINE},
            "json": {"()": "portal.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form},
            "somebody": {"class": "portal.logs.ToSomebody", "level": "ERROR", "formatter": form},
        },
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            **{name: {"handlers": ["console"], "level": "INFO", "propagate": False} for name in theirs},
        },
        "root": {"handlers": handlers, "level": level},
    }


def masked(text: str) -> str:
    lines = DETAIL.sub(f"DETAIL: {MASK}", text).split("\n")
    return "\n".join(line if line.startswith(SOURCE_LINE) else _masked(line) for line in lines)


def _masked(line: str) -> str:
    line = PHONE.sub(MASK, ADDRESS.sub(f"{MASK}@", line))
    return RUN.sub(_without_secret, LOCATION.sub(_without_tail, line))


def _without_tail(location: re.Match[str]) -> str:
    """A location up to its first part that looks random: whatever follows that belongs to the secret."""
    for part in PART.finditer(location[0]):
        if len(part[0]) >= SHORTEST and not NAME.fullmatch(part[0]):
            return location[0][: part.start()] + MASK
    return location[0]


def _without_secret(run: re.Match[str]) -> str:
    return run[0] if UUID.fullmatch(run[0]) or NAME.fullmatch(run[0]) else MASK


def visible(text: str) -> str:
    return UNSEEN.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)


def say_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(masked("".join(traceback.format_exception(kind, error, trace))))
