from __future__ import annotations

import json
from datetime import datetime, time, timedelta

import factory
from django.core.management import call_command
from psycopg.types.range import Range

from bookings.availability.calendar import period_and_footprint
from bookings.models import (
    AvailabilityRule,
    BlockedTime,
    Booking,
    BusyTime,
    CalendarCopy,
    CalendarSource,
    CallType,
    DateOverride,
    Guest,
    Host,
    IdempotencyKey,
    Offer,
    OverrideWindow,
    WaitlistEntry,
)
from portal.common import times
from portal.common.sealing import seal
from tests.factories.assessments import UserFactory

USER, PASSWORD = "jet", "app-wachtwoord 7: é"  # at the calendar server of the tests


class HostFactory(factory.django.DjangoModelFactory[Host]):
    class Meta:
        model = Host

    slug = factory.Sequence(lambda n: f"coach-{n}")
    name = "Jet van Dalen"
    email = "jet@voorbeeld.nl"
    time_zone = "Europe/Amsterdam"


class AvailabilityRuleFactory(factory.django.DjangoModelFactory[AvailabilityRule]):
    class Meta:
        model = AvailabilityRule

    host = factory.SubFactory(HostFactory)
    weekday = 1
    start_time = time(9)
    end_time = time(17)


def first_coach() -> None:
    """The coach of a first set-up, whose kind of call asks visitors for no number."""
    call_command("ensure_first_coach", verbosity=0)
    words = {
        "location_nl": "Online; je krijgt de link van Jet vóór het gesprek",
        "location_en": "Online; Jet sends you the link before the call",
    }
    CallType.objects.update(location_kind=CallType.Location.TEXT, **words)


class CallTypeFactory(factory.django.DjangoModelFactory[CallType]):
    """The shipped defaults: half an hour, buffers of fifteen minutes, a day of notice."""

    class Meta:
        model = CallType
        skip_postgeneration_save = True

    host = factory.SubFactory(HostFactory)
    slug = factory.Sequence(lambda n: f"impact-call-{n}")
    name_nl = "Impactcall"
    name_en = "Impact call"
    location_kind = CallType.Location.TEXT
    location_nl = "Online; je krijgt de link van Jet vóór het gesprek"
    location_en = "Online; Jet sends you the link before the call"

    @factory.post_generation
    def weekdays(self: CallType, create: bool, extracted: object) -> None:
        """Open on weekdays from 9 to 17, unless the test says otherwise."""
        if create and extracted is not False:
            days = [AvailabilityRuleFactory.build(host=self.host, weekday=weekday) for weekday in range(1, 6)]
            AvailabilityRule.objects.bulk_create(days)


class DateOverrideFactory(factory.django.DjangoModelFactory[DateOverride]):
    class Meta:
        model = DateOverride

    host = factory.SubFactory(HostFactory)
    on = factory.LazyFunction(lambda: times.now().date())


class OverrideWindowFactory(factory.django.DjangoModelFactory[OverrideWindow]):
    class Meta:
        model = OverrideWindow

    override = factory.SubFactory(DateOverrideFactory)
    start_time = time(10)
    end_time = time(12)


class BlockedTimeFactory(factory.django.DjangoModelFactory[BlockedTime]):
    class Meta:
        model = BlockedTime

    host = factory.SubFactory(HostFactory)
    period = factory.LazyFunction(lambda: Range(times.now(), times.now() + timedelta(hours=1)))


def in_two_days() -> datetime:
    return (times.now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)


class BookingFactory(factory.django.DjangoModelFactory[Booking]):
    """A confirmed call of Sanne; `start` places it, buffers included."""

    class Meta:
        model = Booking

    class Params:
        start = factory.LazyFunction(in_two_days)
        held = factory.Trait(
            status=Booking.Status.HELD,
            expires_at=factory.LazyFunction(lambda: times.now() + timedelta(minutes=10)),
            confirmed_at=None,
            visitor=factory.Sequence(lambda n: f"visitor-{n}"),
            client=factory.Sequence(lambda n: f"client-{n}"),
            name="",
            email="",
        )

    call_type = factory.SubFactory(CallTypeFactory)
    host = factory.SelfAttribute("call_type.host")
    period = factory.LazyAttribute(lambda row: period_and_footprint(row.call_type, row.start)["period"])
    footprint = factory.LazyAttribute(lambda row: period_and_footprint(row.call_type, row.start)["footprint"])
    status = Booking.Status.CONFIRMED
    name = "Sanne Vermeer"
    email = factory.Sequence(lambda n: f"sanne{n}@example.org")
    location = "Online; je krijgt de link van Jet vóór het gesprek"
    confirmed_at = factory.LazyFunction(times.now)


