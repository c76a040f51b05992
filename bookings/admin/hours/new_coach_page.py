"""A second coach, in one form: who, by which clock, and which of the kinds of call there are."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings.admin.forms.coaches import NewCoachForm
from bookings.admin.hours.inviting import IsCoachError, invite_coach
from bookings.availability.kinds import Kind, offered_kinds
from bookings.models import Host
from portal.accounts.models import User
from portal.accounts.staff import SwitchedOffError


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("bookings.add_host"):
        raise PermissionDenied
    kinds = offered_kinds()
    form = NewCoachForm(request.POST if request.method == "POST" else None, kinds=kinds)
    known = None
    if form.is_valid():
        try:
            host = invited(request, form, kinds)
        except IsCoachError as error:
            known = error.host
            form.add_error(
                "email", _("Whoever has this address is a coach already: %(name)s.") % {"name": known}
            )
        except SwitchedOffError:
            words = _("The account with this address is switched off. Switch it on first, under People.")
            form.add_error("email", words)
        except IntegrityError:
            form.add_error(None, _("Somebody else added a coach at this very moment. Send it once more."))
        else:
            words = _(
                "%(name)s is a coach now, and is told by mail how to sign in. Without hours nothing can be booked."
            )
            messages.success(request, words % {"name": host})
            return redirect("admin:bookings_host_changelist")
    context = {
        **admin.site.each_context(request),
        "title": _("Add a coach"),
        "opts": Host._meta,
        "form": form,
        "known": known,
    }
    status = 409 if known else 422 if form.errors else 200
    return render(request, "admin/bookings/new_coach.html", context, status=status)


def invited(request: HttpRequest, form: NewCoachForm, kinds: list[Kind]) -> Host:
    assert isinstance(request.user, User)
    data = form.cleaned_data
    host = invite_coach(
        data["email"],
        name=data["name"],
        time_zone=data["time_zone"],
        kinds=[kind for kind in kinds if kind.slug in data.get("kinds", ())],
        language=get_language() or "nl",
        by=request.user,
    )
    admin.site._registry[Host].log_addition(request, host, [{"added": {}}])
    return host
