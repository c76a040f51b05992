"""The XML that is spoken with a calendar server (WebDAV, RFC 4918; CalDAV, RFC 4791): questions and answers.

Answers come from a stranger: a document type, entities or anything but a multistatus is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from bookings.connected.formats.busy import UnreadableError

SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
DAV, CALDAV, SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
LONGEST_NAME = 120
LONGEST_HREF = 2000


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What a server tells of one address; empty where it told nothing. `marker` changes with the content."""

    href: str
    etag: str = ""
    data: str = ""
    name: str = ""
    is_collection: bool = False
    is_calendar: bool = False
    holds_events: bool = True
    principal: str = ""
    homes: tuple[str, ...] = ()
    marker: str = ""


# ---- questions --------------------------------------------------------------------------------------------
ABOUT = f"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind {SPACES}><d:prop><d:resourcetype/><d:displayname/><d:current-user-principal/><d:sync-token/>\
<s:getctag/><c:calendar-home-set/><c:supported-calendar-component-set/></d:prop></d:propfind>""".encode()

LISTING = f"""<?xml version="1.0" encoding="utf-8"?>
<d:propfind {SPACES}><d:prop><d:getetag/><d:resourcetype/></d:prop></d:propfind>""".encode()


def events_between(since: datetime, until: datetime) -> bytes:
    """Whole events that touch `[since, until)`, with their repetitions as rules: those are ours to expand."""
    start, end = (moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for moment in (since, until))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query {SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter>\
<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="{start}" end="{end}"/>\
</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>""".encode()


def multiget(hrefs: Iterable[str]) -> bytes:
    wanted = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<c:calendar-multiget {SPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>{wanted}\
</c:calendar-multiget>""".encode()


# ---- answers ----------------------------------------------------------------------------------------------
def parse_multistatus(content: bytes) -> list[Resource]:
    """The resources of a multistatus. Raises UnreadableError `not_dav`, or `unusable` for a bad href."""
    try:
        root = fromstring(content, forbid_dtd=True)
    except Exception as error:  # no XML, no known encoding, or a document that wants to be more than text
        raise UnreadableError("not_dav") from error
    if root.tag != f"{DAV}multistatus":
        raise UnreadableError("not_dav")
    return [_resource(response) for response in root.findall(f"{DAV}response")]


def _resource(response: Any) -> Resource:
    props = {
        prop.tag: prop
        for propstat in response.findall(f"{DAV}propstat")
        if " 200" in _text(propstat.find(f"{DAV}status"))
        for prop in propstat.findall(f"{DAV}prop/*")
    }
    kinds = {kind.tag for kind in props.get(f"{DAV}resourcetype", ())}
    components = props.get(f"{CALDAV}supported-calendar-component-set")
    names = [one.get("name", "").upper() for one in components] if components is not None else []
    return Resource(
        href=_address(response.find(f"{DAV}href")),
        etag=_text(props.get(f"{DAV}getetag")),
        data=_text(props.get(f"{CALDAV}calendar-data")),
        name=" ".join(_text(props.get(f"{DAV}displayname")).split())[:LONGEST_NAME],
        is_collection=f"{DAV}collection" in kinds,
        is_calendar=f"{CALDAV}calendar" in kinds,
        holds_events=not names or "VEVENT" in names,
        principal=_href(props.get(f"{DAV}current-user-principal")),
        homes=tuple(
            _address(one) for one in props.get(f"{CALDAV}calendar-home-set", ()) if one.tag == f"{DAV}href"
        ),
        marker=_text(props.get(f"{SERVER}getctag")) or _text(props.get(f"{DAV}sync-token")),
    )


def _href(prop: Any) -> str:
    return _address(prop.find(f"{DAV}href")) if prop is not None else ""


def _address(element: Any) -> str:
    """A path, or a whole address of the web. One bad one makes the answer useless: what it would have told
    would otherwise look like free time."""
    href = _text(element)
    try:
        scheme = urlsplit(href).scheme
    except ValueError as error:  # a bracket or a name that cannot be
        raise UnreadableError("unusable") from error
    if scheme not in ("", "http", "https") or not href.isprintable() or len(href) > LONGEST_HREF:
        raise UnreadableError("unusable")
    return href


def _text(element: Any) -> str:
    return (element.text or "").strip() if element is not None else ""
