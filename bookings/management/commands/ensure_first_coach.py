from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.text import slugify

from bookings.availability import first_hours
from bookings.models import CallType, Host
from portal.accounts.staff import ensure_coach_group, ensure_practice_group
from portal.common import times


class Command(BaseCommand):
    help = (
        "Make the groups practice and coach, the first coach (COACH_EMAIL), weekday hours and one call type."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        groups = ensure_practice_group(), ensure_coach_group()
        email, name = settings.COACH_EMAIL.strip().lower(), settings.PRACTICE["coach_name"]
        users = get_user_model().objects
        user = users.filter(email=email).first() or users.create_superuser(
            email, name=name, proven_at=times.now()
        )
        EmailAddress.objects.get_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
        if Host.objects.exists():
            self.stdout.write("There is a coach already; nothing was changed.")
            return
        user.groups.add(*groups)
        host = Host.objects.create(user=user, slug=slugify(name) or "coach", name=name, email=email)
        first_hours.give(host)
        CallType.objects.create(host=host, slug="impact-call", name_nl="Impactcall", name_en="Impact call")
        self.stdout.write(f"Made {name} ({email}), open on weekdays from {first_hours.OPEN:%H:%M}.")
