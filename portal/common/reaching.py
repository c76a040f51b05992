"""Reach an address that a person typed, without becoming that person's way into our network.

Whoever may type an address could make the server reach what only the server can (SSRF). So: https on 443
only; the name is resolved once and every address must be public; the connection goes to exactly that
address; nothing from the environment (proxies, .netrc) takes part; size and time are bounded. No redirect is
followed by itself: whoever follows one comes here again, and it is checked anew. What cannot be reached and
what may not be reached look the same from outside.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

from portal.common.addresses import is_public
from portal.common.names import ascii_domain

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_BYTES = 2 * 1024 * 1024  # after decompression
PIECE = 64 * 1024
UNRESERVED = "/%:@!$&'()*+,;=~-._?"
LONGEST_ADDRESS = 2000
INSIDE_NAMES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")
BAD_PORT = re.compile("port", re.IGNORECASE)  # in what Python says of one that is no number, or too high
OUR_HEADERS = {"Accept-Encoding": "gzip"}
Found = TypeVar("Found")


class ReachError(Exception):
    """Why nothing came of it, in one word: `address`, `unreachable`, `certificate`, `answer`, `unusable`,
    `slow`, `big`. Of an address that was typed, `why` says what is wrong with it: `scheme`, `plain` (http),
    `named` (a name or password in it), `port`, or nothing."""

    def __init__(self, problem: str, *, why: str = "") -> None:
        super().__init__(problem)
        self.problem, self.why = problem, why


def resolve(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def connect(address: str, timeout: float) -> socket.socket:
    return socket.create_connection((address, 443), timeout=timeout)


@dataclass(frozen=True)
class Network:
    """How names and addresses are reached, so that tests can run a server of their own."""

    resolve: Callable[[str], list[str]] = resolve
    connect: Callable[[str, float], socket.socket] = connect
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context
    total_seconds: float = TOTAL_SECONDS


@dataclass(frozen=True)
class Target:
    host: str
    path: str
    url: str = field(repr=False)


def target_of(url: str) -> Target:
    """Take an address apart. Raises ReachError for anything but plain https on 443."""
    try:
        parts = urlsplit(url.strip())
        host, port = ascii_domain(parts.hostname or ""), parts.port
    except ValueError as error:  # a bad port, bracket or name
        raise ReachError("address", why="port" if BAD_PORT.search(str(error)) else "") from error
    if parts.scheme != "https":
        raise ReachError("address", why="plain" if parts.scheme == "http" else "scheme")
    if "@" in parts.netloc:
        raise ReachError("address", why="named")
    if port not in (None, 443):
        raise ReachError("address", why="port")
    if not host or len(url) > LONGEST_ADDRESS:
        raise ReachError("address")
    path = quote(parts.path or "/", safe=UNRESERVED)
    query = f"?{quote(parts.query, safe=UNRESERVED)}" if parts.query else ""
    return Target(host=host, path=path + query, url=url.strip())


def is_inside(host: str) -> bool:
    """Whether a name says by itself, without being looked up, that it lies in somebody's own network."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(INSIDE_NAMES) or "." not in host
    return not is_public(host)


def follow(url: str, location: str) -> str:
    """The address a redirect points to. Raises ReachError when it is none."""
    try:
        return urljoin(url, location)
    except ValueError as error:  # a bracket or a name that cannot be
        raise ReachError("unusable") from error


def request(
    method: str,
    target: Target,
    *,
    headers: Mapping[str, str],
    network: Network,
    deadline: float,
    read: Callable[[http.client.HTTPResponse], Found],
    body: bytes | None = None,
) -> Found:
    """One request to the pinned address, done before `deadline` (monotonic), and what `read` makes of the
    answer. Follows no redirect. Raises ReachError."""
    connection = _Connection(target, _pinned(target, network), network, deadline)
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise ReachError("certificate") from error
    except (OSError, ValueError) as error:  # refused, absent, silent, no encryption
        raise ReachError("unreachable") from error
    try:
        connection.request(method, target.path, body=body, headers={**OUR_HEADERS, **headers})
        return read(connection.getresponse())
    except TimeoutError as error:
        raise ReachError("slow") from error
    except (OSError, ValueError, http.client.HTTPException, zlib.error) as error:
        raise ReachError("answer") from error
    finally:
        connection.close()


class _DeadlineSocket(ssl.SSLSocket):
    """Every read ends at the deadline: a server that drips a byte at a time does not keep us."""

    deadline: float = 0.0

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.deadline:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.settimeout(left)
        return super().recv_into(*args, **kwargs)


class _Connection(http.client.HTTPSConnection):
    """To one pinned address, with the name in SNI, certificate and Host."""

    def __init__(self, target: Target, address: str, network: Network, deadline: float) -> None:
        self.context = network.context()
        super().__init__(target.host, 443, context=self.context)  # without one it makes one, slowly
        self.address, self.network, self.deadline = address, network, deadline

    def connect(self) -> None:
        left = min(CONNECT_SECONDS, self.deadline - time.monotonic())
        if left <= 0:
            raise TimeoutError
        self.context.sslsocket_class = _DeadlineSocket
        plain = self.network.connect(self.address, left)
        try:
            sock = self.context.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
        assert isinstance(sock, _DeadlineSocket)
        sock.deadline = self.deadline
        self.sock = sock


def _pinned(target: Target, network: Network) -> str:
    """The address to connect to; none is used unless all are public."""
    try:
        addresses = network.resolve(target.host)
    except (OSError, UnicodeError) as error:
        raise ReachError("unreachable") from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise ReachError("unreachable")
    return addresses[0]


def content_of(response: http.client.HTTPResponse) -> bytes:
    """The whole body, unpacked. Raises ReachError `big` past MOST_BYTES, `answer` when it breaks off."""
    encoding = (response.getheader("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity"):
        raise ReachError("answer")
    unpack = zlib.decompressobj(wbits=31) if encoding != "identity" else None
    content, is_empty = bytearray(), True
    while piece := response.read1(PIECE):
        is_empty = False
        content += unpack.decompress(piece, MOST_BYTES + 1 - len(content)) if unpack else piece
        if len(content) > MOST_BYTES:
            raise ReachError("big")
    if response.length or (unpack and not is_empty and not unpack.eof):
        raise ReachError("answer")  # broken off half-way
    return bytes(content)
