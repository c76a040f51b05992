from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from bookings.admin.base import SaysZoneOnce
from bookings.admin.calls import (
    agreed_page,
    brief_page,
    call_pages,
    guests_page,
    new_call_page,
    outcome_pages,
    outside_page,
    place_page,
)
from bookings.admin.week import page
from bookings.models import Booking, BookingQuerySet, CallType
from portal.common import demo, times
from portal.common.admin import OneOfFilter
from portal.common.read_only import ReadOnlyAdmin
from portal.common.sight import seen_by

AHEAD, OPEN, PAST, ALL = "ahead", "open", "past", "all"


class WhenFilter(OneOfFilter):
    title = _("when")
    parameter_name = "when"
    default, when_looking = AHEAD, ALL

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(AHEAD, _("to come")), (OPEN, _("over, not noted yet")), (PAST, _("past")), (ALL, _("all"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        now = times.now()
        assert isinstance(queryset, BookingQuerySet)
        if self.value() == AHEAD:
            return queryset.ending_after(now)
        if self.value() == OPEN:
            return queryset.filter(status=Booking.Status.CONFIRMED, period__endswith__lte=now)
        return queryset.filter(period__endswith__lte=now) if self.value() == PAST else queryset


class KindFilter(admin.SimpleListFilter):
    """Every kind once, however many coaches offer it; nothing to choose while there is one."""

    title = _("kind of call")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = seen_by(request.user, CallType.objects.order_by("-pk"))
        kinds = {one.slug: one.name for one in seen}
        return sorted(kinds.items()) if len(kinds) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        return queryset.filter(call_type__slug=self.value()) if self.value() else queryset


@admin.register(Booking)
class BookingAdmin(SaysZoneOnce, ReadOnlyAdmin):
    when_empty = _(
        "No calls here. Whoever opens your link picks a time; you can also book one for somebody in the week."
    )
    list_display = ["when", "zone", "who", "state"]
    list_display_links = ["when", "who"]
    list_filter = [WhenFilter, "status", KindFilter]
    list_select_related = ["host", "call_type", "offer"]
    search_fields = ["name", "email"]
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        now = times.now()
        return super().get_queryset(request).exclude(status=Booking.Status.HELD, expires_at__lte=now)

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        if not request.user.has_perm("bookings.change_booking") or not self.looks_back(request):
            return shown
        return ["outcome" if name == "state" else name for name in shown]

    def looks_back(self, request: HttpRequest) -> bool:
        return request.GET.get("when") in (OPEN, PAST, ALL) or bool(request.GET.get("q"))

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-period" if self.looks_back(request) else "period"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("week/", wrap(page.show), name="bookings_booking_week"),
            path("outside/", wrap(outside_page.show), name="bookings_booking_outside"),
            path("week/empty/", wrap(page.empty), name="bookings_booking_empty"),
            path("new/", wrap(new_call_page.new), name="bookings_booking_new"),
            path("<int:pk>/brief/", wrap(brief_page.show), name="bookings_booking_brief"),
            path("<int:pk>/cancel/", wrap(call_pages.cancel), name="bookings_booking_cancel"),
            path("<int:pk>/move/", wrap(call_pages.move), name="bookings_booking_move"),
            path("<int:pk>/guests/", wrap(guests_page.show), name="bookings_booking_guests"),
            path(
                "<int:pk>/guests/<public_id:public_id>/out/",
                wrap(guests_page.out),
                name="bookings_booking_guest_out",
            ),
            path("<int:pk>/close/", wrap(outcome_pages.close), name="bookings_booking_close"),
            path("<int:pk>/take-back/", wrap(outcome_pages.take_back), name="bookings_booking_take_back"),
            path("<int:pk>/place/", wrap(place_page.show), name="bookings_booking_place"),
            path("<int:pk>/agreed/", wrap(agreed_page.show), name="bookings_booking_agreed"),
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return call_pages.detail(request, object_id)

    @admin.display(description=_("when"), ordering="period")
    def when(self, booking: Booking) -> str:
        start = times.short_moment(booking.start_at, booking.host.time_zone)
        return f"{start}–{times.clock(booking.end_at, booking.host.time_zone)}"

    @admin.display(description=_("time zone"))
    def zone(self, booking: Booking) -> str:
        return times.zone_label(booking.start_at, booking.host.time_zone)

    @admin.display(description=_("name"), ordering="name")
    def who(self, booking: Booking) -> str:
        """With the address, which needs no width of its own then."""
        if not booking.email or not booking.name:
            return booking.who
        return format_html(
            '{}{}<span class="visually-hidden">, </span><span class="note">{}</span>',
            booking.name,
            demo.mark(booking.email),
            booking.email,
        )

    @admin.display(description=_("status"), ordering="status")
    def state(self, booking: Booking) -> str:
        return call_pages.state(booking)

    @admin.display(description=_("how did it go?"), ordering="status")
    def outcome(self, booking: Booking) -> str:
        if booking.status != Booking.Status.CONFIRMED or booking.end_at > times.now():
            return self.state(booking)
        return render_to_string(
            "admin/bookings/booking/_outcome_cell.html", {"booking": booking, "Status": Booking.Status}
        )
