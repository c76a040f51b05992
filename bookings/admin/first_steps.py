"""What a coach has to do before the first call; each line is done when the rows say so."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.availability import first_hours
from bookings.availability.public_holidays import dutch_holidays
from bookings.models import Booking, CalendarSource, CallType, DateOverride, Host
from bookings.words.coaches import of_practice
from bookings.words.places import link_by_hand
from portal.common import times
from portal.common.names import first_name
from portal.practice.first_steps import FirstStep

HOST = "host_of_first_steps"  # on a request
AHEAD = timedelta(days=365)


def host_of(request: HttpRequest) -> Host | None:
    """Of whoever looks, else of the practice; asked once."""
    if not hasattr(request, HOST):
        own = Host.objects.filter(user=request.user.pk, is_active=True).order_by("pk").first()
        setattr(request, HOST, own or of_practice())
    found: Host | None = getattr(request, HOST)
    return found


def hours_are_done(request: HttpRequest) -> bool:
    """They are others than those of the set-up, or were looked at and saved as they are."""
    host = host_of(request)
    if host is None:
        return False
    saved = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Host), object_id=str(host.pk)
    )
    return not first_hours.has(host) or saved.exists()


def where_is_done(request: HttpRequest) -> bool:
    """Nobody waits for a link that the coach must think of by herself."""
    host = host_of(request)
    if host is None:
        return False
    by_hand = link_by_hand(first_name(host.name)).values()
    offered = list(CallType.objects.bookable().filter(host=host))
    return bool(offered) and not any(
        one.location_nl in by_hand
        or one.location_en in by_hand
        or (one.location_kind == CallType.Location.LINK and not one.location_url)
        for one in offered
    )


def calendar_is_done(request: HttpRequest) -> bool:
    """Connected, and read well at least once."""
    host = host_of(request)
    connected = CalendarSource.objects.filter(host=host, is_active=True, last_good_at__isnull=False)
    return host is not None and connected.exists()


def holidays_are_done(request: HttpRequest) -> bool:
    """One of those ahead has hours of its own, or none."""
    host = host_of(request)
    if host is None:
        return False
    today = times.local(times.now(), host.time_zone).date()
    ahead = [holiday.on for holiday in dutch_holidays(today, today + AHEAD, language="nl")]
    return DateOverride.objects.filter(host=host, on__in=ahead).exists()


def booking_is_done(request: HttpRequest) -> bool:
    host = host_of(request)
    return host is not None and Booking.objects.filter(host=host).exclude(status=Booking.Status.HELD).exists()


def hours_path(request: HttpRequest) -> str:
    host = host_of(request)
    return (
        reverse("admin:bookings_host_change", args=[host.pk])
        if host
        else reverse("admin:bookings_host_changelist")
    )


def where_path(request: HttpRequest) -> str:
    found = CallType.objects.bookable().filter(host=host_of(request)).first()
    if found is None:
        return reverse("admin:bookings_calltype_changelist")
    return reverse("admin:bookings_calltype_change", args=[found.pk])


STEPS = [
    FirstStep(
        20,
        _("Hours"),
        _("Weekdays from nine to five are what we began with. Make them yours, or save them as they are."),
        _("Look at your hours"),
        hours_path,
        hours_are_done,
    ),
    FirstStep(
        30,
        _("Where"),
        _("By phone, by a video link or at an address: the invitation says it by itself."),
        _("Say where"),
        where_path,
        where_is_done,
    ),
    FirstStep(
        40,
        _("Your own calendar"),
        _("What stands in Google, iCloud, Outlook or Nextcloud is then never booked here."),
        _("Connect a calendar"),
        lambda request: reverse("admin:bookings_calendarsource_add"),
        calendar_is_done,
    ),
    FirstStep(
        50,
        _("Holidays"),
        _("Close Christmas and the others with one press each. Days off of your own stand beside them."),
        _("Close holidays"),
        lambda request: reverse("admin:bookings_dateoverride_holidays"),
        holidays_are_done,
    ),
    FirstStep(
        60,
        _("A test booking"),
        _("Book a call yourself, with an address of your own, and see what a visitor sees and gets."),
        _("Book one"),
        lambda request: reverse("bookings:slots"),
        booking_is_done,
    ),
]
