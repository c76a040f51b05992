"""Who joins a call beside the visitor and the coach: a manager, somebody of HR. Known by an address alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from portal.common import times
from portal.common.ids import new_public_id

SEATS = 3  # at one call


class Guest(models.Model):
    """Somebody who is invited to one call, or stepped out of it and left the seat to somebody else.

    Who is not invited any more has no row. `changes` is how far this guest's calendar file is ahead of the call's own
    version: a counter of the call, so that who comes back after a cancellation gets a higher SEQUENCE than that had.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="guests", verbose_name=_("call"))
    email = models.EmailField(_("e-mail address"), max_length=254)
    seat = models.PositiveSmallIntegerField(null=True, editable=False)
    by = models.CharField(_("invited by"), max_length=10, choices=Booking.By)
    changes = models.PositiveIntegerField(default=0)
    invited_at = models.DateTimeField(_("invited at"), default=times.now)
    left_at = models.DateTimeField(_("stepped out at"), null=True, blank=True)

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "seat"],
                name="bookings_guest_one_a_seat",
                violation_error_message=_("Three guests can join a call."),
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, seat__range=(1, SEATS), left_at__isnull=True)
                | Q(seat__isnull=True, left_at__isnull=False),
                name="bookings_guest_has_a_seat_or_left",
                violation_error_message=_("Three guests can join a call; who stepped out takes no seat."),
            ),
            models.UniqueConstraint(
                fields=["booking", "email"],
                name="bookings_guest_invited_once",
                violation_error_message=_("This address is invited already."),
            ),
            models.CheckConstraint(
                condition=~Q(email=""),
                name="bookings_guest_has_an_address",
                violation_error_message=_("A guest has an address."),
            ),
        ]
        indexes = [models.Index(fields=["email"], name="bookings_guest_by_address")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_invited(self) -> bool:
        return self.left_at is None

    @property
    def about(self) -> str:
        """What this guest's mails are about: not the call, whose own mails go with the erasure of whom they are to."""
        return f"guest:{self.public_id}"

    @property
    def sequence(self) -> int:
        """The version of this guest's calendar file and mails; `booking` is loaded."""
        return self.booking.sequence + self.changes


def invited_to(booking: Booking) -> list[Guest]:
    """One query, none when `guests` were prefetched. Their call is this very row."""
    found = [guest for guest in booking.guests.all() if guest.is_invited]
    for guest in found:
        guest.booking = booking
    return found
