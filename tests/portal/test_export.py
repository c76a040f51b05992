"""A copy of everything: no model and no column of a person is forgotten, and the coach's holds no secret of theirs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from assessments.models import Scan
from portal.accounts.models import User
from portal.common import export
from portal.leads import consent, notes
from portal.leads import services as leads
from portal.leads.models import Lead
from tests.bookings.admin.conftest import browser_of
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.bookings import BookingFactory, OfferFactory
from tests.factories.mail import OutboundEmailFactory
from tests.portal.test_erased_and_kept import ERASED, of_people

pytestmark = pytest.mark.django_db
EMAIL = "noor.zeldzaam@voorbeeld.nl"
NOT_IN_IT = {  # models with a path to a person of which a copy holds nothing
    "admin.LogEntry": "of staff, and names nobody",
    "bookings.CalendarCopy": "the call once more, in the coach's calendar",
    "bookings.IdempotencyKey": "digests of forms",
    "mfa.Authenticator": "secrets of staff",
    "mirror.Invitation": "random, and whether it was used; to whom it went is not kept",
}


# ---- nothing is forgotten -------------------------------------------------------------------------------
def test_every_model_of_people_is_in_it_or_left_out_for_a_reason() -> None:
    copied = {section.rows("").model._meta.label for section in export.sections()}
    people = {model._meta.label for model in of_people()}
    missing = people - copied - set(NOT_IN_IT)
    assert not missing, (
        f"A copy of everything holds nothing of {sorted(missing)}: add a Section in the exported.py of its room, "
        "or a reason in NOT_IN_IT."
    )
    assert not set(NOT_IN_IT) - people


def test_what_is_personal_is_never_left_out() -> None:
    for section in export.sections():
        model: Any = section.rows("").model
        columns = {one.name for one in model._meta.concrete_fields}
        assert set(section.left_out) <= columns
        personal = set(ERASED.get(model, ())) - {"html"}  # the same words once more
        assert not personal & set(section.left_out), (
            section.name,
            "an erasure empties it, so it is personal",
        )


# ---- what stands in it ----------------------------------------------------------------------------------
@pytest.fixture
def user() -> User:
    user: User = UserFactory(email=EMAIL, name="Noor Zeldzaam")
    return user


@pytest.fixture
def scan(user: User) -> Scan:
    """Everything there is of one person, and the scan of it."""
    scan: Scan = CompletedScanFactory(user=user)
    lead = leads.contact(EMAIL, name="Noor Zeldzaam", user_id=user.pk)
    leads.record(lead, "scan.completed")
    leads.give_consent(lead, purpose=consent.TIPS, language="nl", method="mailed code")
    notes.write_note(lead, "Belde over Bas.", by=user, key="2" * 24)
    BookingFactory(
        user=None, email=EMAIL, name="Noor Zeldzaam", remark="Ik wil loslaten.", phone="+31612345678"
    )
    OfferFactory(entry__user=user, entry__email=EMAIL, email=EMAIL)
    OutboundEmailFactory(to_email=EMAIL, subject="Tot dan", text="Fijn dat je komt.")
    about = leads.followup_key(lead)
    OutboundEmailFactory(
        to_email=EMAIL, subject="Een tip", text="Geef iets uit handen.", kind="marketing", about=about
    )
    CompletedScanFactory(user=UserFactory(email="ander@voorbeeld.nl"))
    return scan


def document(client: Client, path: str) -> dict[str, Any]:
    response = client.get(f"{path}?as=json")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"] == 'attachment; filename="draagkracht.json"'
    assert response.headers["Cache-Control"] == "no-store"
    found: dict[str, Any] = json.loads(response.content)
    return found


def test_a_person_gets_all_of_it(user: User, scan: Scan) -> None:
    client = browser_of(user, second_factor=False)
    found = document(client, reverse("accounts:own_data"))
    assert found["scans"][0]["answers"] == scan.answers
    assert len(found["scans"]) == 1
    assert (found["account"][0]["name"], found["contact"][0]["email"]) == ("Noor Zeldzaam", EMAIL)
    assert [row["kind"] for row in found["timeline"]] == ["scan.completed"]
    assert found["consents"][0]["text"] == consent.text(consent.TIPS, "nl")
    assert found["notes"][0]["text"] == "Belde over Bas."
    assert (found["calls"][0]["remark"], found["calls"][0]["phone"]) == ("Ik wil loslaten.", "+31612345678")
    assert {row["text"] for row in found["mails"]} == {"Fijn dat je komt.", "Geef iets uit handen."}
    assert (len(found["waiting"]), len(found["offers"])) == (1, 1)
    page = client.get(reverse("accounts:own_data")).content.decode()
    for words in ("Belde over Bas.", "Ik wil loslaten.", "Geef iets uit handen.", "+31612345678"):
        assert words in page


def test_a_person_gets_no_password_and_no_key_of_a_session(user: User, scan: Scan) -> None:
    client = browser_of(user, second_factor=False)
    told = json.dumps(document(client, reverse("accounts:own_data")))
    assert client.session.session_key not in told
    assert '"password"' not in told


def test_a_sign_in_of_long_ago_asks_for_a_code_first(user: User, clock: Any) -> None:
    client = browser_of(user, second_factor=False)
    clock.shift(timedelta(minutes=16))
    response = client.get(reverse("accounts:own_data"))
    assert response.headers["Location"].startswith("/inloggen/?next=")


def test_the_coach_gets_what_the_coach_may_see_of_it(scan: Scan) -> None:
    lead = Lead.objects.get(email=EMAIL)
    path = reverse("admin:accounts_user_copy_of_contact", args=[lead.pk])
    client = browser_of(
        User.objects.create_superuser("baas@voorbeeld.nl")
    )  # who may do everything may not this
    found = document(client, path)
    assert "scans" not in found
    assert [row["text"] for row in found["mails"]] == ["Fijn dat je komt."]
    assert found["notes"][0]["text"] == "Belde over Bas."
    assert found["calls"][0]["remark"] == "Ik wil loslaten."
    page = BeautifulSoup(client.get(path).content, "html.parser").text
    assert "Belde over Bas." in page
    assert "Geef iets uit handen." not in page + json.dumps(found)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_for_one_row_as_for_three(
    user: User, scan: Scan, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count - 1):
        CompletedScanFactory(user=user)
        leads.record(Lead.objects.get(email=EMAIL), "scan.completed")
        OutboundEmailFactory(to_email=EMAIL)
    with django_assert_num_queries(23):
        copied = list(export.copy_of(EMAIL))
        for one in copied:
            one.as_data()
            one.as_words()
