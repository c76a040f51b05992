"""A calendar server, by the rules of `portal.common.reaching`: https, a pinned public address, bounded throughout.

User name and password go to the host that was filled in, and to no other, wherever it points. The decision
for a small client of our own: docs/decisions/0011-a-caldav-client-of-our-own.md.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urljoin, urlsplit

from bookings.connected.fetch import MOST_REDIRECTS, OUR_NAME, REDIRECTS
from bookings.connected.formats import webdav
from bookings.connected.formats.busy import UnreadableError
from bookings.models import Login, RemoteCalendar
from portal.common.reaching import Network, ReachError, content_of, follow, request, target_of

MOST_CALENDARS = 50  # shown to choose from
LONGEST_TAG = 500
AT_ONCE = 100  # events asked for in one go, where a server cannot search by time
SHORTEST_SEARCH = timedelta(days=40)  # an answer that is too big is asked for in halves, down to this
WELL_KNOWN = "/.well-known/caldav"  # RFC 6764
CANNOT_SEARCH = {"refused", "forbidden", "trouble"}
PROBLEMS = {401: "login", 403: "forbidden", 404: "gone", 410: "gone", 507: "full"}
NO_BODY = {204, 304}
ANY = "*"  # the ETag of what is known to be there, on a server that gives none


class ElsewhereError(ReachError):
    """The server points to another host, which does not get the password."""

    def __init__(self, host: str) -> None:
        super().__init__("elsewhere")
        self.host = host


class ConflictError(Exception):
    """What is on the server is not what was known of it (412)."""


@dataclass(frozen=True)
class Response:
    status: int
    location: str = field(repr=False)
    etag: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Event:
    file_name: str
    etag: str
    data: str = field(repr=False)


@dataclass
class Server:
    """One conversation: all its requests together take at most the network's seconds."""

    host: str
    login: Login
    network: Network
    deadline: float

    @classmethod
    def at(cls, address: str, login: Login, network: Network | None = None) -> Server:
        """Raises ReachError `address`."""
        network = network or Network()
        return cls(target_of(address).host, login, network, time.monotonic() + network.total_seconds)

    def request(self, method: str, url: str, *, body: bytes | None = None, **headers: str) -> Response:
        """One request, sent on within the same host only; an answer below 400, or ReachError."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        secret = base64.b64encode(f"{self.login.user}:{self.login.password}".encode()).decode()
        for _hop in range(MOST_REDIRECTS + 1):
            target = target_of(url)
            if target.host != self.host:
                raise ElsewhereError(target.host)
            answer = request(
                method,
                target,
                headers={"Authorization": f"Basic {secret}", **OUR_NAME, **named},
                network=self.network,
                deadline=self.deadline,
                body=body,
                read=_response,
            )
            if answer.status not in REDIRECTS or not answer.location:
                return _checked(answer)
            url = follow(url, answer.location)
        raise ReachError("unreachable")

    def multistatus(self, method: str, url: str, body: bytes, depth: str) -> list[webdav.Resource]:
        """PROPFIND or REPORT: what a multistatus says."""
        xml = "application/xml; charset=utf-8"
        answer = self.request(method, url, body=body, Depth=depth, Content_Type=xml, Accept="application/xml")
        if answer.status != http.client.MULTI_STATUS:
            raise UnreadableError("not_dav")
        return webdav.parse_multistatus(answer.content)

    def absolute_url(self, base: str, href: str) -> str:
        """The full address of what a server calls `href`. Raises ElsewhereError, UnreadableError."""
        url = urljoin(base, href)
        try:
            host = target_of(url).host
        except ReachError as error:  # not what its owner filled in, but what the server made of it
            raise UnreadableError("unusable") from error
        if host != self.host:
            raise ElsewhereError(host)
        return url


def _response(response: http.client.HTTPResponse) -> Response:
    return Response(
        response.status,
        response.getheader("Location") or "",
        _tag(response.getheader("ETag") or ""),
        b"" if response.status in NO_BODY or response.status in REDIRECTS else content_of(response),
    )


def _checked(answer: Response) -> Response:
    if answer.status == http.client.PRECONDITION_FAILED:
        raise ConflictError
    if answer.status < 400:
        return answer
    is_temporary = (answer.status >= 500 and answer.status != 501) or answer.status in (408, 423, 425, 429)
    raise ReachError(PROBLEMS.get(answer.status, "trouble" if is_temporary else "refused"))


# ---- which calendars there are ----------------------------------------------------------------------------
def find_calendars(server: Server, address: str) -> list[RemoteCalendar]:
    """The calendars for events of this person: the one at `address` itself, or those of its owner.

    Raises ReachError (also `none_found`), UnreadableError.
    """
    about, url = _discover(server, address)
    if about.is_calendar:
        return [_remote_calendar(url, about)]
    homes = about.homes
    if not homes and about.principal:
        url = server.absolute_url(url, about.principal)
        homes = _about(server, url).homes
    found = {}
    for home in homes:
        home_url = server.absolute_url(url, home)
        for one in server.multistatus("PROPFIND", home_url, webdav.ABOUT, "1"):
            if one.is_calendar and one.holds_events:
                calendar = _remote_calendar(server.absolute_url(home_url, one.href), one)
                found[calendar.url] = calendar
    if not found:
        raise ReachError("none_found")
    return sorted(found.values(), key=lambda calendar: calendar.name.lower())[:MOST_CALENDARS]


def _discover(server: Server, address: str) -> tuple[webdav.Resource, str]:
    """What is at the address, or where the server says that its calendars begin (RFC 6764)."""
    well_known = urljoin(address, WELL_KNOWN)
    try:
        about = _about(server, address)
    except (ReachError, UnreadableError) as error:
        if error.problem in ("login", "elsewhere") or urlsplit(address).path not in ("", "/"):
            raise
        try:
            return _about(server, well_known), well_known
        except (ReachError, UnreadableError) as second:
            raise (second if second.problem in ("login", "elsewhere") else error) from second
    if about.is_calendar or about.homes or about.principal:
        return about, address
    return _about(server, well_known), well_known


def _about(server: Server, url: str) -> webdav.Resource:
    found = server.multistatus("PROPFIND", url, webdav.ABOUT, "0")
    if not found:
        raise UnreadableError("not_dav")
    return found[0]


def _remote_calendar(url: str, about: webdav.Resource) -> RemoteCalendar:
    url = url if url.endswith("/") else f"{url}/"
    return RemoteCalendar(url, about.name or unquote(name_of(url)) or url)


# ---- reading ----------------------------------------------------------------------------------------------
def read_marker(server: Server, collection: str) -> str:
    about = _about(server, collection)
    if not about.is_calendar:
        raise ReachError("gone")
    return hashlib.sha256(about.marker.encode()).hexdigest() if about.marker else ""


def read_events(server: Server, collection: str, since: datetime, until: datetime) -> list[Event]:
    """Every event that may touch `[since, until)`, whole. Raises ReachError, UnreadableError."""
    try:
        found = server.multistatus("REPORT", collection, webdav.events_between(since, until), "1")
    except ReachError as error:
        if error.problem == "big" and until - since > SHORTEST_SEARCH:
            middle = since + (until - since) / 2
            halves = [(since, middle), (middle, until)]
            parts = [one for half in halves for one in read_events(server, collection, *half)]
            return list({one.file_name: one for one in parts}.values())
        if error.problem not in CANNOT_SEARCH:
            raise
        listed = server.multistatus("PROPFIND", collection, webdav.LISTING, "1")
        return read_files(server, collection, [one.href for one in listed if not one.is_collection])
    return _events(found)


def read_files(server: Server, collection: str, hrefs: Iterable[str]) -> list[Event]:
    """Those of the files that exist, by the path the server gives or by name."""
    paths = [urlsplit(urljoin(collection, href)).path for href in hrefs]
    found = []
    for first in range(0, len(paths), AT_ONCE):
        found += server.multistatus(
            "REPORT", collection, webdav.multiget(paths[first : first + AT_ONCE]), "1"
        )
    return _events(found)


def _events(found: Iterable[webdav.Resource]) -> list[Event]:
    return [Event(name_of(one.href), _tag(one.etag), one.data) for one in found if one.data]


def name_of(href: str) -> str:
    return urlsplit(href).path.rstrip("/").rsplit("/", 1)[-1]


# ---- one file ---------------------------------------------------------------------------------------------
def get(server: Server, collection: str, file_name: str) -> Event | None:
    """The file, or None when there is none. `collection` ends in a slash, as every RemoteCalendar does."""
    try:
        answer = server.request("GET", collection + file_name, Accept="text/calendar")
    except ReachError as error:
        if error.problem == "gone":
            return None
        raise
    return Event(file_name, answer.etag or ANY, answer.content.decode("utf-8", "replace"))


def put(server: Server, collection: str, file_name: str, content: bytes, *, etag: str) -> str:
    """Write the file and return its new ETag; without an `etag` it must not be there yet.

    Raises ConflictError when it is not as it was known, ReachError.
    """
    condition = {"If_Match": _strong(etag)} if etag else {"If_None_Match": ANY}
    url = collection + file_name
    answer = server.request(
        "PUT", url, body=content, Content_Type="text/calendar; charset=utf-8", **condition
    )
    if answer.etag:
        return answer.etag
    written = get(server, collection, file_name)  # a server that changed what it was given tells none
    return written.etag if written else ANY


def delete(server: Server, collection: str, file_name: str, *, etag: str) -> None:
    """Take the file away; gone is gone. Raises ConflictError, ReachError."""
    try:
        server.request("DELETE", collection + file_name, If_Match=_strong(etag))
    except ReachError as error:
        if error.problem != "gone":
            raise


def _tag(text: str) -> str:
    """An ETag that can be kept and sent back; anything odd counts as none."""
    return text if len(text) <= LONGEST_TAG and text.isprintable() and text.isascii() else ""


def _strong(etag: str) -> str:
    """A proxy that compresses marks the tag as weak; the server compares the strong one."""
    return etag.removeprefix("W/")
