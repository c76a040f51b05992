"""Who may run the portal: the least a coach needs, and not a permission more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise

from portal.accounts import factor
from portal.accounts.models import User

COACH = "coach"
Rights = Mapping[str, Sequence[str]]  # by model, in the order of the menu: view, add, change, delete
# Nothing about people, sessions or permissions.
_rights: list[tuple[int, str, Rights]] = [
    (
        20,
        "leads",
        {"lead": ["view", "change"], "leadevent": ["view"], "consentevent": ["view"], "note": ["view"]},
    ),
    (25, "sequences", {"sequence": ["view", "add", "change", "delete"]}),
    (27, "funnel", {"tally": ["view"]}),
    (30, "mail", {"outboundemail": ["view", "change"], "refusedaddress": ["view", "change"]}),
    (33, "practice", {"practice": ["view", "change"]}),
    (35, "webhook", {"webhook": ["view", "change"], "outboundevent": ["view"]}),
]


_pages: list[tuple[str, str | Promise, str, str]] = []


def register_page(app: str, words: str | Promise, name: str, permission: str) -> None:
    """A page of the admin that is no list of rows, in the menu below those of its app."""
    _pages.append((app, words, name, permission))


def pages(user: User | AnonymousUser, app: str) -> list[tuple[str | Promise, str]]:
    """Those of the app that this person may open, each with the name of its address."""
    return [
        (words, name) for of, words, name, permission in _pages if of == app and user.has_perm(permission)
    ]


def register_rights(order: int, app: str, rights: Rights) -> None:
    """What a coach may do with the models of an app; apps and models stand in the menu in this order."""
    _rights.append((order, app, rights))
    _rights.sort(key=lambda one: one[0])


def menu() -> dict[str, list[str]]:
    """What a coach needs most comes first: apps, and in each its models."""
    return {app: [*rights] for _order, app, rights in _rights}


@transaction.atomic
def ensure_coach_group() -> Group:
    """The group with exactly these permissions, whatever it had before. Repeatable; needs migrated tables."""
    wanted = Q(pk__in=[])
    for _order, app, rights in _rights:
        for model, verbs in rights.items():
            codenames = [f"{verb}_{model}" for verb in verbs]
            wanted |= Q(content_type__app_label=app, content_type__model=model, codename__in=codenames)
    group, _made = Group.objects.get_or_create(name=COACH)
    group.permissions.set(Permission.objects.filter(wanted))
    return group


@transaction.atomic
def forget_second_factor(user: User) -> None:
    """For a lost phone: the next sign-in asks for the mailed code only, and leads to setting up a new one.

    Whoever is signed in is signed out everywhere: a phone that was stolen may be signed in too. No browser is
    trusted any more either.
    """
    Authenticator.objects.filter(user=user).delete()
    factor.reopen(user)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Where one was signed in the second step is asked for again, too."""
    user.trusted_browsers.all().delete()
    user.sessions.all().delete()
