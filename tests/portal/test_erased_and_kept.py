"""No text about a person escapes an erasure: each column is emptied, kept for a reason, or goes with its row.

The lists stand beside the erasure that uses them; this compares them with the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from bookings.calls import erasure
from bookings.waitlist import offers
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.leads import services as leads
from portal.mail import retention as mail
from portal.webhook import retention as webhook
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.portal.test_periods import NO_PERSON

ROOMS = {
    "bookings": "bookings/calls/erasure.py (of the waitlist: bookings/waitlist/offers.py)",
    "leads": "portal/leads/services.py",
    "mail": "portal/mail/retention.py",
    "webhook": "portal/webhook/retention.py",
}
ERASED: dict[type[models.Model], Any] = {
    **erasure.ERASED,
    **offers.ERASED,
    **leads.ERASED,
    **mail.ERASED,
    **webhook.ERASED,
}
KEPT: dict[type[models.Model], Any] = {
    **erasure.KEPT,
    **offers.KEPT,
    **leads.KEPT,
    **mail.KEPT,
    **webhook.KEPT,
}
# Whole rows, by the erasure itself; what points to them with CASCADE goes along.
ROWS = {"accounts.User", "leads.Lead", "bookings.IdempotencyKey", "bookings.Guest"}


def of_people() -> set[type[models.Model]]:
    """Every model with a path to a person: an e-mail address, or a key to a model that has a path."""
    exempt = {label for label, reason in NO_PERSON.items() if reason}
    left = {model for model in apps.get_models() if model._meta.label not in exempt}
    found: set[type[models.Model]] = {User}
    while more := {
        model for model in left - found if has_address(model) or found & set(keys(model).values())
    }:
        found |= more
    return found


def keys(model: type[models.Model]) -> dict[Any, Any]:
    return {field: field.related_model for field in model._meta.concrete_fields if field.related_model}


def has_address(model: type[models.Model]) -> bool:
    return any(isinstance(field, models.EmailField) for field in model._meta.concrete_fields)


def go_whole() -> set[type[models.Model]]:
    """Models of which each row of a person goes. A key that may be empty is not enough where a row has an
    address as well: it may be of somebody without an account."""
    found = {apps.get_model(label) for label in ROWS}

    def goes(model: type[models.Model]) -> bool:
        along = [key for key, other in keys(model).items() if other in found and cascades(key)]
        return any(not key.null or not has_address(model) for key in along)

    while more := {model for model in of_people() - found if goes(model)}:
        found |= more
    return found


def cascades(key: Any) -> bool:
    return key.remote_field.on_delete is models.CASCADE


def words(model: type[models.Model]) -> Iterator[str]:
    """Columns in which anything can be said: no numbers, times and keys, and none with fixed choices."""
    for field in model._meta.concrete_fields:
        inner = field.base_field if isinstance(field, ArrayField) else field
        says = isinstance(inner, models.CharField | models.TextField | models.JSONField | models.BinaryField)
        if says and not field.choices and not field.primary_key:
            yield field.name


def test_every_column_of_words_about_a_person_is_emptied_or_kept_for_a_reason() -> None:
    for model in sorted(of_people() - go_whole(), key=lambda model: model._meta.label):
        erased, kept = set(ERASED.get(model, ())), set(KEPT.get(model, ()))
        room = ROOMS.get(model._meta.app_label, "the module of its app that erases")
        missing, gone = sorted(set(words(model)) - erased - kept), sorted((erased | kept) - set(words(model)))
        assert not missing, (
            f"An erasure leaves {missing} of {model._meta.label} behind: add it to ERASED in {room}, "
            "with what it becomes, or to KEPT, with the reason why it says nothing about a person."
        )
        assert not gone, (
            f"Take {gone} of {model._meta.label} out of ERASED or KEPT in {room}: there is no such text."
        )
        assert not erased & kept, (
            f"{erased & kept} of {model._meta.label} cannot be both ERASED and KEPT in {room}."
        )


def test_no_list_speaks_of_a_model_whose_rows_go_or_that_leads_to_nobody() -> None:
    assert set(ERASED) | set(KEPT) == of_people() - go_whole()


@pytest.mark.django_db
def test_what_is_to_be_emptied_is() -> None:
    """Each column of each list, filled with a word of its own."""
    InstrumentFactory()
    user = UserFactory()
    offer = OfferFactory(entry__user=user)
    rows: list[models.Model] = [BookingFactory(user=user, email=user.email), offer, offer.entry]
    for row in rows:
        said = {
            name: ["zeldzaam"] if empty == [] else "zeldzaam" for name, empty in ERASED[type(row)].items()
        }
        said |= {"email": user.email} | (
            {"phone": "+31612345678", "join_url": "https://x.nl/"} if "phone" in said else {}
        )
        type(row)._base_manager.filter(pk=row.pk).update(**said)
    accounts.erase(user)
    for row in rows:
        (left,) = type(row)._base_manager.filter(pk=row.pk).values(*ERASED[type(row)])
        assert left == ERASED[type(row)]
