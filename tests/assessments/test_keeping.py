"""Keeping a result: the code attaches the scans of the browser it was typed in, and of no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments.models import Scan
from portal.accounts.models import User
from portal.leads.models import ConsentEvent, Lead, LeadEvent
from portal.leads.sequences.models import Run
from portal.mail.models import OutboundEmail
from tests.assessments.demo import BEFORE, answers
from tests.assessments.walk import ask_code, give_code, keep, send_page, start, walk
from tests.factories.assessments import InstrumentFactory, UserFactory
from tests.factories.sequences import StepFactory

pytestmark = pytest.mark.django_db
MAIL = "sanne@voorbeeld.nl"


@pytest.fixture(autouse=True)
def _dutch_and_an_instrument() -> Iterator[None]:
    with translation.override("nl"):
        InstrumentFactory()
        yield


def result_url(scan: Scan) -> str:
    return reverse("assessments:result", args=[scan.public_id])


def sign_out(client: Client) -> None:
    client.post(reverse("account_logout"))


def test_the_code_makes_the_account_attaches_the_scan_and_lands_on_the_result(visitor):
    scan = walk(visitor)
    assert keep(visitor).headers["Location"] == result_url(scan)
    scan.refresh_from_db()
    assert scan.user == User.objects.get(email=MAIL)
    assert scan.attached_at is not None
    assert visitor.get(result_url(scan)).status_code == 200


def test_asking_for_a_code_attaches_nothing_yet(visitor):
    scan = walk(visitor)
    ask_code(visitor, MAIL)
    scan.refresh_from_db()
    assert scan.user is None


def test_a_known_address_in_another_browser_sees_nothing_by_typing_it(visitor):
    scan = walk(visitor)
    keep(visitor)
    other = Client()
    ask_code(other, MAIL)
    assert other.get(result_url(scan)).status_code == 404
    assert other.get(reverse("assessments:result")).headers["Location"] == reverse("assessments:landing")


def test_only_the_scan_of_the_browser_in_which_the_code_is_typed_is_attached(visitor, clock):
    attacker = Client()
    planted = walk(attacker)
    clock.shift(timedelta(minutes=1))
    scan = walk(visitor)
    keep(visitor)
    planted.refresh_from_db()
    scan.refresh_from_db()
    assert (planted.user, scan.user.email) == (None, MAIL)
    visitor.get(f"{reverse('assessments:landing')}?scan={planted.public_id}")
    visitor.get(result_url(planted))
    planted.refresh_from_db()
    assert planted.user is None


def test_signing_in_half_way_keeps_every_answer_and_the_place(visitor):
    start(visitor, clear_1="4")
    send_page(visitor, 1)
    assert keep(visitor).headers["Location"] == reverse("assessments:scan", args=[2])
    for number in range(2, 7):
        send_page(visitor, number)
    scan = Scan.objects.get()
    assert scan.is_completed
    assert scan.user.email == MAIL
    assert LeadEvent.objects.filter(kind="scan.completed").count() == 1


def test_scans_done_again_before_signing_in_are_all_attached_and_compared(visitor, clock):
    first = walk(visitor, answers(BEFORE))
    clock.shift(timedelta(minutes=10))
    visitor.post(reverse("assessments:again"))
    second = walk(visitor)
    assert keep(visitor).headers["Location"] == result_url(second)
    assert set(Scan.objects.filter(user__email=MAIL)) == {first, second}
    page = BeautifulSoup(visitor.get(result_url(second)).content, "html.parser")
    assert page.select("table.beams td.key-change")


def test_signing_out_clears_the_scan_cookie_and_the_result_is_gone_from_this_browser(visitor):
    scan = walk(visitor)
    keep(visitor)
    sign_out(visitor)
    assert "scan" not in visitor.cookies or not visitor.cookies["scan"].value
    assert visitor.get(result_url(scan)).status_code == 404


def test_the_next_person_at_this_browser_does_not_get_the_scan(visitor):
    scan = walk(visitor)
    keep(visitor)
    sign_out(visitor)
    keep(visitor, "iemand@voorbeeld.nl")
    assert visitor.get(result_url(scan)).status_code == 404
    scan.refresh_from_db()
    assert scan.user.email == MAIL


def test_the_same_code_twice_attaches_once(visitor):
    scan = walk(visitor)
    ask_code(visitor, MAIL)
    second_click = Client()
    second_click.cookies.update(visitor.cookies)  # as the browser sends them: before the first answer came
    first = give_code(visitor, MAIL)
    second = give_code(second_click, MAIL)
    assert first.headers["Location"] == second.headers["Location"] == result_url(scan)
    assert LeadEvent.objects.filter(kind="scan.completed").count() == 1


def test_keeping_makes_a_scanned_lead(visitor):
    scan = walk(visitor)
    keep(visitor)
    lead = Lead.objects.get(email=MAIL)
    assert (lead.stage, lead.user) == ("scanned", User.objects.get(email=MAIL))
    assert lead.events.get(kind="scan.completed").data == {"scan": scan.public_id}


def test_without_the_box_there_is_no_consent_and_no_tip(visitor):
    walk(visitor)
    keep(visitor)
    assert not ConsentEvent.objects.exists()
    assert not OutboundEmail.objects.filter(kind="marketing").exists()


def test_with_the_box_the_tip_is_planned_for_half_past_eight_two_days_later(visitor, clock):
    clock.move_to(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    step = StepFactory()
    scan = walk(visitor)
    keep(visitor, tips="on")
    tip = OutboundEmail.objects.get(kind="marketing")
    assert (tip.message, tip.to_email, tip.language) == ("sequences/step", MAIL, "nl")
    assert tip.send_after == datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    run = Run.objects.get()
    assert (tip.key, run.context) == (f"run:{run.public_id}:{step.pk}", {"scan": scan.public_id})
    assert tip.about == f"followup:{Lead.objects.get().public_id}"


def test_deleting_the_account_takes_the_scans_with_it(visitor):
    walk(visitor)
    keep(visitor, tips="on")
    from portal.accounts import services as accounts

    accounts.erase(User.objects.get(email=MAIL))
    assert not Scan.objects.exists()
    assert not OutboundEmail.objects.unsent().filter(kind="marketing").exists()


def test_a_person_who_signs_in_without_a_scan_goes_to_the_account(visitor):
    user = UserFactory(email=MAIL)
    assert keep(visitor, user.email).headers["Location"] == reverse("accounts:account")


# ---- the mail that says where it is ---------------------------------------------------------------------
def kept_mails() -> list[OutboundEmail]:
    return list(OutboundEmail.objects.filter(message="assessments/result_kept"))


def test_whoever_keeps_a_result_is_mailed_where_it_is_with_one_link_and_nothing_to_sell(visitor):
    scan = walk(visitor)
    keep(visitor)
    (mail,) = kept_mails()
    assert (mail.kind, mail.subject, mail.to_email) == ("service", "Je uitslag is bewaard", MAIL)
    above_the_foot = mail.text.split("Je logt in")[0]
    assert above_the_foot.count("http") == 1
    assert result_url(scan) in above_the_foot
    assert "impactcall" not in mail.text.lower()


def test_it_is_mailed_once_and_only_to_whoever_asked_to_keep_it(visitor):
    walk(visitor)
    keep(visitor)
    keep(visitor)
    assert len(kept_mails()) == 1
    other = Client()
    walk(other)
    other.post(reverse("account_request_login_code"), {"email": "door.de.voordeur@voorbeeld.nl"})
    give_code(other, "door.de.voordeur@voorbeeld.nl")
    assert len(kept_mails()) == 1


def test_signing_in_half_way_keeps_no_result_yet(visitor):
    start(visitor, clear_1="4")
    keep(visitor)
    assert kept_mails() == []
