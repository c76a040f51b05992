"""Where one call is, by the coach's hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import errors
from bookings.admin.base import back_or
from bookings.admin.calls.call_pages import (
    PAGE,
    booking_or_404,
    host_moments,
    may_change,
    page,
    refuse,
    sentence,
)
from bookings.admin.forms.place import PlaceForm
from bookings.calls import placing
from bookings.models import Booking
from bookings.words.places import misses_link


@may_change
def show(request: HttpRequest, pk: int) -> HttpResponse:
    booking = booking_or_404(request, pk)
    if not placing.can_place(booking):
        return refuse(request, booking, _("This call is not ahead any more, so its place stays as it is."))
    if request.method != "POST":
        return form_page(request, booking, PlaceForm(booking=booking))
    form = PlaceForm(request.POST, booking=booking)
    if not form.is_valid():
        return form_page(request, booking, form, status=422)
    try:
        is_new = placing.set_place(booking, form.place, seen=form.cleaned_data["version"])
    except errors.ChangedError:
        form.add_error(
            None, _("This call changed meanwhile. Look at it below, and save once more if you still want to.")
        )
        return form_page(request, booking_or_404(request, pk), form, status=409)
    except errors.BusyError as error:
        form.add_error(None, sentence(error))
        return form_page(request, booking, form, status=503)
    except errors.BookingError as error:
        return refuse(request, booking, sentence(error))
    words = _("Saved. %(name)s is mailed the new place, and the calendar follows.")
    messages.success(
        request,
        (words if is_new else _("Nothing was changed, so nothing was mailed.")) % {"name": booking.name},
    )
    return redirect(back_or(request, reverse(PAGE, args=[booking.pk])))


def form_page(request: HttpRequest, booking: Booking, form: PlaceForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "version": booking.sequence,
        "moments": host_moments(booking),
        "misses_link": misses_link(booking),
        "back": back_or(request, reverse(PAGE, args=[booking.pk])),
    }
    return page(request, booking, "place", _("Where this call is"), status=status, **context)
