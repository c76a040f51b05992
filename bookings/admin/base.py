"""What the admin pages of the calendar share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bookings import errors
from bookings.admin import closing
from bookings.fields import DateField, TimeField, instant
from bookings.models import Host
from portal.common import times
from portal.common.admin import PortalAdmin
from portal.common.sight import own

LISTED = 20
MOST_HOSTS = 100  # coaches to choose from
ZONES = "zones_of_coaches"  # on a request
BUSY = "calendar_is_busy"  # on a request: nothing is to be saved now
HOURS_TEMPLATE = "admin/bookings/hours_inline.html"


class BusyForm(forms.BaseForm):
    """A form that is not saved because the lock of the calendar was not free; what was typed stays."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        raise ValidationError(closing.busy_words())


def hosts_of(request: HttpRequest) -> list[Host]:
    """The coaches whose calendar this reader may see, the own one first."""
    hosts = own(request.user, Host.objects.order_by("pk"))[:MOST_HOSTS]
    return sorted(hosts, key=lambda host: host.user_id != request.user.pk)


def back_or(request: HttpRequest, usual: str) -> str:
    target = request.GET.get("back", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else usual


def hosts_for(request: HttpRequest) -> tuple[Host | None, list[Host]]:
    """Whose hours a page is about, and the coaches to choose from when there are several.

    `?host=`, also posted: by the short name; without it, of the one who is signed in. What is sent for one who is
    not in sight any more is not done to another's: raises Http404.
    """
    hosts = hosts_of(request)
    wanted = request.POST.get("host") or request.GET.get("host", "")
    asked = [one for one in hosts if one.slug == wanted]
    if request.method == "POST" and wanted and not asked:
        raise Http404
    return next(iter([*asked, *hosts]), None), hosts if len(hosts) > 1 else []


def on_and_clock(request: HttpRequest, zone: str) -> datetime | None:
    """The moment a link asks for, `?on=` and `?at=` by the clock of `zone`; nonsense is none.

    Raises ValidationError for a time the clock skips.
    """
    try:
        on, at = DateField().clean(request.GET.get("on")), TimeField().clean(request.GET.get("at"))
    except ValidationError:
        return None
    return instant(on, at, zone) if on else None


class SaysZoneOnce(PortalAdmin):
    """A list of moments by the coach's clock: the zone stands above it, or in every row when coaches differ."""

    def list_note(self, request: HttpRequest) -> str:
        zone = self._only_zone(request)
        return _("All times are %(zone)s.") % {"zone": times.zone_label(times.now(), zone)} if zone else ""

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        return [name for name in shown if name != "zone"] if self._only_zone(request) else shown

    def _only_zone(self, request: HttpRequest) -> str:
        if not hasattr(request, ZONES):
            # the usual order of coaches would make each of them another row
            hosts = own(request.user, Host.objects.order_by("time_zone"))
            setattr(request, ZONES, [*hosts.values_list("time_zone", flat=True).distinct()[:2]])
        zones = getattr(request, ZONES)
        return zones[0] if len(zones) == 1 and times.is_zone(zones[0]) else ""


class CalendarAdmin(PortalAdmin):
    """Of one coach: the coach is filled in already, and the plus and pencil beside the field stay away.

    Whatever is saved or deleted here may close time, so it happens under the lock of the calendar. It never
    touches a call: those that lie outside the hours after it are shown next, to keep, move or cancel.
    """

    actions = None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"host": next(iter(hosts_of(request)), None)} | super().get_changeform_initial_data(request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.is_relation:
            for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
                setattr(field.widget, link, False)
        return field

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (BusyForm, form), {}) if getattr(request, BUSY, False) else form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        def save() -> HttpResponse:
            return super(CalendarAdmin, self).changeform_view(request, object_id, form_url, extra_context)

        if request.method != "POST":
            return save()
        try:
            return self._changing(request, object_id, save)
        except errors.BusyError:
            setattr(request, BUSY, True)
            return save()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        def delete() -> HttpResponse:
            return super(CalendarAdmin, self).delete_view(request, object_id, extra_context)

        if request.method != "POST":
            return delete()
        try:
            return self._changing(request, object_id, delete)
        except errors.BusyError:
            messages.error(request, closing.busy_words())
            return redirect(request.get_full_path())

    def _changing(
        self, request: HttpRequest, object_id: str | None, act: Callable[[], HttpResponse]
    ) -> HttpResponse:
        try:
            return closing.closing_time(request, self._hosts_of(request, object_id), act)
        except closing.CollisionError:  # a script that asks for no lock, twice
            messages.error(request, __("Somebody else changed these hours at the same moment. Try again."))
            return redirect(request.get_full_path())

    def _hosts_of(self, request: HttpRequest, object_id: str | None) -> set[int]:
        typed = request.POST.get("host", "")
        found = {host.pk for host in hosts_of(request) if str(host.pk) == typed}
        obj = self.get_object(request, object_id) if object_id else None
        if isinstance(obj, Host):
            found.add(obj.pk)
        elif obj is not None:
            found.add(obj.host_id)
        return found


class KeptWhileUsedAdmin(CalendarAdmin):
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_delete_permission(request, obj) or not obj.bookings.exists():
            return super().delete_view(request, object_id, extra_context)
        calls = obj.bookings.select_related("host")
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(name)s stays") % {"name": obj},
            "object": obj,
            "opts": self.opts,
            "ahead": calls.open(times.now()).order_by("period")[:LISTED],
            "past_count": calls.filter(period__endswith__lte=times.now()).count(),
        }
        return render(request, "admin/bookings/kept.html", context, status=409)
