"""Calendars that a coach connected: whether they can be read, how old that is, and what it means."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bookings.admin.base import CalendarAdmin
from bookings.admin.connected.copies import READING, look_again, put_right, read_soon, withdraw
from bookings.admin.connected.reading_page import read_now, reading
from bookings.admin.connected.states import state
from bookings.admin.forms.sources import CalendarSourceForm, masked
from bookings.connected import copies
from bookings.connected.differences import SHOWN, in_words, worth_showing
from bookings.models import BusyTime, CalendarCopy, CalendarSource
from portal.common import times


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
            path("<int:pk>/reading/", wrap(reading), name="bookings_calendarsource_reading"),
            path("<int:pk>/read-now/", wrap(read_now), name="bookings_calendarsource_read_now"),
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

    def response_add(
        self, request: HttpRequest, obj: CalendarSource, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to what is found, which says more than that it was saved."""
        return redirect(READING, obj.pk)

    def response_change(self, request: HttpRequest, obj: CalendarSource) -> HttpResponse:
        is_read_anew = obj.is_active and obj.last_tried_at is None
        return redirect(READING, obj.pk) if is_read_anew else super().response_change(request, obj)

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
