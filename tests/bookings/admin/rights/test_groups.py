"""The two groups: what each may, and how whoever was a coach before there were two keeps everything."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from bookings.models import Booking, Host
from portal.accounts import staff
from portal.accounts.models import User
from portal.common import sight
from tests.factories.bookings import BookingFactory
from tests.factories.sequences import SequenceFactory

pytestmark = pytest.mark.django_db


def codenames(group: Group) -> set[str]:
    return {*group.permissions.values_list("codename", flat=True)}


def test_a_coach_may_nothing_that_the_practice_may_not() -> None:
    coach, practice = codenames(staff.ensure_coach_group()), codenames(staff.ensure_practice_group())
    assert coach < practice
    assert practice - coach == {
        "see_practice", "view_practice", "change_practice", "add_host", "add_calltype", "delete_calltype",
        "delete_lead", "view_tally", "view_figures", "change_instrument",
        "view_webhook", "change_webhook", "view_outboundevent", "view_refusedaddress", "change_refusedaddress",
        "view_sequence", "add_sequence", "change_sequence", "delete_sequence",
    }  # fmt: skip


def test_of_every_model_a_coach_may_look_at_it_is_said_which_rows_are_own() -> None:
    looked_at = {
        right.content_type.model_class()
        for right in staff.ensure_coach_group().permissions.select_related("content_type")
    }
    assert looked_at <= sight.registered(), "Register these with sight.register (bookings/admin/own.py)."


def test_a_model_nobody_registered_shows_a_coach_nothing() -> None:
    SequenceFactory()
    coach = User.objects.create_user("mila@voorbeeld.nl", is_staff=True)
    coach.user_permissions.add(Permission.objects.get(codename="view_sequence"))
    coach = User.objects.get(pk=coach.pk)
    assert not sight.seen_by(coach, SequenceFactory._meta.model.objects.all()).exists()


def test_who_has_no_right_to_a_kind_of_row_sees_not_even_the_own_ones() -> None:
    coach = User.objects.create_user("mila@voorbeeld.nl", is_staff=True)
    call = BookingFactory()
    Host.objects.filter(pk=call.host_id).update(user=coach)
    assert not sight.seen_by(coach, Booking.objects.all()).exists()
    assert sight.own(coach, Booking.objects.all()).get() == call


def test_an_upgrade_makes_every_coach_practice_and_the_setup_takes_nothing_from_them() -> None:
    """As it was: one group, with what the practice may do now."""
    old = staff.ensure_practice_group()
    old.permissions.remove(Permission.objects.get(codename="see_practice"))
    Group.objects.filter(pk=old.pk).update(name="coach")
    jet = User.objects.create_user("jet@voorbeeld.nl", is_staff=True)
    jet.groups.add(old)
    before = jet.get_all_permissions()
    migration = import_module("portal.accounts.migrations.0007_coaches_run_the_practice")
    for _twice in range(2):
        migration.let_coaches_run_the_practice(apps, None)
    assert User.objects.get(pk=jet.pk).get_all_permissions() == before | {sight.PRACTICE}
    staff.ensure_practice_group()
    staff.ensure_coach_group()
    jet = User.objects.get(pk=jet.pk)
    assert {group.name for group in jet.groups.all()} == {"coach", "practice"}
    assert jet.get_all_permissions() == before | {sight.PRACTICE}


def test_an_empty_portal_has_nobody_to_upgrade() -> None:
    migration = import_module("portal.accounts.migrations.0007_coaches_run_the_practice")
    migration.let_coaches_run_the_practice(apps, None)
    assert not Group.objects.exists()
