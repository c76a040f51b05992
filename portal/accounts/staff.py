"""Who may run the portal: the least a coach needs, and not a permission more."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from portal.accounts import factor
from portal.accounts.models import User

COACH = "coach"
# (app, model): what a coach may do with it. Nothing about people, sessions or permissions.
COACH_MAY = {
    ("bookings", "host"): ["view", "change"],
    ("bookings", "calltype"): ["view", "add", "change", "delete"],
    ("bookings", "availabilityrule"): ["view", "add", "change", "delete"],
    ("bookings", "dateoverride"): ["view", "add", "change", "delete"],
    ("bookings", "overridewindow"): ["view", "add", "change", "delete"],
    ("bookings", "blockedtime"): ["view", "add", "change", "delete"],
    ("bookings", "calendarsource"): ["view", "add", "change", "delete"],
    ("bookings", "booking"): ["view", "change"],
    ("bookings", "waitlistentry"): ["view"],
    ("bookings", "offer"): ["view"],
    ("leads", "lead"): ["view", "change"],
    ("leads", "leadevent"): ["view"],
    ("leads", "consentevent"): ["view"],
    ("mail", "outboundemail"): ["view"],
    ("assessments", "instrument"): ["view"],
}


@transaction.atomic
def ensure_coach_group() -> Group:
    """The group with exactly these permissions, whatever it had before. Repeatable; needs migrated tables."""
    wanted = Q(pk__in=[])
    for (app, model), verbs in COACH_MAY.items():
        codenames = [f"{verb}_{model}" for verb in verbs]
        wanted |= Q(content_type__app_label=app, content_type__model=model, codename__in=codenames)
    group, _made = Group.objects.get_or_create(name=COACH)
    group.permissions.set(Permission.objects.filter(wanted))
    return group


@transaction.atomic
def forget_second_factor(user: User) -> None:
    """For a lost phone: the next sign-in asks for the mailed code only, and leads to setting up a new one.

    Whoever is signed in is signed out everywhere: a phone that was stolen may be signed in too.
    """
    Authenticator.objects.filter(user=user).delete()
    factor.reopen(user)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Sign this person out everywhere, at once."""
    user.sessions.all().delete()
