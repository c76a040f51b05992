"""Run by `manage.py shell` of the old version on the tables of the new one: every page of the admin, of a member and of
a visitor is opened, and somebody is erased. Prints a line for each that fails, and a count."""

import time
from contextlib import suppress

from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from assessments.models import Scan
from bookings.models import Booking
from portal.accounts import services
from portal.accounts.models import User

PUBLIC = (
    "/", "/sleutels/", "/sleutels/lef-belonen/", "/impactcall/", "/impactcall/wachtlijst/", "/inloggen/", "/privacy/",
    "/readyz",
)  # fmt: skip


def browser_of(user):
    client = Client(SERVER_NAME=settings.SITE_HOST)
    client.raise_request_exception = False
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["account_authentication_methods"] = [
            {"method": how, "at": time.time()} for how in ("code", "mfa")
        ]
        session["account_authentication_methods_user"] = user_id_to_str(user)
        session.save()
    return client


def admin_paths():
    yield reverse("admin:index")
    for name in ("bookings_booking_week", "bookings_booking_new"):
        yield reverse(f"admin:{name}")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for kind in ("changelist", "add"):
            with suppress(NoReverseMatch):
                yield reverse(f"{name}_{kind}")
        for row in model._base_manager.order_by("-pk")[:3]:
            yield reverse(f"{name}_change", args=[row.pk])


def member_paths(user):
    yield reverse("accounts:account")
    for booking in Booking.objects.filter(user=user).order_by("-pk")[:3]:
        yield reverse("bookings:manage", args=[booking.public_id])
    for scan in Scan.objects.filter(user=user, status="completed").order_by("-pk")[:3]:
        yield reverse("assessments:result", args=[scan.public_id])


def look(client, paths):
    global opened
    for path in paths:
        status = client.get(path, secure=True, follow=True).status_code
        opened += 1
        if status >= 500:
            print(f"FAILS {status} {path}")


opened = 0
look(browser_of(None), PUBLIC)
look(browser_of(User.objects.filter(is_superuser=True).first()), admin_paths())
members = (
    User.objects.filter(is_staff=False, bookings__isnull=False, scans__isnull=False).distinct().order_by("pk")
)
for member in members[:3]:
    look(browser_of(member), member_paths(member))
gone = members.first()
if gone:
    services.erase(gone)
print(f"OPENED {opened}, erased {1 if gone else 0}")
