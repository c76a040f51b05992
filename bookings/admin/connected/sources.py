"""Calendars that a coach connected: whether they can be read, how old that is, and what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin.base import CalendarAdmin
from bookings.admin.connected.copies import PAGE, look_again, put_right, read_soon, withdraw
from bookings.admin.forms.sources import CalendarSourceForm, masked
from bookings.connected import copies
from bookings.connected.differences import SHOWN, in_words, worth_showing
from bookings.models import BusyTime, CalendarCopy, CalendarSource
from portal.common import times


def age(at: datetime, now: datetime) -> str:
    """'5 minutes old', in the largest unit that fits."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    if (hours := minutes // 60) < 48:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    return ngettext("%(count)d day ago", "%(count)d days ago", hours // 24) % {"count": hours // 24}


def state(source: CalendarSource, now: datetime) -> str:
    if not source.is_active:
        return __("switched off")
    words = [age(source.last_good_at, now) if source.last_good_at else __("not read yet")]
    if source.is_looking and not source.last_problem:
        words.append(__("The calendars on the server are being looked up."))
    if source.waits_for_choice:
        words.append(__("Choose which calendar it is."))
    if source.is_stale(now):
        words[0] = __("Warning: %(age)s") % {"age": words[0]}
    if source.last_problem:
        words.append(source.get_last_problem_display())
        if source.points_at:
            words.append(
                __("It points to https://%(host)s/; fill that in if you trust it.")
                % {"host": source.points_at}
            )
    if source.unknown_zones:
        words.append(zones_on_own_clock(source))
    if source.is_closing(now):
        words.append(__("No times are offered until we can read it."))
    return words[0] + "".join(f". {one.rstrip('.')}" for one in words[1:]) + "." * (len(words) > 1)


def zones_on_own_clock(source: CalendarSource) -> str:
    names = source.unknown_zones
    words = ngettext(
        "The time zone %(names)s is unknown; its times are read by your own clock (%(zone)s). If that is "
        "wrong, give those events a time zone with the name of a city.",
        "The time zones %(names)s are unknown; their times are read by your own clock (%(zone)s). If that is "
        "wrong, give those events a time zone with the name of a city.",
        len(names),
    )
    return words % {"names": ", ".join(f"‘{name}’" for name in names), "zone": source.host.time_zone}


@admin.register(CalendarSource)
class CalendarSourceAdmin(CalendarAdmin):
    when_empty = _("No calendar yet. Connect your own, and nobody can book when you have something else.")
    form = CalendarSourceForm
    change_form_template = "admin/bookings/source_form.html"
    delete_confirmation_template = "admin/bookings/source_delete.html"
    list_display = ["name", "read", "found", "written", "where", "host"]
    list_select_related = ["host"]
    readonly_fields = ["read"]

    def get_fields(self, request: HttpRequest, obj: CalendarSource | None = None) -> list[Any]:
        server, rest = ["user_name", "password"], ["unanswered_blocks", "on_stale", "is_active"]
        if obj is None:
            return ["host", "kind", "name", "address", *server, "writes", *rest]
        if obj.kind == CalendarSource.Kind.ICS:
            return ["read", "host", "name", "address", *rest]
        choice = ["collection"] if obj.sealed_choices else []
        return ["read", "host", "name", *choice, "writes", "address", *server, *rest]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/look-again/", wrap(look_again), name="bookings_calendarsource_look"),
            path("<int:pk>/withdraw/", wrap(withdraw), name="bookings_calendarsource_withdraw"),
            path("copies/<int:pk>/put-right/", wrap(put_right), name="bookings_calendarcopy_right"),
        ]
        return own + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarSource]:
        written = CalendarCopy.objects.filter(source=OuterRef("pk"), wanted=CalendarCopy.Wanted.PRESENT)
        found: QuerySet[CalendarSource] = super().get_queryset(request)
        return found.annotate(
            times_found=_count(BusyTime.objects.filter(source=OuterRef("pk"))),
            calls_written=_count(written.filter(status=CalendarCopy.Status.WRITTEN)),
            calls_astray=_count(written.exclude(status=CalendarCopy.Status.WRITTEN)),
        )

    def save_model(self, request: HttpRequest, obj: CalendarSource, form: Any, change: bool) -> None:
        before = CalendarSource.objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        if obj.kind == CalendarSource.Kind.CALDAV:
            if before and before.sealed_collection != obj.sealed_collection:
                copies.start_over(obj)
            elif before and before.sealed_login != obj.sealed_login:
                copies.try_again(obj)
            copies.want_all(obj)
        read_soon()

    def response_post_save_add(self, request: HttpRequest, obj: CalendarSource) -> HttpResponseRedirect:
        if obj.kind == CalendarSource.Kind.CALDAV:
            return redirect(PAGE, obj.pk)
        return super().response_post_save_add(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        pk = int(object_id) if object_id and object_id.isdecimal() and len(object_id) < 19 else None
        now = times.now()
        shown = worth_showing(now).filter(source=pk)[:SHOWN] if pk else []
        extra = {"differences": in_words(shown, now), "copies_there": _copies_there(pk) if pk else 0}
        return super().changeform_view(request, object_id, form_url, extra | (extra_context or {}))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], Any, set[str], list[str]]:
        """Its imported times are not listed one by one, and nobody needs leave to forget them."""
        return [str(obj) for obj in objs], {}, set(), []

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {"copies_there": _copies_there(int(object_id)) if object_id.isdecimal() else 0}
        return super().delete_view(request, object_id, extra | (extra_context or {}))

    @admin.display(description=_("last read"), ordering="last_good_at")
    def read(self, source: CalendarSource) -> str:
        return state(source, times.now())

    @admin.display(description=_("found"))
    def found(self, source: Any) -> str:
        count: int = source.times_found  # annotated above
        return ngettext("%(count)d busy time", "%(count)d busy times", count) % {"count": count}

    @admin.display(description=_("your calls"))
    def written(self, source: Any) -> str:
        if source.kind != CalendarSource.Kind.CALDAV or not (source.writes or source.calls_written):
            return "–"
        words = [ngettext("%(count)d call in it", "%(count)d calls in it", source.calls_written)]
        if source.calls_astray:
            words.append(ngettext("%(astray)d to look at", "%(astray)d to look at", source.calls_astray))
        return ", ".join(words) % {"count": source.calls_written, "astray": source.calls_astray}

    @admin.display(description=_("address"))
    def where(self, source: CalendarSource) -> str:
        return masked(source)


def _count(rows: QuerySet[Any]) -> Coalesce:
    """A count of its own: two joined ones would multiply."""
    counted = rows.order_by().values("source").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _copies_there(pk: int) -> int:
    gone = CalendarCopy.Status.REMOVED
    return CalendarCopy.objects.filter(source=pk, written_start_at__isnull=False).exclude(status=gone).count()
