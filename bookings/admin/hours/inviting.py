"""Letting somebody in as a coach: the account, the calendar, its kinds of call and the mail about it, or nothing."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify

from bookings.availability.kinds import Kind
from bookings.models import CallType, Host
from portal.accounts import staff
from portal.accounts.models import User
from portal.common.http import absolute_reverse
from portal.mail import outbox

LONGEST_SLUG = 40


class IsCoachError(Exception):
    """Whoever has this address is a coach already."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host


@transaction.atomic
def invite_coach(
    email: str, *, name: str, time_zone: str, kinds: Collection[Kind], language: str, by: User
) -> Host:
    """Without hours, so that nothing can be booked before the coach fills them in. Raises IsCoachError, and
    staff.SwitchedOffError."""
    user = staff.let_in_coach(email, name=name, time_zone=time_zone, language=language)  # locks the account
    if known := user.hosts.first() or Host.objects.filter(user=None, email=email).first():
        raise IsCoachError(known)
    host = Host.objects.create(user=user, slug=free_slug(name), name=name, email=email, time_zone=time_zone)
    for kind in kinds:
        copy_for(host, kind.call_types[0])
    with translation.override(user.language):
        context = {"host": host, "by": by.get_full_name(), "admin_url": absolute_reverse("admin:index")}
    mail = outbox.written(
        key=f"coach_invited:{host.public_id}",
        kind="service",
        message="bookings/coach_invited",
        names_people=False,
        to=email,
        to_name=name,
        reply_to=by.email,
        language=user.language,
        context=context,
    )
    outbox.enqueue(mail)
    return host


def copy_for(host: Host, call_type: CallType) -> CallType:
    """The same rules; not the same place, for that is the other coach's telephone, room or link."""
    fields = {
        field.attname: getattr(call_type, field.attname)
        for field in CallType._meta.concrete_fields
        if not (field.primary_key or field.name == "host" or field.name.startswith("location_"))
    }
    return CallType.objects.create(host=host, location_kind=CallType.Location.PHONE_HOST_CALLS, **fields)


def free_slug(name: str) -> str:
    base = slugify(name)[: LONGEST_SLUG - 4].strip("-") or "coach"
    taken = {*Host.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken
    )
