"""Who may do what in the admin: the group *practice* runs all of it, the group *coach* an own calendar with the people
in it. Which rows are a coach's own says `portal/common/sight.py`; here stands what may be done with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.utils.functional import Promise

from portal.accounts import factor
from portal.accounts.models import User
from portal.common import sight

COACH, PRACTICE = "coach", "practice"
SEE = sight.PRACTICE.removeprefix("accounts.")
Rights = Mapping[str, Sequence[str]]  # by model, in the order of the menu: view, add, change, delete


@dataclass(frozen=True)
class _OfApp:
    order: int
    app: str
    practice: Rights
    coach: Rights


# Nothing about people, sessions or permissions, but the one right to see what is not one's own.
_rights = [
    _OfApp(
        20,
        "leads",
        {
            "lead": ["view", "change", "delete"],
            "leadevent": ["view"],
            "consentevent": ["view"],
            "note": ["view"],
        },
        {"lead": ["view", "change"], "leadevent": ["view"], "consentevent": ["view"], "note": ["view"]},
    ),
    _OfApp(25, "sequences", {"sequence": ["view", "add", "change", "delete"]}, {}),
    _OfApp(27, "funnel", {"tally": ["view"]}, {}),
    _OfApp(
        30,
        "mail",
        {"outboundemail": ["view", "change"], "refusedaddress": ["view", "change"]},
        {"outboundemail": ["view", "change"]},
    ),
    _OfApp(33, "practice", {"practice": ["view", "change"]}, {}),
    _OfApp(35, "webhook", {"webhook": ["view", "change"], "outboundevent": ["view"]}, {}),
]


_pages: list[tuple[str, str | Promise, str, str]] = []


class SwitchedOffError(Exception):
    """This account may not sign in."""


def register_page(app: str, words: str | Promise, name: str, permission: str) -> None:
    """A page of the admin that is no list of rows, in the menu below those of its app."""
    _pages.append((app, words, name, permission))


def pages(user: User | AnonymousUser, app: str) -> list[tuple[str | Promise, str]]:
    """Those of the app that this person may open, each with the name of its address."""
    return [
        (words, name) for of, words, name, permission in _pages if of == app and user.has_perm(permission)
    ]


def register_rights(order: int, app: str, rights: Rights, *, of_coach: Rights | None = None) -> None:
    """What the practice may do with the models of an app, and what of that a coach may with own rows: nothing, unless
    it is said. Apps and models stand in the menu in this order."""
    _rights.append(_OfApp(order, app, rights, of_coach or {}))
    _rights.sort(key=lambda one: one.order)


def menu() -> dict[str, list[str]]:
    """What a coach needs most comes first: apps, and in each its models."""
    return {one.app: [*one.practice] for one in _rights}


def ensure_coach_group() -> Group:
    return _ensure(COACH, [(one.app, one.coach) for one in _rights])


def ensure_practice_group() -> Group:
    return _ensure(PRACTICE, [(one.app, one.practice) for one in _rights])


@transaction.atomic
def _ensure(name: str, rights: Sequence[tuple[str, Rights]]) -> Group:
    """The group with exactly these permissions, whatever it had before. Repeatable; needs migrated tables."""
    wanted = {
        (app, model, f"{verb}_{model}") for app, of in rights for model, verbs in of.items() for verb in verbs
    }
    there = Permission.objects.values_list("pk", "content_type__app_label", "content_type__model", "codename")
    chosen = [pk for pk, *key in there if tuple(key) in wanted or (name == PRACTICE and key[2] == SEE)]
    group, _made = Group.objects.get_or_create(name=name)
    group.permissions.set(chosen)
    return group


@transaction.atomic
def let_in_coach(email: str, *, name: str, time_zone: str, language: str) -> User:
    """The account of this address, made when there is none, as one that may open the admin as a coach; locked until
    the transaction ends. What somebody has in it already stays. Raises SwitchedOffError."""
    facts = {"name": name, "time_zone": time_zone, "language": language}
    user = User.objects.filter(email=email).select_for_update().first()
    if user is None:
        user = User.objects.create_user(email, is_staff=True, **facts)
    elif not user.is_active:
        raise SwitchedOffError
    elif not (user.is_staff and user.name):
        user.is_staff, user.name = True, user.name or name
        user.save(update_fields=["is_staff", "name"])
    user.groups.add(ensure_coach_group())
    return user


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
