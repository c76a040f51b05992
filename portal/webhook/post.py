"""One event to one receiver, by the rules of `portal.common.reaching`; no redirect is followed."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from portal.common.reaching import Network, request, target_of
from portal.webhook import signing

MOST_OF_AN_ANSWER = 600  # bytes that are read of a refusal
LONGEST_ANSWER = 200  # signs of it that are kept


@dataclass(frozen=True)
class Answer:
    """`retry_after` is what the receiver asked for with 429 or 503, however much that is."""

    status: int
    words: str = ""
    retry_after: timedelta | None = None

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


def post(
    address: str, message: str, body: bytes, keys: list[str], *, at: datetime, network: Network | None = None
) -> Answer:
    """Takes at most the network's seconds after the name is resolved. Raises ReachError."""
    network = network or Network()
    own = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "portal-webhook"}
    return request(
        "POST",
        target_of(address),
        headers=own | signing.headers(message, at, body, keys),
        network=network,
        deadline=time.monotonic() + network.total_seconds,
        read=lambda response: _read(response, at),
        body=body,
    )


def _read(response: http.client.HTTPResponse, at: datetime) -> Answer:
    """The status decides; of what is said with a good one not a byte is read."""
    if 200 <= response.status < 300:
        return Answer(response.status)
    try:
        said = response.read(MOST_OF_AN_ANSWER)
    except (
        OSError,
        ValueError,
        http.client.HTTPException,
    ):  # drips or breaks off: it has refused all the same
        said = b""
    return Answer(response.status, _shown(said), _wait(response, at))


def _shown(said: bytes) -> str:
    text = "".join(sign if sign.isprintable() else " " for sign in said.decode("utf-8", "replace"))
    return " ".join(text.split())[:LONGEST_ANSWER]


def _wait(response: http.client.HTTPResponse, at: datetime) -> timedelta | None:
    """Seconds, or a moment (RFC 9110, 10.2.3); whatever else stands there says nothing."""
    said = (response.getheader("Retry-After") or "").strip()
    if response.status not in (429, 503) or not said:
        return None
    if said.isascii() and said.isdecimal():
        return timedelta(seconds=min(int(said[:9]), 10**8))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - at, timedelta())
