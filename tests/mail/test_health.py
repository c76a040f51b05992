from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from portal.accounts.models import User
from portal.common import times
from portal.mail import health
from portal.mail.models import OutboundEmail
from portal.mail.panels import mail_banner, mail_is_behind
from tests.bookings.admin.conftest import browser_of
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status


def by_superuser(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = User(is_superuser=True)
    return request


def ago(**span: float) -> object:
    return times.now() - timedelta(**span)


def test_nothing_waiting_is_age_zero() -> None:
    OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), due_at=ago(days=1))
    OutboundEmailFactory(due_at=times.now() + timedelta(hours=1))
    assert health.oldest_due_seconds() == 0
    assert health.backlog() == health.Backlog(count=0, oldest_minutes=0)


def test_the_oldest_due_row_counts() -> None:
    OutboundEmailFactory(due_at=ago(minutes=7))
    OutboundEmailFactory(due_at=ago(minutes=3))
    assert health.oldest_due_seconds() == pytest.approx(420, abs=5)
    assert health.backlog() == health.Backlog(count=2, oldest_minutes=7)


def test_rows_between_two_attempts_are_behind_but_not_left_lying() -> None:
    OutboundEmailFactory(
        status=Status.RETRY, due_at=ago(hours=2), send_after=times.now() + timedelta(hours=1)
    )
    assert health.oldest_due_seconds() == 0
    assert health.backlog().oldest_minutes == 120


def test_the_banner_is_silent_when_all_is_well(rf: RequestFactory) -> None:
    OutboundEmailFactory(due_at=ago(seconds=20))
    assert mail_banner(by_superuser(rf)) is None
    assert mail_is_behind(rf.get("/")) is None


def test_the_banner_names_what_is_behind_and_what_failed(rf: RequestFactory) -> None:
    OutboundEmailFactory(due_at=ago(minutes=12))
    OutboundEmailFactory(status=Status.FAILED)
    OutboundEmailFactory(status=Status.BOUNCED)
    OutboundEmailFactory(status=Status.FAILED, due_at=ago(days=8))
    failed, behind = mail_banner(by_superuser(rf)), mail_is_behind(rf.get("/"))
    assert failed is not None
    assert behind is not None
    assert failed.context == {"failed": 2, "unread_since": ""}
    assert behind.context == {"backlog": health.Backlog(count=1, oldest_minutes=12)}


@pytest.mark.parametrize(("language", "words"), [("nl", "E-mail loopt achter"), ("en", "Mail is behind")])
def test_every_page_of_the_admin_says_that_mail_is_behind_and_leads_to_what_waits(
    language: str, words: str
) -> None:
    jet = User.objects.create_superuser("jet@voorbeeld.nl")
    browser = browser_of(jet)
    with translation.override(language):
        pages = [
            reverse(f"admin:{name}")
            for name in ("index", "leads_lead_changelist", "mail_outboundemail_changelist")
        ]
    for path in pages:
        assert words not in browser.get(path, headers={"accept-language": language}).content.decode()
    OutboundEmailFactory(due_at=ago(minutes=12))
    for path in pages:
        page = browser.get(path, headers={"accept-language": language}).content.decode()
        assert words in page
        assert "?place=planned" in page


def test_readyz_is_red_when_a_due_mail_is_left_lying(client: Client) -> None:
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (
        200,
        {"oldest_due_seconds": 0},
    )
    OutboundEmailFactory(due_at=ago(seconds=119))
    assert client.get("/readyz").status_code == 200
    OutboundEmailFactory(due_at=ago(seconds=125))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["oldest_due_seconds"] == pytest.approx(125, abs=5)
    OutboundEmail.objects.update(status=Status.SENT, sent_at=times.now())
    assert client.get("/readyz").status_code == 200
