"""The id of the request at hand: in each of its log lines, and in those of the tasks that it causes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
# A UUID with or without its dashes, as proxies make them; anything else may be somebody's secret.
SHAPE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE
)

_current = ContextVar("request_id", default="")


def current() -> str:
    """Empty outside a request and what it caused."""
    return _current.get()


def accepted(text: str) -> str:
    """The id that a proxy gave, if it is one; else a new one."""
    return text if SHAPE.fullmatch(text) else str(uuid.uuid4())


def follow(request_id: object) -> None:
    """From here on in this thread; what is no id ends it."""
    _current.set(request_id if isinstance(request_id, str) and SHAPE.fullmatch(request_id) else "")


@contextmanager
def following(request_id: str) -> Iterator[None]:
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)
