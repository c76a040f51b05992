"""What was agreed: typed by the coach after the call, and mailed to who agreed to it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
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
    moment,
    page,
    refuse,
    sentence,
)
from bookings.admin.forms.agreed import AgreedForm
from bookings.calls import agreeing
from bookings.models import Booking
from portal.common.names import first_name


@may_change
def show(request: HttpRequest, pk: int) -> HttpResponse:
    booking = booking_or_404(request, pk)
    if request.method != "POST":
        if not agreeing.can_agree(booking):
            return refuse(request, booking, why_not(booking))
        form = AgreedForm(initial={"text": booking.agreed, "version": booking.agreed_version})
        return form_page(request, booking, form, version=booking.agreed_version)
    form = AgreedForm(request.POST)
    if form.is_valid() and saved(request, booking, form):
        return redirect(back_or(request, reverse(PAGE, args=[booking.pk])))
    booking.refresh_from_db()
    # a form that missed another's words has read them now; any other keeps what it had read
    is_beside = form.has_error("text", "changed") or "version" in form.errors
    version = booking.agreed_version if is_beside else form.cleaned_data["version"]
    return form_page(request, booking, form, version=version, is_beside=is_beside)


def saved(request: HttpRequest, booking: Booking, form: AgreedForm) -> bool:
    text, facts = form.cleaned_data["text"], {"name": booking.name}
    try:
        is_new = agreeing.agree(booking, text, version=form.cleaned_data["version"])
    except errors.ChangedError:
        words = _(
            "Somebody wrote here meanwhile, in another tab or on another screen. Nothing was saved or mailed."
        )
        form.add_error("text", ValidationError(words, code="changed"))
    except errors.TooLateError:
        form.add_error("text", why_not(Booking.objects.get(pk=booking.pk)))
    except errors.BookingError as error:
        form.add_error("text", sentence(error))
    else:
        if not is_new:
            words = _("Nothing was changed, so nothing was mailed.")
        elif text:
            words = _("Saved. %(name)s gets it by mail.")
        else:
            words = _("Taken away. A mail that left stays with %(name)s.")
        messages.success(request, words % facts)
        return True
    return False


def form_page(
    request: HttpRequest, booking: Booking, form: AgreedForm, *, version: int, is_beside: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "version": version,
        "is_beside": is_beside,
        "moments": host_moments(booking),
        "first_name": first_name(booking.name),
        "agreed_moment": moment(booking.agreed_at, booking),
        "back": back_or(request, reverse(PAGE, args=[booking.pk])),
    }
    status = 422 if form.errors else 200
    return page(request, booking, "agreed", _("What was agreed"), status=status, **context)


def why_not(booking: Booking) -> str:
    if not booking.email:
        return _("This person erased everything, so there is nobody to agree with any more.")
    return _("Say first that the call went ahead; then you write down what was agreed.")
