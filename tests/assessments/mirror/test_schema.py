"""No path leads from an answer to a person: not in the schema, not in the admin, not by a time."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models

from assessments.mirror.models import Invitation, Round, TeamAnswer
from portal.common import export


def columns(model: type[models.Model]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND table_schema = current_schema() ORDER BY ordinal_position",
            [model._meta.db_table],
        )
        return cursor.fetchall()


@pytest.mark.django_db
def test_an_answer_has_a_random_id_a_box_and_ten_scores_and_nothing_else() -> None:
    assert columns(TeamAnswer) == [("id", "uuid"), ("box", "character varying"), ("scores", "jsonb")]


@pytest.mark.django_db
def test_an_invitation_keeps_that_it_was_used_and_not_when_nor_by_whom() -> None:
    assert columns(Invitation) == [
        ("id", "bigint"),
        ("public_id", "character varying"),
        ("used", "boolean"),
        ("round_id", "bigint"),
    ]


@pytest.mark.django_db
def test_no_key_leads_from_an_answer_or_to_one_in_the_models_nor_in_the_database() -> None:
    assert [field.name for field in TeamAnswer._meta.get_fields() if field.is_relation] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND %s::regclass IN (conrelid, confrelid)",
            [TeamAnswer._meta.db_table],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass", [TeamAnswer._meta.db_table]
        )
        assert cursor.fetchone() == (0,)


def test_the_box_of_an_answer_stands_in_no_other_table_than_that_of_rounds() -> None:
    with_box = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name == "box"
    }
    assert with_box == {"mirror.Round", "mirror.TeamAnswer"}


def test_nothing_of_the_mirror_is_in_the_admin_not_for_a_superuser_either() -> None:
    registered = {model._meta.app_label for site in admin.sites.all_sites for model in site._registry}
    assert "assessments" in registered
    assert "mirror" not in registered


def test_a_copy_of_everything_has_the_rounds_of_a_leader_and_no_answer_of_a_member() -> None:
    sections = [one for one in export.sections() if one.rows("").model._meta.app_label == "mirror"]
    assert [(one.rows("").model, one.for_coach) for one in sections] == [(Round, None)]
    names = {column.name for column in sections[0].columns()}
    assert names.isdisjoint({"box", "invited", "public_id"})
