"""Small helpers around requests and responses, used by every app."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

logger = logging.getLogger(__name__)

P = ParamSpec("P")
WITH_PORT = re.compile(r"(?:\[(?P<six>.*)\]|(?P<four>[^:]*))(?::\d+)?")
THIS_MACHINE = "127.0.0.1"  # whoever comes over a socket in the file system has no address
CLIENT = "portal.client"  # in the environment of a request
NAT64 = IPv6Network("64:ff9b::/96")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def private(view: View[P]) -> View[P]:
    """Mark a page as somebody's own: never cached, never indexed."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


def client_address(request: HttpRequest) -> str:
    """Who is counted as one client, behind TRUSTED_PROXY_COUNT proxies: an IPv4 address, or the /64 that one
    subscriber has of IPv6. allauth's limits see the same (`accounts.adapter`)."""
    return str(get_adapter(request).get_client_ip(request))


def nearest_address(request: HttpRequest) -> str:
    """The address of the client as TRUSTED_PROXY_COUNT proxies pass it on: each adds its sender on the right.

    One may write `unknown`, a name or nonsense (RFC 7239). Then that proxy itself is counted: what stands
    farther left anybody may have made up.
    """
    if CLIENT not in request.META:
        request.META[CLIENT] = _nearest_address(request)
    return str(request.META[CLIENT])


def _nearest_address(request: HttpRequest) -> str:
    found = read_address(request.META.get("REMOTE_ADDR", "")) or THIS_MACHINE
    forwarded = request.headers.get("X-Forwarded-For")
    hops = [] if forwarded is None else forwarded.split(",")
    for number, hop in enumerate(hops[: -settings.ALLAUTH_TRUSTED_PROXY_COUNT - 1 : -1], start=1):
        address = read_address(hop)
        if address is None:
            logger.warning("X-Forwarded-For names no address at hop %d; whoever sent it is counted.", number)
            break
        found = address
    return found


def read_address(text: str) -> str | None:
    text = text.strip()
    parts = WITH_PORT.fullmatch(text)
    try:
        return str(ip_address((parts["six"] or parts["four"]) if parts else text))
    except ValueError:
        return None


def network_of(address: str) -> str:
    """The IPv4 address, also when it is written as an IPv6 one; else the first address of the /64."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return str(ip)
    inner = ip.ipv4_mapped or ip.sixtofour
    if ip in NAT64:
        inner = IPv4Address(int(ip) & 0xFFFF_FFFF)
    return str(inner or IPv6Address(int(ip) >> 64 << 64))


def absolute_url(path: str) -> str:
    """An address for mails: only ever from SITE_URL, never from the Host header."""
    return settings.SITE_URL + path


def absolute_reverse(name: str, *args: object) -> str:
    return absolute_url(reverse(name, args=args))


def is_member(request: HttpRequest) -> bool:
    return not isinstance(request.user, AnonymousUser) and request.user.is_authenticated
