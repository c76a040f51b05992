"""A yes or no to sharing a result, after a call was booked (GDPR 7(3)). Taking back is easy; giving needs a sign-in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import errors
from bookings.calls import sharing
from bookings.visitor.answers import busy_again_words, post_or, sign_in_first, too_late_words
from bookings.visitor.own import bookings, own_booking
from portal.accounts.models import User
from portal.common.http import private
from portal.leads import links

PAGE = "accounts:yes_and_no"


@private
@require_POST
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    booking = bookings().filter(public_id=public_id, user=user).first()
    if booking is None:
        raise Http404
    try:
        is_shared = sharing.share(
            booking,
            user=user,
            language=get_language() or "nl",
            method="account page",
            source_path=request.path,
        )
    except errors.BusyError:
        messages.error(request, busy_again_words())
    except errors.TooLateError:
        messages.warning(request, too_late_words())
    else:
        if is_shared:
            messages.success(
                request, _("Shared. %(name)s sees your result from now on.") % {"name": booking.host.name}
            )
    return redirect(PAGE)


@login_not_required
@private
@post_or("bookings:manage")
def unshare(request: HttpRequest, public_id: str) -> HttpResponse:
    """From the page of a call, or from that of one's yes and no."""
    booking = own_booking(request, public_id)
    if booking is None:
        return sign_in_first(request)
    is_account = request.POST.get("from") == "account"
    method = "account page" if is_account else "page of the call"
    try:
        sharing.withdraw_sharing(email=booking.email, user=booking.user, method=method, only=booking)
    except errors.BusyError:
        messages.error(request, busy_again_words())
    else:
        messages.success(request, unshared_words())
    return redirect(PAGE) if is_account else redirect("bookings:manage", public_id)


@login_not_required
@private
@require_POST
def unshare_by_link(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Behind the link of a tip, which proves the mailbox: from every call at once, for none is named there."""
    lead = links.lead_of(public_id, token)
    if lead is None:
        raise Http404
    with translation.override(lead.language):
        try:
            sharing.withdraw_sharing(email=lead.email, user=lead.user, method="one click")
        except errors.BusyError:
            messages.error(request, busy_again_words())
        else:
            messages.success(request, unshared_words())
    return redirect(links.path_of(lead))


def unshared_words() -> str:
    return _("Your result is not shared any more. We asked the coach to delete the mail.")
