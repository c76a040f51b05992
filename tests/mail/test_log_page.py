from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.common import times
from portal.mail.models import OutboundEmail
from portal.tasks import clean_up
from tests.bookings.admin.conftest import browser_of
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status
LOG = "admin:mail_outboundemail_changelist"


@pytest.fixture
def coach() -> Client:
    return browser_of(User.objects.create_superuser("jet@voorbeeld.nl"))


def test_the_log_finds_a_mail_by_address_subject_and_matter(coach: Client) -> None:
    OutboundEmailFactory(to_email="sanne@example.org", subject="Bevestigd", about="booking:abc")
    OutboundEmailFactory(to_email="other@example.org", subject="Verplaatst")
    for words in ("sanne@", "Bevestigd", "booking:abc"):
        page = coach.get(reverse(LOG), {"q": words}).content.decode()
        assert "sanne@example.org" in page
        assert "other@example.org" not in page


def test_the_log_shows_one_mail_without_a_form_and_never_a_code(coach: Client) -> None:
    mail = OutboundEmailFactory(erase_body=True, subject="ABC-123", text="ABC-123", status=Status.RETRY)
    for url in (reverse(LOG), reverse("admin:mail_outboundemail_change", args=[mail.pk])):
        page = coach.get(url)
        assert page.status_code == 200
        assert "ABC-123" not in page.content.decode()
    assert 'name="_save"' not in page.content.decode()


def test_the_log_takes_the_same_number_of_queries_for_one_mail_and_for_many(
    coach: Client, django_assert_max_num_queries: object
) -> None:
    OutboundEmailFactory()
    with django_assert_max_num_queries(12) as one:  # type: ignore[operator]
        coach.get(reverse(LOG))
    OutboundEmailFactory.create_batch(3)
    with django_assert_max_num_queries(12) as many:  # type: ignore[operator]
        coach.get(reverse(LOG))
    assert len(one) == len(many)


def test_send_again_works_from_the_log(coach: Client) -> None:
    mail = OutboundEmailFactory(status=Status.FAILED, reason="550 5.1.1 No such mailbox")
    answer = coach.post(
        f"{reverse(LOG)}?place=all", {"action": "send_again", "_selected_action": [mail.pk]}, follow=True
    )
    assert "1 mail wordt opnieuw verstuurd." in answer.content.decode()
    assert OutboundEmail.objects.get().status == "queued"


def test_opening_send_again_changes_nothing(coach: Client) -> None:
    mail = OutboundEmailFactory(status=Status.FAILED)
    coach.get(reverse(LOG), {"action": "send_again", "_selected_action": [mail.pk]})
    assert OutboundEmail.objects.get().status == "failed"


WHEN_DUE = {"later": True, "subject": "Morgen", "text": "Morgen om tien uur.", "html": "<p>Morgen.</p>"}


@pytest.mark.parametrize("status", [Status.FAILED, Status.SENT])
@pytest.mark.parametrize("words", [{}, WHEN_DUE], ids=["written at once", "written when due"])
def test_a_mail_whose_words_were_erased_is_left_alone_and_the_log_says_why(
    coach: Client, words: dict[str, Any], status: Status
) -> None:
    """Sent again it would arrive empty."""
    at = times.now() - timedelta(days=31)
    mail = OutboundEmailFactory(
        **{"status": status, "due_at": at, "rendered_at": at, "sent_at": at, "reason": "", **words}
    )
    clean_up()
    page = coach.get(reverse("admin:mail_outboundemail_change", args=[mail.pk])).content.decode()
    assert "Er is geen tekst: die wordt pas bij het versturen geschreven, of is gewist." in page
    answer = coach.post(
        f"{reverse(LOG)}?place=all", {"action": "send_again", "_selected_action": [mail.pk]}, follow=True
    )
    assert OutboundEmail.objects.get().status == status
    assert "1 mail is overgeslagen:" in answer.content.decode()
    assert "of zijn tekst is gewist." in answer.content.decode()
