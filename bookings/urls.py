from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from bookings.views import booking, choosing, managing

app_name = "bookings"
urlpatterns = [
    # a booking under way
    path(_("impact-call/"), choosing.slots, name="slots"),
    path(_("impact-call/time-zone/"), choosing.zone, name="zone"),
    path(_("impact-call/with/<slug:slug>/"), choosing.coach, name="coach"),
    path(_("impact-call/hold/"), booking.hold, name="hold"),
    path(_("impact-call/release/"), booking.release, name="release"),
    path(_("impact-call/details/"), booking.details, name="details"),
    path(_("impact-call/confirm/"), booking.confirm, name="confirm"),
    path(_("impact-call/taken/"), booking.lost, name="lost"),
    path(_("impact-call/already-planned/"), booking.already, name="already"),
    # one call
    path(_("impact-call/<public_id:public_id>/"), managing.manage, name="manage"),
    path(_("impact-call/<public_id:public_id>/confirmed/"), managing.done, name="done"),
    path(_("impact-call/<public_id:public_id>/invite.ics"), managing.invite, name="invite"),
    path(_("impact-call/<public_id:public_id>/move/"), managing.move, name="move"),
    path(_("impact-call/<public_id:public_id>/cancel/"), managing.cancel, name="cancel"),
    path(_("impact-call/<str:public_id>/<str:token>/"), managing.manage_link, name="manage_link"),
]
