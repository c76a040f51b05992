"""A time held for one person and told by mail, and the people who wait for one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from bookings.models.call_type import CallType
from bookings.models.host import Host
from portal.common import times
from portal.common.ids import new_public_id

EVERYWHERE_OVER = timedelta(hours=12)  # when a date has ended in the last zone of the earth


class Person(models.Model):
    """Whose proven mailbox it is, and how this person reads words and clocks. Empty once erased."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=2, default="nl")
    time_zone = models.CharField(_("visitor's time zone"), max_length=64, default=times.HOST_ZONE)

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        return self.name or self.email or str(_("Somebody (erased)"))


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    def open(self) -> WaitlistEntryQuerySet:
        return self.filter(status__in=WaitlistEntry.OPEN)

    def in_line(self, host_id: int) -> WaitlistEntryQuerySet:
        either = Q(host=None) | Q(host=host_id)
        return self.filter(either, status=WaitlistEntry.Status.WAITING).order_by("created_at", "pk")

    def over(self, now: datetime) -> WaitlistEntryQuerySet:
        """Waiting for a time before a day that has passed in every zone."""
        last = (now - EVERYWHERE_OVER).date()
        return self.filter(status=WaitlistEntry.Status.WAITING, until_on__lt=last)


class WaitlistEntry(Person):
    """Somebody who wants to know when a time comes free, up to and including `until_on` (their own date).

    `kind` is the short name of a kind of call, which several hosts may offer; `host` is empty for any of
    them.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("a time is held")
        TAKEN = "taken", _("took a time")
        WITHDRAWN = "withdrawn", _("stopped waiting")
        LAPSED = "lapsed", _("the date has passed")

    OPEN = (Status.WAITING, Status.OFFERED)

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    kind = models.SlugField(_("kind of call"), max_length=40)
    host = models.ForeignKey(
        Host, models.CASCADE, null=True, blank=True, related_name="waiting", verbose_name=_("coach")
    )
    until_on = models.DateField(_("up to and including"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField(_("waits since"), default=times.now)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("person on the waitlist")
        verbose_name_plural = _("people on the waitlist")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "kind"],
                condition=Q(status__in=["waiting", "offered"]),
                name="bookings_waitlist_once_per_person_and_kind",
                violation_error_message=_("This person is on the list already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "offered"], ended_at__isnull=True)
                | Q(status__in=["taken", "withdrawn", "lapsed"], ended_at__isnull=False),
                name="bookings_waitlist_ended_at",
                violation_error_message=_("Whoever left the waitlist has the moment that happened."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["waiting", "offered"]) | ~Q(email=""),
                name="bookings_waitlist_can_be_told",
                violation_error_message=_("The waitlist needs an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def about(self) -> str:
        return f"waitlist:{self.public_id}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> OfferQuerySet:
        return self.filter(status=Offer.Status.OPEN)


class Offer(Person):
    """One or two times held for one person until `expires_at`, taken or declined by a link.

    The times are Booking rows (`held`); `starts` remembers them, so that nobody is offered the same time
    twice.
    """

    class Reason(models.TextChoices):
        FREED = "freed", _("a time came free")
        NO_SHOW = "no_show", _("missed a call")
        CANCELLED = "cancelled", _("the coach cancelled")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        DECLINED = "declined", _("declined")
        LAPSED = "lapsed", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    generation = models.PositiveIntegerField(default=0, editable=False)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    call_type = models.ForeignKey(
        CallType, models.PROTECT, related_name="offers", verbose_name=_("call type")
    )
    entry = models.ForeignKey(
        WaitlistEntry,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("person on the waitlist"),
    )
    missed = models.OneToOneField(
        Booking,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="offer_afterwards",
        verbose_name=_("call that did not go ahead"),
    )
    starts = ArrayField(models.DateTimeField(), verbose_name=_("starts"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(_("made at"), default=times.now)
    expires_at = models.DateTimeField(_("held until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offered time")
        verbose_name_plural = _("offered times")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="freed", entry__isnull=False, missed__isnull=True)
                | Q(reason__in=["no_show", "cancelled"], entry__isnull=True, missed__isnull=False),
                name="bookings_offer_has_its_reason",
                violation_error_message=_(
                    "An offer follows from the waitlist or from a call that did not go ahead."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="bookings_offer_ended_at",
                violation_error_message=_("An offer that is not open any more says when it ended."),
            ),
            models.CheckConstraint(
                condition=Q(starts__len__range=(1, 2)),
                name="bookings_offer_one_or_two_times",
                violation_error_message=_("An offer holds one or two times."),
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(status="open"),
                name="bookings_offer_one_open_per_entry",
                violation_error_message=_("This person has an open offer already."),
            ),
        ]

    def __str__(self) -> str:
        first = times.short_moment(self.starts[0], self.call_type.host.time_zone)
        return f"{self.who}, {first}"

    def is_open(self, now: datetime) -> bool:
        return self.status == Offer.Status.OPEN and now < self.expires_at

    @property
    def about(self) -> str:
        return f"offer:{self.public_id}"