class IdempotencyKeyFactory(factory.django.DjangoModelFactory[IdempotencyKey]):
    class Meta:
        model = IdempotencyKey

    key = factory.Sequence(lambda n: f"form-{n:020}")
    request_hash = "0" * 64
    booking = factory.SubFactory(BookingFactory)


class WaitlistEntryFactory(factory.django.DjangoModelFactory[WaitlistEntry]):
    """Somebody who waits for any coach until a month from now; later ones wait shorter."""

    class Meta:
        model = WaitlistEntry

    user = factory.SubFactory(UserFactory, name="Noor Aydin")
    name = factory.SelfAttribute("user.name")
    email = factory.SelfAttribute("user.email")
    kind = "impact-call"
    until_on = factory.LazyFunction(lambda: (times.now() + timedelta(days=30)).date())


class OfferFactory(factory.django.DjangoModelFactory[Offer]):
    """A time held for somebody who waits, for the next four hours."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    reason = Offer.Reason.FREED
    call_type = factory.SubFactory(CallTypeFactory)
    entry = factory.SubFactory(
        WaitlistEntryFactory,
        kind=factory.SelfAttribute("..call_type.slug"),
        status=WaitlistEntry.Status.OFFERED,
    )
    user = factory.SelfAttribute("entry.user")
    name = factory.SelfAttribute("entry.name")
    email = factory.SelfAttribute("entry.email")
    starts = factory.LazyFunction(lambda: [in_two_days()])
    expires_at = factory.LazyFunction(lambda: times.now() + timedelta(hours=4))

    @factory.post_generation
    def times(self: Offer, create: bool, extracted: object) -> None:
        """The held rows, as long as it is open."""
        for number, start in enumerate(self.starts if self.status == Offer.Status.OPEN else []):
            Booking.objects.create(
                call_type=self.call_type,
                host=self.call_type.host,
                offer=self,
                expires_at=self.expires_at,
                visitor=f"{self.public_id}-{number}",
                **period_and_footprint(self.call_type, start),
            )


class CalendarSourceFactory(factory.django.DjangoModelFactory[CalendarSource]):
    """Read five minutes ago, without a problem."""

    class Meta:
        model = CalendarSource

    host = factory.SubFactory(HostFactory)
    name = "Eigen agenda"
    sealed_address = factory.LazyFunction(lambda: seal("https://agenda.example.org/geheim-7/jet.ics"))
    last_good_at = factory.LazyFunction(lambda: times.now() - timedelta(minutes=5))
    imported_at = factory.SelfAttribute("last_good_at")
    last_tried_at = factory.SelfAttribute("last_good_at")


class CalDavSourceFactory(CalendarSourceFactory):
    """A calendar on a server that was chosen; `collection` is its address."""

    class Params:
        collection = "https://agenda.example.org/jet/werk/"

    kind = CalendarSource.Kind.CALDAV
    sealed_address = factory.LazyFunction(lambda: seal("https://agenda.example.org/"))
    sealed_login = factory.LazyFunction(lambda: seal(json.dumps({"user": USER, "password": PASSWORD})))
    sealed_collection = factory.LazyAttribute(lambda row: seal(row.collection))
    sealed_choices = factory.LazyAttribute(
        lambda row: seal(json.dumps([{"url": row.collection, "name": "Werk"}]))
    )


class CalendarCopyFactory(factory.django.DjangoModelFactory[CalendarCopy]):
    """A call of the calendar's host that stands in it as it should."""

    class Meta:
        model = CalendarCopy

    source = factory.SubFactory(CalDavSourceFactory, writes=True)
    booking = factory.SubFactory(BookingFactory, call_type__host=factory.SelfAttribute("...source.host"))
    file_name = factory.Sequence(lambda n: f"call-{n}.ics")
    etag = '"een"'
    status = CalendarCopy.Status.WRITTEN
    written_sequence = 0
    written_start_at = factory.SelfAttribute("booking.period.lower")
    written_end_at = factory.SelfAttribute("booking.period.upper")


class BusyTimeFactory(factory.django.DjangoModelFactory[BusyTime]):
    class Meta:
        model = BusyTime

    source = factory.SubFactory(CalendarSourceFactory)
    host = factory.SelfAttribute("source.host")
    period = factory.LazyFunction(lambda: Range(times.now(), times.now() + timedelta(hours=1)))
    uid_digest = "0" * 64


class GuestFactory(factory.django.DjangoModelFactory[Guest]):
    """Invited by who booked, in the first seat."""

    class Meta:
        model = Guest

    booking = factory.SubFactory(BookingFactory)
    email = factory.Sequence(lambda n: f"hr{n}@bedrijf.example")
    seat = 1
    by = Booking.By.INVITEE
