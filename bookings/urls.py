from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from bookings.visitor import (
    booking,
    choosing,
    feed,
    guest_link,
    guests,
    managing,
    offers,
    sharing,
    waitlist,
)

app_name = "bookings"
urlpatterns = [
    # a booking under way
    path(_("impact-call/"), choosing.slots, name="slots"),
    path(_("impact-call/time-zone/"), choosing.zone, name="zone"),
    path(_("impact-call/with/<slug:slug>/"), choosing.coach, name="coach"),
    path(_("impact-call/hold/"), booking.hold, name="hold"),
    path(_("impact-call/hold-longer/"), booking.extend, name="extend"),
    path(_("impact-call/release/"), booking.release, name="release"),
    path(_("impact-call/details/"), booking.details, name="details"),
    path(_("impact-call/confirm/"), booking.confirm, name="confirm"),
    path(_("impact-call/taken/"), booking.lost, name="lost"),
    path(_("impact-call/already-planned/"), booking.already, name="already"),
    # waiting for a time, and a time that is held for one person
    path(_("impact-call/waitlist/"), waitlist.waitlist, name="waitlist"),
    path(_("impact-call/waitlist/join/"), waitlist.join, name="waitlist_join"),
    path(_("impact-call/waitlist/<public_id:public_id>/stop/"), waitlist.stop, name="waitlist_stop"),
    path(_("impact-call/offer/<public_id:public_id>/"), offers.offer, name="offer"),
    path(_("impact-call/offer/<public_id:public_id>/confirm/"), offers.take, name="offer_take"),
    path(_("impact-call/offer/<public_id:public_id>/decline/"), offers.decline, name="offer_decline"),
    path(_("impact-call/offer/<str:public_id>/<str:token>/"), offers.offer_link, name="offer_link"),
    # a guest, by the link of a mail
    path(_("impact-call/guest/<str:public_id>/<str:token>/"), guest_link.show, name="guest_link"),
    path(_("impact-call/guest/<str:public_id>/<str:token>/out/"), guest_link.step_out, name="guest_out"),
    path(_("impact-call/guest/<str:public_id>/<str:token>/back/"), guest_link.come_back, name="guest_back"),
    path(_("impact-call/guest/<str:public_id>/<str:token>/forget/"), guest_link.forget, name="guest_forget"),
    # one call
    path(_("impact-call/<public_id:public_id>/"), managing.manage, name="manage"),
    path(_("impact-call/<public_id:public_id>/confirmed/"), managing.done, name="done"),
    path(_("impact-call/<public_id:public_id>/invite.ics"), managing.invite, name="invite"),
    path(_("impact-call/<public_id:public_id>/move/"), managing.move, name="move"),
    path(_("impact-call/<public_id:public_id>/cancel/"), managing.cancel, name="cancel"),
    path(_("impact-call/<public_id:public_id>/guests/"), guests.guests, name="guests"),
    path(_("impact-call/<public_id:public_id>/guests/remove/"), guests.remove, name="guest_remove"),
    path(_("impact-call/<public_id:public_id>/unshare/"), sharing.unshare, name="unshare"),
    path(_("impact-call/<public_id:public_id>/share/"), sharing.share, name="share"),
    path(
        _("impact-call/stop-sharing/<public_id:public_id>/<str:token>/"),
        sharing.unshare_by_link,
        name="unshare_by_link",
    ),
    path(_("impact-call/<str:public_id>/<str:token>/"), managing.manage_link, name="manage_link"),
]

# for calendar programs, in no language
feeds = ([path("agenda/<public_id:public_id>/<str:token>.ics", feed.calls, name="calls")], "feeds")
