"""One call, from hold to the end, and the forms that made it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from bookings.models.call_type import E164, LONGEST_CALL_MINUTES, CallType
from bookings.models.host import Host
from bookings.models.period import HasPeriod
from portal.common import times
from portal.common.ids import new_public_id
from portal.common.indexes import search_indexes

if TYPE_CHECKING:
    from portal.accounts.models import User


MAX_WORD = 500
REACHABLE = ~Q(phone="", join_url="")
WITH_SOMEBODY = ~Q(email="", name="", user=None)
LONGEST = timedelta(minutes=LONGEST_CALL_MINUTES)


def new_uid() -> str:
    """A random calendar UID, global and never derived from a row number."""
    return f"{uuid.uuid4()}@{settings.MAIL_DOMAIN}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def occupying(self, now: datetime) -> BookingQuerySet:
        """Whatever takes its time: not cancelled, and no hold that lapsed.

        A time held by an offer counts until the offer is ended, because it goes to the next in line first.
        """
        return self.exclude(status=Booking.Status.CANCELLED).exclude(
            status=Booking.Status.HELD, expires_at__lte=now, offer=None
        )

    def ending_after(self, at: datetime) -> BookingQuerySet:
        """Of all coaches, by an index: periods sort by their start, and none is longer than `LONGEST`."""
        soonest = at - LONGEST
        return self.filter(period__gt=Range(soonest, soonest, "[]"), period__endswith__gt=at)

    def starting_before(self, at: datetime) -> BookingQuerySet:
        return self.filter(period__lt=Range(at, at, "[]"))

    def lapsed(self, now: datetime) -> BookingQuerySet:
        return self.filter(status=Booking.Status.HELD, expires_at__lte=now)

    def open(self, now: datetime) -> BookingQuerySet:
        """Confirmed and not over yet."""
        return self.filter(status=Booking.Status.CONFIRMED, period__endswith__gt=now)

    def over(self, now: datetime) -> BookingQuerySet:
        """Over, and nobody said yet how it went."""
        return self.filter(status=Booking.Status.CONFIRMED, period__endswith__lte=now)

    def with_agreed(self) -> BookingQuerySet:
        """Went ahead, and what was agreed was written down."""
        return self.filter(status=Booking.Status.COMPLETED).exclude(agreed="")

    def for_user(self, user: User) -> BookingQuerySet:
        """This person's own, never a hold."""
        return self.filter(user=user).exclude(status=Booking.Status.HELD)


