"""The address of a coach's feed: to copy, and to make anew."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.connected.feed import address, renew_address
from bookings.models import Host
from portal.common.sight import own


@require_http_methods(["GET", "HEAD", "POST"])
def feed(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("bookings.change_host"):
        raise PermissionDenied
    host = get_object_or_404(own(request.user, Host.objects.all()), pk=pk)
    if request.method == "POST":
        renew_address(host)
        messages.success(request, _("There is a new address. The old one no longer works."))
        return redirect("admin:bookings_host_feed", host.pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Your calls in your own calendar"),
        "host": host,
        "opts": Host._meta,
        "address": address(host),
    }
    return render(request, "admin/bookings/feed.html", context)
