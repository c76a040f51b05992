from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.accounts.models import User
from portal.common import times
from portal.common.demo import AT, PEOPLE, DemoCommand, email_of, name_of
from portal.leads.models import Lead
from portal.mail.models import OutboundEmail


class Command(DemoCommand):
    help = "Accounts and contacts of demo people, each with a proven mailbox. Nobody is mailed."

    def fill(self, scale: int) -> str:
        known = set(User.objects.filter(email__endswith=AT).values_list("email", flat=True))
        numbers = [n for n in range(1, PEOPLE * scale + 1) if email_of(n) not in known]
        now = times.now()
        people = User.objects.bulk_create(
            [
                User(
                    email=email_of(number),
                    name=name_of(number),
                    language="en" if number % 5 == 0 else "nl",
                    password=make_password(None),
                    proven_at=now - timedelta(days=number % 60),
                    joined_at=now - timedelta(days=number % 60),
                )
                for number in numbers
            ],
            batch_size=2000,
        )
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in people],
            batch_size=2000,
        )
        Lead.objects.bulk_create(
            [
                Lead(
                    email=one.email, name=one.name, language=one.language, user=one, created_at=one.joined_at
                )
                for one in people
            ],
            batch_size=2000,
        )
        return f"People: {len(people)} made, {len(known)} were there."

    def remove(self) -> str:
        OutboundEmail.objects.filter(to_email__endswith=AT).delete()
        Lead.objects.filter(email__endswith=AT).delete()
        people = User.objects.filter(email__endswith=AT)
        number = people.count()
        people.delete()
        return f"People: {number} removed."