class Booking(HasPeriod):
    """One call, from hold to the end. `footprint` is the period with the buffers of that moment inside.

    `sequence` is both the iCalendar SEQUENCE and the version every mail is checked against.
    """

    class Status(models.TextChoices):
        HELD = "held", _("held for a moment")
        CONFIRMED = "confirmed", _("confirmed")
        CANCELLED = "cancelled", _("cancelled")
        COMPLETED = "completed", _("went ahead")
        NO_SHOW = "no_show", _("did not show up")

    class By(models.TextChoices):
        INVITEE = "invitee", _("the visitor")
        HOST = "host", _("the coach")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    host = models.ForeignKey(Host, models.PROTECT, related_name="bookings", verbose_name=_("coach"))
    call_type = models.ForeignKey(
        CallType, models.PROTECT, related_name="bookings", verbose_name=_("call type")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.HELD)
    footprint = DateTimeRangeField(_("period with buffers"))
    # a hold: until when, and whose (digests only, cleared when it is confirmed)
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    visitor = models.CharField(max_length=64, blank=True)
    client = models.CharField(max_length=64, blank=True)
    # held for one person by this offer, or taken from it
    offer = models.ForeignKey(
        "bookings.Offer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="times",
        verbose_name=_("offered time"),
    )
    # the person
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    time_zone = models.CharField(_("visitor's time zone"), max_length=64, default=times.HOST_ZONE)
    # the conversation
    remark = models.TextField(_("remark"), max_length=1000, blank=True)
    topics = models.JSONField(_("topics"), default=list, blank=True)
    shared_scan = models.CharField(_("shared scan"), max_length=24, blank=True)
    # what the coach wrote down of it afterwards, for both; the version tells a form whether it is the newest
    agreed = models.TextField(_("what was agreed"), max_length=1000, blank=True, default="", db_default="")
    agreed_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # what the coach wrote with the last mail about it, for the visitor
    word = models.TextField(
        _("personal word of the coach"), max_length=MAX_WORD, blank=True, default="", db_default=""
    )
    # where, as promised at booking; the number and the link are the invitee's and go with an erasure
    location_kind = models.CharField(
        _("kind of place"), max_length=20, choices=CallType.Location, default=CallType.Location.TEXT
    )
    location = models.CharField(_("where"), max_length=200, blank=True)  # words, address or coach's number
    phone = models.CharField(_("phone number"), max_length=16, blank=True)  # E.164
    join_url = models.URLField(_("link to the call"), max_length=300, blank=True)
    # the calendar and the mails
    ics_uid = models.CharField(max_length=120, unique=True, default=new_uid, editable=False)
    sequence = models.PositiveIntegerField(_("version"), default=0)
    manage_generation = models.PositiveIntegerField(default=0)
    guest_changes = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # they came or went
    # what happened when
    created_at = models.DateTimeField(_("made at"), default=times.now)
    changed_at = models.DateTimeField(_("changed at"), default=times.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    # when the coach chose to leave it where it lies, outside the hours; a move forgets it
    kept_outside_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = models.CharField(_("cancelled by"), max_length=10, choices=By, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-period"]
        constraints = [
            ExclusionConstraint(
                name="bookings_booking_no_overlap",
                expressions=[("host", RangeOperators.EQUAL), ("footprint", RangeOperators.OVERLAPS)],
                condition=Q(status__in=["held", "confirmed"]),
                violation_error_message=_("This time overlaps another call, buffers included."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="bookings_booking_start_before_end",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(footprint__contains=F("period")),
                name="bookings_booking_footprint_holds_period",
                violation_error_message=_("The buffers lie around the call."),
            ),
            models.CheckConstraint(
                condition=Q(status="held", expires_at__isnull=False)
                | (~Q(status="held") & Q(expires_at__isnull=True)),
                name="bookings_booking_only_holds_expire",
                violation_error_message=_("Only a held time runs out."),
            ),
            models.CheckConstraint(
                condition=Q(status="held", confirmed_at__isnull=True)
                | (~Q(status="held") & Q(confirmed_at__isnull=False)),
                name="bookings_booking_confirmed_at",
                violation_error_message=_("A call that is booked has the moment it was confirmed."),
            ),
            models.CheckConstraint(
                condition=(Q(status="cancelled", cancelled_at__isnull=False) & ~Q(cancelled_by=""))
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True, cancelled_by="")),
                name="bookings_booking_cancelled_at_and_by",
                violation_error_message=_(
                    "A cancelled call has a moment and a person who cancelled; no other call does."
                ),
            ),
            models.CheckConstraint(
                condition=Q(join_url="") | Q(join_url__startswith="https://"),
                name="bookings_booking_link_is_https",
                violation_error_message=_("A link begins with https://."),
            ),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=E164),
                name="bookings_booking_phone_is_e164",
                violation_error_message=_("A number is kept with its country code."),
            ),
            models.UniqueConstraint(
                fields=["visitor"],
                condition=Q(status="held") & ~Q(visitor=""),
                name="bookings_booking_one_hold_per_visitor",
                violation_error_message=_("One time can be held at once."),
            ),
            models.CheckConstraint(
                condition=Q(offer__isnull=True) | Q(client=""),
                name="bookings_booking_offered_is_nobodys_hold",
                violation_error_message=_("A time that we hold for somebody does not count for a network."),
            ),
        ]
        indexes = [
            GistIndex(
                fields=["host", "footprint"],
                condition=~Q(status="cancelled"),
                name="bookings_booking_slot_query",
            ),
            models.Index(fields=["email", "status"], name="bookings_booking_by_email"),
            *search_indexes("bookings", "name", "email", "remark"),
            models.Index(fields=["client"], condition=Q(status="held"), name="bookings_holds_by_client"),
            # the lists of the admin, and what is ahead or over among the calls of years
            models.Index(fields=["-period", "-id"], name="bookings_booking_newest"),
            models.Index(fields=["status", "-period", "-id"], name="bookings_booking_by_state"),
            models.Index(F("period__endswith"), name="bookings_booking_by_end"),
            models.Index(
                F("period__endswith"), condition=Q(status="confirmed"), name="bookings_booking_confirmed"
            ),
            # what retention asks every hour: of calls of long ago nothing is left of these
            models.Index(F("period__endswith"), condition=REACHABLE, name="bookings_booking_reachable"),
            models.Index(F("period__endswith"), condition=WITH_SOMEBODY, name="bookings_booking_of_somebody"),
        ]

    def __str__(self) -> str:
        who = self.name or self.get_status_display()
        return f"{who}, {times.short_moment(self.start_at, self.host.time_zone)}"

    @property
    def who(self) -> str:
        """What a call is called by, also when there is no name: a hold has none yet, an erased person none left. A
        time that is offered is called by whom it is held for (one query, without `select_related("offer")`)."""
        if self.status == Booking.Status.HELD and not self.name:
            return str(_("Held for %(name)s") % {"name": self.offer.who} if self.offer else _("Held"))
        return self.name or str(_("Somebody (erased)"))

    @property
    def change_until(self) -> datetime:
        """Until when (inclusive) the visitor may move or cancel."""
        return self.start_at - self.call_type.cancel_notice

    def is_ahead(self, now: datetime) -> bool:
        return self.status == Booking.Status.CONFIRMED and now < self.start_at

    def can_change(self, now: datetime) -> bool:
        return self.status == Booking.Status.CONFIRMED and now <= self.change_until

    def promised_words(self, language: str) -> str:
        """The address or words as promised; in the reader's language while the call type still says so."""
        promised_as_is = self.location == self.call_type.location(self.language)
        return self.call_type.location(language) if promised_as_is else self.location

    @property
    def about(self) -> str:
        return f"booking:{self.public_id}"

    @property
    def proven_email(self) -> str:
        """The address of who booked, once its mailbox was proven; "" before, and of an erased person."""
        return self.email if self.user is not None and self.user.proven_at else ""


class IdempotencyKey(models.Model):
    """A confirm form that was accepted: the same form again leads to the same booking."""

    key = models.CharField(max_length=64, unique=True)
    request_hash = models.CharField(max_length=64)
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="idempotency_keys")
    created_at = models.DateTimeField(default=times.now)

    class Meta:
        verbose_name = _("used form")
        verbose_name_plural = _("used forms")

    def __str__(self) -> str:
        return self.key
