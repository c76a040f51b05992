from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.accounts.models import User
from portal.common import times
from portal.common.came_from import source
from portal.common.demo import AT, DemoCommand, Person, dice, people
from portal.leads import consent
from portal.leads.models import ConsentEvent, Lead
from portal.leads.retention import forget_proof
from portal.leads.services import proof_of
from portal.mail.models import OutboundEmail
from portal.mail.played import DEMO_MAIL

KEEPS_AFTER = timedelta(minutes=3)  # so long after the last answer the result is kept, with an account
WANT_TIPS = 0.45


class Command(DemoCommand):
    help = "Accounts and contacts of demo people, each with a proven mailbox; some want tips."

    def fill(self, scale: int) -> str:
        known = set(User.objects.filter(email__endswith=AT).values_list("email", flat=True))
        now = times.now()
        new = [person for person in people(scale) if person.email not in known]
        users = User.objects.bulk_create([_user(person, now) for person in new], batch_size=2000)
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in users],
            batch_size=2000,
        )
        leads = Lead.objects.bulk_create(
            [_lead(person, user, now) for person, user in zip(new, users, strict=True)], batch_size=2000
        )
        ConsentEvent.objects.bulk_create(
            [_wants_tips(lead) for lead in leads if dice("tips", lead.email).random() < WANT_TIPS],
            batch_size=2000,
        )
        return f"People: {len(users)} made, {len(known)} were there."

    def remove(self) -> str:
        leads = Lead.objects.filter(email__endswith=AT)
        OutboundEmail.objects.filter(DEMO_MAIL).delete()
        forget_proof(ConsentEvent.objects.filter(lead__in=leads))  # or it would outlive the contact
        leads.delete()
        users = User.objects.filter(email__endswith=AT)
        number = users.count()
        users.delete()
        return f"People: {number} removed."


def _user(person: Person, now: datetime) -> User:
    """`last_login` says to the other parts of the demo when this person came last, `joined_at` when first."""
    joined_at = person.first_came_at(now) + KEEPS_AFTER
    return User(
        email=person.email,
        name=person.name,
        language=person.language,
        time_zone="Europe/London" if person.language == "en" else times.HOST_ZONE,
        password=make_password(None),
        proven_at=joined_at,
        joined_at=joined_at,
        last_login=person.came_at(now) + KEEPS_AFTER,
    )


def _lead(person: Person, user: User, now: datetime) -> Lead:
    came = {**person.way, "at": person.first_came_at(now).isoformat()} if person.way else {}
    return Lead(
        email=user.email,
        name=user.name,
        language=user.language,
        user=user,
        created_at=user.joined_at,
        first_touch=came,
        last_touch=came,
        source=source(came),
    )


def _wants_tips(lead: Lead) -> ConsentEvent:
    proof = proof_of(lead, purpose=consent.TIPS, language=lead.language, method="mailed code")
    proof.created_at = lead.created_at
    return proof
