"""Whatever the address of a list asks for, it is a list, or the list without that: never an error page."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import models, transaction
from django.test import RequestFactory

from portal.accounts.models import User
from portal.common.admin import PortalAdmin

pytestmark = pytest.mark.django_db
LISTS = [model._meta.label_lower for model in admin.site._registry]
NUMBERS = ["9999", str(10**20), "-1", "0", "1.5"]
TEXTS = [str(10**20), "(", "\ufffd"]
DATES = ["year", "month", "day", "date", "year__gt", "gte", "lt", "range"]
PLAIN = ["exact", "range", "regex"]


def questions(model: type[models.Model]) -> set[tuple[str, str]]:
    """Of every field and every filter, what no list can answer."""
    asked = {(name, value) for name in ("q", "p", "o", "all") for value in TEXTS}
    for field in model._meta.concrete_fields:
        is_date = isinstance(field, models.DateField)
        asked |= {(f"{field.name}__{end}", value) for end in DATES for value in [*NUMBERS, *TEXTS] if is_date}
        asked |= {(f"{field.name}__{end}", value) for end in PLAIN for value in TEXTS}
    for one in admin.site._registry[model].list_filter:
        name = getattr(one, "parameter_name", one)
        asked |= {(f"{name}{end}", value) for end in ("", "__exact", "__id__exact") for value in TEXTS}
    return asked


@pytest.mark.parametrize("label", LISTS)
def test_no_lookup_with_any_value_breaks_a_list(superuser: User, rf: RequestFactory, label: str) -> None:
    """Without the page around it, of which there would be thousands."""
    model = next(model for model in admin.site._registry if model._meta.label_lower == label)
    page = admin.site._registry[model]
    broken = []
    for name, value in sorted(questions(model)):
        request = rf.get("/", {name: value})
        request.user = superuser
        try:
            with transaction.atomic():  # what the database refuses ends with the question
                list(page.get_changelist_instance(request).result_list)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            pass  # shown without it, or a 400
        except Exception as error:
            broken.append((name, value, repr(error)[:120]))
    assert broken == []


def test_every_list_is_one_of_ours() -> None:
    assert [label for label, one in zip(LISTS, admin.site._registry.values(), strict=True)
            if not isinstance(one, PortalAdmin)] == []  # fmt: skip
