"""A dead man's switch: somebody elsewhere is told every minute that all is well, and calls when it hears nothing.

So beat, a worker, the database and the mail must all be well for it to be told.
"""

from __future__ import annotations

import http.client
import logging
import time
from urllib.parse import urlsplit

from django.conf import settings

from portal.common.reaching import Network, ReachError, request, target_of
from portal.mail import health

logger = logging.getLogger(__name__)

SECONDS = 5.0
WHO = {"User-Agent": "portal-heartbeat", "Accept-Encoding": "identity"}


def send(network: Network | None = None) -> bool:
    """Whether it was told. Takes five seconds at most after the name is resolved; never raises."""
    if not settings.HEARTBEAT_URL:
        return False
    is_ready, said = health.readiness()
    if not is_ready:
        logger.warning("No heartbeat: /readyz is red, %s", said)
        return False
    try:
        status = _ask(settings.HEARTBEAT_URL, network or Network())
    except ReachError as error:
        logger.warning("The heartbeat did not arrive: %s", error.problem)
        return False
    if not 200 <= status < 300:
        logger.warning("The heartbeat was answered with %d", status)
    return 200 <= status < 300


def problem_of(url: str) -> str:
    """What is wrong with such an address, in a sentence; empty when nothing is."""
    if is_here(url):
        return ""
    try:
        target_of(url)
    except ReachError:
        return "HEARTBEAT_URL must be a plain https address, such as https://hc-ping.com/a-uuid."
    return ""


def is_here(url: str) -> bool:
    """On this machine, which only a portal that is itself on it alone may reach."""
    try:
        return settings.LOCAL_MODE and urlsplit(url).hostname in settings.LOOPBACK
    except ValueError:
        return False


def _ask(url: str, network: Network) -> int:
    """The status of the answer, of which not a byte is read. Raises ReachError."""
    if is_here(url):
        return _ask_here(url)
    return request(
        "GET",
        target_of(url),
        headers=WHO,
        network=network,
        deadline=time.monotonic() + min(SECONDS, network.total_seconds),
        read=lambda response: response.status,
    )


def _ask_here(url: str) -> int:
    try:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            connection.request("GET", parts.path or "/", headers=WHO)
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ReachError("unreachable") from error
