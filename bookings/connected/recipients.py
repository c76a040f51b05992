"""Who else gets something of somebody who books, as things are connected at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.models import CalendarSource, CallType, Host
from portal.common.privacy import Recipient
from portal.common.sealing import SealBrokenError


def connected() -> Iterator[Recipient]:
    for address in unique(video_links()):
        words = _("the video call: whatever you say and show there; we tell it nothing about you")
        yield service(address, words)
    named = Host.objects.filter(is_active=True, feed_shows_names=True).exists()
    words = (
        _("the calendar of the coach: when and where the call is, and your name")
        if named
        else _("the calendar of the coach: when the call is, without your name")
    )
    for address in unique(calendars()):
        yield service(address, words)
    if named:
        yield Recipient(_("The calendar program of the coach"), words)


def video_links() -> Iterator[str]:
    kinds = CallType.objects.filter(is_active=True, host__is_active=True)
    if kinds.filter(location_kind=CallType.Location.JITSI).exists():
        yield settings.JITSI_URL
    yield from kinds.filter(location_kind=CallType.Location.LINK).values_list("location_url", flat=True)


def calendars() -> Iterator[str]:
    for source in CalendarSource.objects.filter(writes=True, is_active=True):
        try:
            yield source.address
        except SealBrokenError:
            yield ""


def unique(addresses: Iterable[str]) -> list[str]:
    return list({urlsplit(address).hostname: address for address in addresses}.values())


def service(address: str, words: str) -> Recipient:
    name = urlsplit(address).hostname or _("A calendar service")
    return Recipient(name, words, settings.SERVICE_COUNTRIES.get(name, ""))
