"""The words somebody agreed to stay provable: a version never changes, a change is a new one."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.leads.retention import forget_proof
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import UserFactory

HASHES = {  # sha256 of what people agreed to: add a line for a new version, never change one
    ("tips", "2026-11", "nl"): "b5d8b458f80323722c4ca62e7bbd4b0c4fcaef3ba649edb1b370dae2b0eb7986",
    ("tips", "2026-11", "en"): "a7f19b253d4f4003f926f9001f2ef23b4986bc46cef7e754706c24a24c9c5f79",
    ("tips", "2026-12", "nl"): "268e4da1c0b9737dc72aab7930e545eabc63b5e7f30cfcbb44b98e8fbb405f9a",
    ("tips", "2026-12", "en"): "239c193de8c7244433715f9cd14ea296a9636794dc2a0967ead14997030949be",
    ("tips", "2026-12b", "nl"): "5c30580df59c9a131bb327e0688832d8155de1a86f00b2ad7c9407043dedd4e0",
    ("tips", "2026-12b", "en"): "9bf901bae9b006055f81ba98d4ccf7a06c275b7a5d30d184ef50294d3c18e179",
    ("tips", "2026-12c", "nl"): "405eae7e7dc6b1cbcd2d3ab44e377b578b916fe27e93064409a631a1b1779baa",
    ("tips", "2026-12c", "en"): "baadc11d6a1e6592036416ed12803bea6f3f7b9545915c243a265ff503cbc12f",
    ("sharing", "2026-12", "nl"): "277e862a78b2e2c384e022672c6a8794eaf1fe1843d0dcb951879d2d0bb9e2d7",
    ("sharing", "2026-12", "en"): "a45df582ba49a4fc18d15df9cc7d086eab2896d2cc240dc9c490b8ca84685c95",
}


def test_every_version_that_was_ever_shown_still_has_the_same_words() -> None:
    shown = {
        (purpose, version, language): hashlib.sha256(words.encode()).hexdigest()
        for (purpose, version), texts in consent.TEXTS.items()
        for language, words in texts.items()
    }
    assert shown == HASHES


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "nl",
            ("Huis van Proef", "na elke scan", "een paar mails", "het minst draagt", "Stoppen kan altijd"),
        ),
        ("en", ("Huis van Proef", "after each scan", "a few mails", "carries least", "stop at any time")),
    ],
)
def test_the_text_about_tips_says_who_mails_what_how_often_and_that_it_stops(
    settings: Any, language: str, parts: tuple[str, ...]
) -> None:
    settings.PRACTICE = settings.PRACTICE | {"practice_name": "Huis van Proef"}
    told = consent.text(consent.TIPS, language)
    assert [part for part in parts if part not in told] == []


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("nl", ("je tien scores", "het totaal", "het verschil met je vorige scan", "intrekken kan altijd")),
        ("en", ("your ten scores", "the overall score", "the difference with your previous", "at any time")),
    ],
)
def test_the_text_about_sharing_names_all_that_is_sent_and_the_way_back(
    language: str, parts: tuple[str, ...]
) -> None:
    told = consent.text("sharing", language)
    assert [part for part in parts if part not in told] == []


# ---- what outlives the person ---------------------------------------------------------------------------
@pytest.fixture
def proof() -> ConsentEvent:
    """Of somebody who said yes to tips and then had everything erased."""
    user = UserFactory(email="noor.zeldzaam@voorbeeld.nl", name="Noor Zeldzaam")
    lead = leads.contact(user.email, name=user.name, user_id=user.pk)
    leads.give_consent(
        lead, purpose=consent.TIPS, language="nl", method="mailed code", source_path="/bewaren/"
    )
    accounts.erase(user)
    return ConsentEvent.objects.get(action="given")


@pytest.mark.django_db
def test_the_proof_outlives_the_person_without_a_word_of_who_it_was(proof: ConsentEvent) -> None:
    assert proof.lead is None
    assert proof.text == consent.text(consent.TIPS, "nl")
    assert proof.text_sha256 == hashlib.sha256(proof.text.encode()).hexdigest()
    assert proof.created_at
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM leads_consentevent t WHERE t::text ILIKE '%%zeldzaam%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_proof_says_that_it_ended_with_the_erasure(proof: ConsentEvent) -> None:
    said = ConsentEvent.objects.filter(subject=proof.subject).values_list("action", "method")
    assert list(said) == [("given", "mailed code"), ("withdrawn", "erasure")]


@pytest.mark.django_db
def test_whoever_names_the_address_finds_the_proof_also_after_a_new_secret_key(
    proof: ConsentEvent, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-of-some-length-for-this-test"
    boss = browser_of(User.objects.create_superuser("baas@voorbeeld.nl"))
    page = boss.get(reverse("admin:leads_consentevent_changelist"), {"q": "Noor.Zeldzaam@voorbeeld.nl"})
    assert "2 regels" in page.content.decode()
    other = boss.get(reverse("admin:leads_consentevent_changelist"), {"q": "ander@voorbeeld.nl"})
    assert not BeautifulSoup(other.content, "html.parser").select("#result_list tbody tr")
    assert "2 regels" not in other.content.decode()


@pytest.mark.django_db
def test_who_comes_back_after_an_erasure_has_said_yes_to_nothing(proof: ConsentEvent) -> None:
    again = leads.contact("noor.zeldzaam@voorbeeld.nl")
    assert not leads.has_consent(again, consent.TIPS)


# ---- added to, never changed ------------------------------------------------------------------------------
@pytest.fixture
def given() -> ConsentEvent:
    lead = leads.contact("noor@voorbeeld.nl")
    return leads.give_consent(
        lead, purpose=consent.TIPS, language="nl", method="mailed code", about="booking:abc"
    )


CHANGES: dict[str, Any] = {
    "action": "withdrawn",
    "about": "",
    "created_at": "2020-01-01T00:00:00Z",
    "language": "en",
    "method": "x",
    "purpose": "sharing",
    "source_path": "/x/",
    "subject": "x",
    "text": "x",
    "text_sha256": "x",
    "text_version": "x",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_the_database_refuses_to_change_any_column_of_a_proof(given: ConsentEvent, name: str) -> None:
    for fields in ({name: CHANGES[name]}, {name: CHANGES[name], "lead": None}):
        if set(fields) == {"about", "lead"}:
            continue  # what an erasure does
        with pytest.raises(IntegrityError, match="is proof and never changes"), transaction.atomic():
            ConsentEvent.objects.update(**fields)


def test_every_column_of_a_proof_is_tried() -> None:
    columns = {field.name for field in ConsentEvent._meta.concrete_fields}
    assert columns == {"id", "lead", *CHANGES}


@pytest.mark.django_db
def test_it_refuses_to_give_a_proof_to_somebody_else_or_to_delete_it(given: ConsentEvent) -> None:
    other = leads.contact("ander@voorbeeld.nl")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEvent.objects.update(lead=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        given.delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM leads_consentevent")
    assert ConsentEvent.objects.count() == 1


@pytest.mark.django_db
def test_an_erasure_takes_out_the_person_and_what_it_was_about_and_keeps_the_rest(
    given: ConsentEvent,
) -> None:
    leads.forget(Lead.objects.all(), method="erasure")
    kept = ConsentEvent.objects.get(pk=given.pk)
    assert (kept.lead, kept.about) == (None, "")
    assert (kept.text, kept.created_at, kept.subject) == (given.text, given.created_at, given.subject)
    assert list(ConsentEvent.objects.values_list("action", "about")) == [("given", ""), ("withdrawn", "")]


@pytest.mark.django_db
def test_retention_alone_deletes_and_leaves_the_door_shut_behind_it(given: ConsentEvent) -> None:
    with transaction.atomic():
        forget_proof(ConsentEvent.objects.filter(pk=given.pk))
        left = leads.give_consent(given.lead, purpose=consent.TIPS, language="nl", method="mailed code")
        with pytest.raises(IntegrityError), transaction.atomic():
            left.delete()
    assert list(ConsentEvent.objects.all()) == [left]
