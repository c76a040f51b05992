"""The address of a coach's feed: to copy, to subscribe to, and to make anew, which asks first."""

from __future__ import annotations

from base64 import b64encode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings.connected.feed import address, renew_address
from bookings.models import Host
from portal.common.qr import qr_code
from portal.common.sight import own

PAGE = "admin:bookings_host_feed"


@require_safe
def feed(request: HttpRequest, pk: int) -> HttpResponse:
    host = host_of(request, pk)
    secret = address(host)
    # the scheme with which a telephone or computer opens its calendar program
    webcal = f"webcal://{secret.partition('://')[2]}"
    context = {
        **admin.site.each_context(request),
        "title": _("Your calls in your own calendar"),
        "host": host,
        "opts": Host._meta,
        "address": secret,
        "webcal": webcal,
        "qr": drawn(webcal),
    }
    return render(request, "admin/bookings/feed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, pk: int) -> HttpResponse:
    host = host_of(request, pk)
    if request.method == "POST":
        renew_address(host)
        messages.success(request, _("There is a new address. The old one no longer works."))
        return redirect(PAGE, host.pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Make a new address?"),
        "host": host,
        "opts": Host._meta,
    }
    return render(request, "admin/bookings/feed_new.html", context)


def host_of(request: HttpRequest, pk: int) -> Host:
    if not request.user.has_perm("bookings.change_host"):
        raise PermissionDenied
    return get_object_or_404(own(request.user, Host.objects.all()), pk=pk)


def drawn(text: str) -> str:
    """In the page itself: the address is a secret, and an image of its own would be one more place for it."""
    return f"data:image/svg+xml;base64,{b64encode(qr_code(text)).decode()}"
