"""Calendars a host keeps elsewhere, and when they say the host is busy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.models.host import Host
from bookings.models.period import HasPeriod
from portal.common import times
from portal.common.leases import Leased, LeasedQuerySet
from portal.common.sealing import seal, unseal

STALE_AFTER = timedelta(hours=6)
READ_EVERY = timedelta(minutes=5)
KNOCK_EVERY = timedelta(hours=1)
MOST_ZONES, LONGEST_ZONE = 3, 100  # names of a stranger's file: enough to recognise them


@dataclass(frozen=True)
class Login:
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class RemoteCalendar:
    """A calendar on a server: its address (a secret) and what its owner calls it."""

    url: str = field(repr=False)
    name: str

    @property
    def key(self) -> str:
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]


class CalendarSourceQuerySet(LeasedQuerySet["CalendarSource"]):
    def closing(self, now: datetime) -> CalendarSourceQuerySet:
        """Those that are stale, and whose host then offers no times (`on_stale`) rather than one that may be
        taken."""
        unread = Q(last_good_at=None) | Q(last_good_at__lte=now - STALE_AFTER)
        return self.filter(unread, is_active=True, on_stale=CalendarSource.OnStale.CLOSE)

    def due(self, now: datetime) -> CalendarSourceQuerySet:
        """Those to be read and leased by nobody: never read first, then the longest ago.

        After a refused password only once an hour: servers lock out whoever knocks too often. Not while the
        host has still to choose one of the calendars that were found.
        """
        refused = Q(last_problem=CalendarSource.Problem.LOGIN)
        waited = (
            Q(last_tried_at=None)
            | ~refused & Q(last_tried_at__lte=now - READ_EVERY)
            | Q(last_tried_at__lte=now - KNOCK_EVERY)
        )
        open_choice = Q(kind=CalendarSource.Kind.CALDAV, sealed_collection="") & ~Q(sealed_choices="")
        return (
            self.free()
            .filter(waited, is_active=True)
            .exclude(open_choice)
            .order_by(F("last_tried_at").asc(nulls_first=True))
        )


class CalendarSource(Leased):
    """A calendar that is read every few minutes. A failed read keeps the last good one."""

    class Kind(models.TextChoices):
        ICS = "ics", _("calendar file (ICS), only to read")
        CALDAV = "caldav", _("calendar on a server (CalDAV), to read and to write")

    class OnStale(models.TextChoices):
        KEEP = "keep", _("go on with what was read last")
        CLOSE = "close", _("offer no times until it can be read again")

    class Problem(models.TextChoices):
        """Why a read failed. What cannot be reached and what may not be reached are the same sentence."""

        ADDRESS = "address", _("The address is not a plain https address.")
        UNREACHABLE = "unreachable", _("No calendar can be reached at this address.")
        CERTIFICATE = "certificate", _("The certificate of this server is not valid for this address.")
        LOGIN = "login", _("The user name or password is not right.")
        FORBIDDEN = "forbidden", _("The server does not allow this with this user name.")
        GONE = "gone", _("This calendar does not exist on the server, or no longer.")
        FULL = "full", _("There is no room left on the server.")
        TROUBLE = "trouble", _("The server has trouble of its own; it is tried again.")
        REFUSED = "refused", _("The server refuses what it was asked.")
        NOT_DAV = "not_dav", _("At this address is something else than a calendar server.")
        NONE_FOUND = "none_found", _("No calendar was found on the server under this user name.")
        ELSEWHERE = (
            "elsewhere",
            _("The server sends us on to another one. Your password only goes to the address you filled in."),
        )
        ANSWER = "answer", _("The other side answers, but does not give the calendar.")
        UNUSABLE = "unusable", _("The server answers with an address that cannot be used.")
        SLOW = "slow", _("Reading took too long.")
        BIG = "big", _("The calendar is larger than 2 MB.")
        NOT_CALENDAR = "not_calendar", _("At this address is something else than a calendar file.")
        TRUNCATED = "truncated", _("The file breaks off half-way.")
        BROKEN = "broken", _("The calendar holds a date, a time or a repetition that cannot be read.")
        TOO_MUCH = "too_much", _("The calendar holds more events or repetitions than can be read.")
        SEALED = "sealed", _("The address cannot be opened with the present secret key; fill it in again.")
        FAULT = "fault", _("Something went wrong on our side.")

    host = models.ForeignKey(Host, models.CASCADE, related_name="sources", verbose_name=_("coach"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ICS)
    name = models.CharField(_("name"), max_length=80)
    sealed_address = models.TextField(editable=False)
    # CalDAV: who signs in, the calendars found there, the one that was chosen, and whether it gets the calls
    sealed_login = models.TextField(blank=True, default="", editable=False)
    sealed_choices = models.TextField(blank=True, default="", editable=False)
    sealed_collection = models.TextField(blank=True, default="", editable=False)
    writes = models.BooleanField(_("put my calls in this calendar"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    on_stale = models.CharField(
        _("when it cannot be read for six hours"), max_length=10, choices=OnStale, default=OnStale.KEEP
    )
    unanswered_blocks = models.BooleanField(
        _("no calls at the time of an invitation I have not answered yet"), default=True
    )
    added_at = models.DateTimeField(_("added at"), default=times.now, editable=False)
    last_tried_at = models.DateTimeField(_("last tried at"), null=True, editable=False)
    last_good_at = models.DateTimeField(_("last read at"), null=True, editable=False)
    imported_at = models.DateTimeField(null=True, editable=False)  # the last time all of it was read
    last_problem = models.CharField(
        _("problem"), max_length=20, choices=Problem, blank=True, default="", editable=False
    )
    points_at = models.CharField(max_length=253, blank=True, default="", editable=False)  # another server
    # names of time zones, as the last good read found them, that say nothing: read by the host's clock
    unknown_zones = models.JSONField(default=list, editable=False)
    etag = models.CharField(max_length=200, blank=True, default="", editable=False)
    stale_told_at = models.DateTimeField(null=True, editable=False)

    objects = CalendarSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("connected calendar")
        verbose_name_plural = _("connected calendars")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(sealed_address=""),
                name="bookings_source_has_address",
                violation_error_message=_("Fill in the address of the calendar."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ics", "caldav"], on_stale__in=["keep", "close"]),
                name="bookings_source_known_choices",
                violation_error_message=_("Choose what to do when it cannot be read."),
            ),
            models.CheckConstraint(
                condition=Q(kind="caldav") & ~Q(sealed_login="")
                | Q(kind="ics", sealed_login="", sealed_choices="", sealed_collection="", writes=False),
                name="bookings_source_signs_in_to_caldav",
                violation_error_message=_("A server needs a user name and password, a file does not."),
            ),
            models.UniqueConstraint(
                fields=["host"],
                condition=Q(writes=True),
                name="bookings_source_one_writes_per_host",
                violation_error_message=_("The calls of this coach already go into another calendar."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def admin_page(self) -> str:
        return reverse("admin:bookings_calendarsource_change", args=[self.pk])

    @property
    def address(self) -> str:
        """The address itself: a secret. Raises SealBrokenError."""
        return unseal(self.sealed_address)

    def set_address(self, address: str) -> None:
        """A new address is read at once and whole; until then the last good read stays."""
        self.sealed_address = seal(address)
        self.read_whole()

    def set_unknown_zones(self, names: Iterable[str]) -> None:
        """Keeps a few, without signs that could turn the text of a page around."""
        shown = ("".join(filter(str.isprintable, name)).strip()[:LONGEST_ZONE] for name in names)
        self.unknown_zones = list(dict.fromkeys(name for name in shown if name))[:MOST_ZONES]

    def read_whole(self) -> None:
        """Forget the ETag: something changed here in how the same file is understood."""
        self.etag, self.last_tried_at = "", None

    @property
    def login(self) -> Login:
        """Raises SealBrokenError."""
        return Login(**json.loads(unseal(self.sealed_login)))

    def set_login(self, user: str, password: str) -> None:
        """Looks up no calendars: a new password opens the same ones. For another person, `forget_calendar`
        too."""
        self.sealed_login = seal(json.dumps({"user": user, "password": password}))
        self.last_tried_at, self.last_problem = None, ""

    @property
    def collection(self) -> str:
        """The address of the calendar that was chosen on the server, or nothing. Raises SealBrokenError."""
        return unseal(self.sealed_collection) if self.sealed_collection else ""

    @property
    def remote_calendars(self) -> list[RemoteCalendar]:
        """The calendars that were found on the server. Raises SealBrokenError."""
        found = json.loads(unseal(self.sealed_choices)) if self.sealed_choices else []
        return [RemoteCalendar(**one) for one in found]

    def set_remote_calendars(self, found: Iterable[RemoteCalendar]) -> None:
        self.sealed_choices = seal(json.dumps([asdict(one) for one in found]))

    def choose(self, calendar: RemoteCalendar) -> None:
        self.sealed_collection = seal(calendar.url)
        self.etag, self.last_tried_at, self.last_problem = "", None, ""

    def forget_calendar(self) -> None:
        self.sealed_collection = self.etag = ""
        self.look_again()

    def look_again(self) -> None:
        self.sealed_choices = ""
        self.last_tried_at, self.last_problem = None, ""

    def is_being_read(self, now: datetime) -> bool:
        """Whether a worker is at it, or will be within the minute."""
        if not self.is_active or self.waits_for_choice:
            return False
        is_leased = self.lease_until is not None and self.lease_until > now
        return is_leased or self.last_tried_at is None

    @property
    def is_looking(self) -> bool:
        return self.kind == self.Kind.CALDAV and not self.sealed_choices

    @property
    def waits_for_choice(self) -> bool:
        return self.kind == self.Kind.CALDAV and not self.sealed_collection and bool(self.sealed_choices)

    def reads_the_same(self, other: CalendarSource) -> bool:
        """Whether what was read for the one still holds for the other."""
        fields = ["sealed_address", "sealed_login", "sealed_collection", "unanswered_blocks"]
        return all(getattr(self, name) == getattr(other, name) for name in fields)

    def is_stale(self, now: datetime) -> bool:
        return self.is_active and now - (self.last_good_at or self.added_at) >= STALE_AFTER

    @property
    def is_unprotected(self) -> bool:
        """Never read: what stands in it keeps no time free yet."""
        return self.is_active and self.last_good_at is None

    def is_closing(self, now: datetime) -> bool:
        unread = self.last_good_at is None or self.last_good_at <= now - STALE_AFTER
        return self.is_active and unread and self.on_stale == self.OnStale.CLOSE


class BusyTime(HasPeriod):
    """Time that an imported calendar says is taken. Bare: buffers are not added to it. No words are kept."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="busy", verbose_name=_("coach"))
    source = models.ForeignKey(
        CalendarSource, models.CASCADE, related_name="busy", verbose_name=_("connected calendar")
    )
    uid_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("imported busy time")
        verbose_name_plural = _("imported busy time")
        ordering = ["period"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="bookings_busytime_start_before_end",
                violation_error_message=_("The end must come after the start."),
            )
        ]
        indexes = [GistIndex(fields=["host", "period"], name="bookings_busytime_period")]

    def __str__(self) -> str:
        return f"{self.start_at:%Y-%m-%d %H:%M}"

    @property
    def title(self) -> str:
        return _("Taken in %(calendar)s") % {"calendar": self.source.name}

    @property
    def admin_page(self) -> str:
        return self.source.admin_page
