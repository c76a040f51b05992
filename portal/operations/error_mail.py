"""Errors to ERROR_MAIL: a row in the outbox as any other mail, one an hour for each place that fails.

While the database is away there is no mail: then /readyz is red and no heartbeat leaves. What is logged inside a
transaction that is undone stays in the log alone.
"""

from __future__ import annotations

import logging
import time
import traceback
from contextvars import ContextVar
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal import request_ids
from portal.common import times
from portal.logs import masked
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.names import Name

MESSAGE = "portal/error"
NAMES = {MESSAGE: Name(_("Error, for who runs the portal"), _("The log has it too."), is_private=True)}
MOST_AN_HOUR = 10
LONGEST = 6000  # signs, from the end: that is where it failed
BREAK = 60.0  # seconds without trying after a failure
logger = logging.getLogger(__name__)

_is_telling = ContextVar("is_telling", default=False)
_closed_until = 0.0


def tell(record: logging.LogRecord) -> None:
    """Never raises, and never tells of itself."""
    global _closed_until
    error = record.exc_info[1] if record.exc_info else None
    is_away = isinstance(error, OperationalError | InterfaceError) or time.monotonic() < _closed_until
    if is_away or _is_telling.get() or (connection.in_atomic_block and connection.needs_rollback):
        return
    telling = _is_telling.set(True)
    try:
        _tell(record)
    except Exception as problem:  # whatever it is: who failed first has work to do
        _closed_until = time.monotonic() + BREAK
        logger.warning("An error was not mailed: %s", problem)
    finally:
        _is_telling.reset(telling)


def _tell(record: logging.LogRecord) -> None:
    at = times.now()
    key = f"error:{place_of(record)}:{at:%Y%m%dT%H}"
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        lately = OutboundEmail.objects.filter(message=MESSAGE, due_at__gt=at - timedelta(hours=1))
        if lately.filter(key=key).exists() or lately.count() >= MOST_AN_HOUR:
            return
        context = {
            "logger": record.name,
            "said": masked(record.getMessage())[:300],
            "lines": trace_of(record).splitlines(),
            "request_id": request_ids.current(),
            "host": settings.SITE_HOST,
        }
        outbox.enqueue(
            outbox.written(
                key=key,
                kind=OutboundEmail.Kind.SERVICE,
                message=MESSAGE,
                to=settings.ERROR_MAIL,
                language=settings.LANGUAGE_CODE,
                context=context,
                names_people=True,  # an error may quote anybody, however masked
                expires_at=at + timedelta(days=1),
            )
        )


def place_of(record: logging.LogRecord) -> str:
    """The same for the same line of code, whatever was asked of it."""
    where = f"{record.name}:{record.pathname}:{record.lineno}"
    if record.exc_info and record.exc_info[0] is not None:
        last = traceback.extract_tb(record.exc_info[2])[-1:]
        where = record.exc_info[0].__name__ + "".join(f":{frame.filename}:{frame.lineno}" for frame in last)
    return sha256(where.encode()).hexdigest()[:24]


def trace_of(record: logging.LogRecord) -> str:
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    return masked("".join(traceback.format_exception(record.exc_info[1])))[-LONGEST:]
