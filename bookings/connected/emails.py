"""Mails about a connected calendar."""

from __future__ import annotations

from django.utils import translation

from bookings.models import CalendarSource
from bookings.words.moments import host_language
from portal.common import times
from portal.common.http import absolute_reverse
from portal.mail import outbox


def send_calendar_stale(source: CalendarSource) -> None:
    host, language = source.host, host_language(source.host)
    with translation.override(language):
        last = source.last_good_at and times.short_moment(source.last_good_at, host.time_zone)
        outbox.enqueue(
            outbox.written(
                key=f"calendar:{source.pk}:stale:{source.last_good_at or source.added_at:%Y%m%dT%H%M%S}",
                kind=outbox.OutboundEmail.Kind.SERVICE,
                about=f"calendar:{source.pk}",
                message="bookings/calendar_stale",
                names_people=False,
                to=host.email,
                to_name=host.name,
                language=language,
                context={
                    "source": source,
                    "last": last,
                    "closes": source.on_stale == CalendarSource.OnStale.CLOSE,
                    "admin_url": absolute_reverse("admin:bookings_calendarsource_change", source.pk),
                },
            )
        )
