"""How long somebody stays a contact, and the proof of a yes or no thereafter."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.common.retention import Rule
from portal.leads import services
from portal.leads.models import ConsentEvent, Lead

PROOF_IS_OUT_OF_USE = "leads.proof_is_out_of_use"  # what migration 0005 looks for


def forget(contacts: QuerySet[Any]) -> None:
    services.forget(contacts, method="not heard of for long")


@transaction.atomic
def forget_proof(proofs: QuerySet[Any]) -> None:
    """The one way to delete a proof: the database is told for this transaction that its time is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PROOF_IS_OUT_OF_USE, "yes"])
        proofs.delete()
        cursor.execute("SELECT set_config(%s, %s, true)", [PROOF_IS_OUT_OF_USE, ""])


RULES = (
    Rule(
        name="contacts",
        models=("leads.Lead", "leads.LeadEvent", "leads.Note"),
        old=lambda before: Lead.objects.silent_since(before),
        forget=forget,
        words=_("You as a contact of the coach, with what happened when, after we last heard of you"),
    ),
    Rule(
        name="consent_proof",
        models=("leads.ConsentEvent",),
        old=lambda before: ConsentEvent.objects.out_of_use(before),
        forget=forget_proof,
        words=_("The proof that you said yes or no, after it was last of use"),
    ),
)
