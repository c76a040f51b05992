"""Read a file from an address that a person typed, by the rules of `portal.common.reaching`."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass

from portal.common.reaching import Network, ReachError, content_of, follow, request, target_of

MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}
OUR_NAME = {"User-Agent": "impact-call-calendar"}


@dataclass(frozen=True)
class Fetched:
    """What was read; `content` is None when it is still the same as the `etag` that was asked about."""

    content: bytes | None
    etag: str


def fetch(url: str, *, etag: str = "", network: Network | None = None) -> Fetched:
    """Read the file at `url`. Takes at most the network's seconds after the name is resolved; raises
    ReachError."""
    network = network or Network()
    deadline = time.monotonic() + network.total_seconds
    headers = {"Accept": "text/calendar", **OUR_NAME}
    if etag:
        headers["If-None-Match"] = etag
    for _hop in range(MOST_REDIRECTS + 1):
        answer = request(
            "GET",
            target_of(url),
            headers=headers,
            network=network,
            deadline=deadline,
            read=lambda response: _read(response, etag),
        )
        if isinstance(answer, Fetched):
            return answer
        url = follow(url, answer)
    raise ReachError("unreachable")


def _read(response: http.client.HTTPResponse, etag: str) -> Fetched | str:
    if response.status in REDIRECTS and (location := response.getheader("Location")):
        return location
    if response.status == http.client.NOT_MODIFIED and etag:
        return Fetched(None, etag)
    if response.status != http.client.OK:
        raise ReachError("answer")
    return Fetched(content_of(response), (response.getheader("ETag") or "")[:200])
