"""Who waits for a time, and which times are held for somebody: to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bookings.models import CallType, Offer, WaitlistEntry
from portal.common import times
from portal.common.read_only import ReadOnlyAdmin
from portal.common.sight import seen_by


def kind_names() -> dict[str, str]:
    """By short name; of several kinds with the same one, the first made lends its name."""
    return {one.slug: one.name for one in CallType.objects.order_by("-pk")}


class KindFilter(admin.SimpleListFilter):
    title = _("kind of call")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = kind_names()
        seen = seen_by(request.user, WaitlistEntry.objects.order_by("kind"))
        waited_for = seen.values_list("kind", flat=True).distinct()
        return [(slug, names.get(slug, slug)) for slug in waited_for]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WaitlistEntry]) -> QuerySet[WaitlistEntry]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(ReadOnlyAdmin):
    when_empty = _(
        "Nobody waits. Whoever finds no time that suits can leave an address below your free times."
    )
    list_display = ["who", "email", "until_on", "status", "since"]
    list_filter = ["status", KindFilter]
    search_fields = ["name", "email"]
    list_per_page = 50
    fields = ["name", "email", "said_kind", "host", "until_on", "status", "in_language", "zone", "since"]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["ended_at", "created_at", "pk"] if not request.GET.get("o") else ["pk"]

    @admin.display(description=_("name"), ordering="name")
    def who(self, entry: WaitlistEntry) -> str:
        return entry.who

    @admin.display(description=_("kind of call"))
    def said_kind(self, entry: WaitlistEntry) -> str:
        return kind_names().get(entry.kind, entry.kind)

    @admin.display(description=_("visitor's time zone"))
    def zone(self, entry: WaitlistEntry) -> str:
        return times.zone_label(times.now(), entry.time_zone) if times.is_zone(entry.time_zone) else "–"

    @admin.display(description=_("waits since"), ordering="created_at")
    def since(self, entry: WaitlistEntry) -> str:
        return times.short_moment(entry.created_at, times.HOST_ZONE)


@admin.register(Offer)
class OfferAdmin(ReadOnlyAdmin):
    when_empty = _(
        "No time was offered yet. That happens when one comes free for who waits, or after a missed call."
    )
    list_display = ["who", "when", "reason", "status", "until"]
    list_filter = ["status", "reason"]
    list_select_related = ["call_type__host"]
    search_fields = ["name", "email"]
    list_per_page = 50
    fields = ["name", "email", "reason", "when", "status", "until", "missed", "entry"]
    readonly_fields = ["when", "until"]

    @admin.display(description=_("name"), ordering="name")
    def who(self, offer: Offer) -> str:
        return offer.who

    @admin.display(description=_("times"))
    def when(self, offer: Offer) -> str:
        zone = offer.call_type.host.time_zone
        return "; ".join(times.short_moment(start, zone) for start in offer.starts)

    @admin.display(description=_("held until"), ordering="expires_at")
    def until(self, offer: Offer) -> str:
        return times.short_moment(offer.expires_at, offer.call_type.host.time_zone)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("call_type__host")
