"""Who asks, and for which of their scans. Whoever may open a scan is decided in `ScanQuerySet.visible_to`."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest

from assessments import cookies
from assessments.models import Scan, ScanQuerySet
from portal.accounts.models import User


def member(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def own_scans(request: HttpRequest) -> ScanQuerySet:
    user = member(request)
    browser_scans = cookies.browser_scans(request)
    scans = Scan.objects.visible_to(user_id=user.pk if user else None, browser_scans=browser_scans)
    return scans.with_instrument()


def newest_first(request: HttpRequest) -> ScanQuerySet:
    return own_scans(request).order_by("-started_at", "-pk")


def open_scan(request: HttpRequest) -> Scan | None:
    """The scan the visitor is in: the newest of the account and this browser."""
    return newest_first(request).first()


def named_scan(request: HttpRequest, public_id: str) -> Scan | None:
    if member(request) is None and cookies.browser_scans(request) == [public_id]:
        return next(iter(own_scans(request).order_by()), None)  # the only one: none is newer
    newest = newest_first(request).values("pk")[:1]
    found = own_scans(request).filter(Q(public_id=public_id) | Q(pk__in=newest))
    by_name = {scan.public_id: scan for scan in found}
    named = by_name.get(public_id)
    if named is not None:
        named.is_beside = len(by_name) > 1
    return named
