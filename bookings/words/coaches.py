"""What the coach who runs the practice is called: the name of the first one. It has this one place, and whatever else
says it by itself follows."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from bookings.models import CallType, Host
from bookings.words.places import link_by_hand
from portal.common.names import first_name


def of_practice() -> Host | None:
    return Host.objects.order_by(F("is_active").desc(), "pk").select_related("user").first()


def name() -> str:
    host = of_practice()
    return host.name if host else ""


@transaction.atomic
def rename(new: str) -> None:
    host = of_practice()
    if host is not None:
        old, host.name = host.name, new
        host.save(update_fields=["name"])
        follow_name(host, old)


def follow_name(host: Host, old: str) -> None:
    """The account that had this name, and a place whose words say it."""
    if host.user and host.user.name == old:
        host.user.name = host.name
        host.user.save(update_fields=["name"])
    before, now = link_by_hand(first_name(old)), link_by_hand(first_name(host.name))
    for code in ("nl", "en"):
        said = CallType.objects.filter(host=host, **{f"location_{code}": before[code]})
        said.update(**{f"location_{code}": now[code]})
