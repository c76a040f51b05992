from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.db import transaction

from portal.accounts import services as accounts
from portal.accounts.models import RateCounter, Session, UsedLoginCode, User
from portal.common import times
from portal.mail import delivery, retention
from portal.mail.models import OutboundEmail
from portal.tasks import clean_up
from tests.chaos.harness import Sink
from tests.factories.mail import OutboundEmailFactory

pytestmark = pytest.mark.django_db
Status = OutboundEmail.Status


def finished(**changed: object) -> OutboundEmail:
    return OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), **changed)


def test_the_words_of_finished_mails_are_erased_after_the_promised_time() -> None:
    now = times.now()
    old = finished(due_at=now - timedelta(days=31), calendar="BEGIN:VCALENDAR")
    recent = finished(due_at=now - timedelta(days=29))
    waiting = OutboundEmailFactory(due_at=now - timedelta(days=31))
    clean_up()
    words = {
        mail.pk: mail.text + mail.subject + mail.html + mail.calendar for mail in OutboundEmail.objects.all()
    }
    assert words[old.pk] == ""
    assert words[recent.pk]
    assert words[waiting.pk]


def test_old_mails_with_a_code_go_whole() -> None:
    finished(due_at=times.now() - timedelta(days=31), erase_body=True)
    clean_up()
    assert not OutboundEmail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_leaves_no_mail_and_only_a_call_taken_back_still_leaves(sink: Sink) -> None:
    finished(to_email="sanne@example.org", about="booking:abc")
    finished(to_email="jet@voorbeeld.nl", about="booking:abc", subject="impactcall met Sanne Vermeer")
    finished(to_email="jet@voorbeeld.nl", reply_to="Sanne Vermeer <Sanne@example.org>")
    OutboundEmailFactory(to_email="sanne@example.org", later=True)
    OutboundEmailFactory(to_email="sanne@example.org", about="booking:abc")
    OutboundEmailFactory(to_email="jet@voorbeeld.nl", reply_to="Sanne Vermeer <sanne@example.org>")
    cancelled = {"about": "booking:abc", "calendar_method": "CANCEL"}  # its time would stay in a calendar
    last = OutboundEmailFactory(to_email="sanne@example.org", **cancelled)
    OutboundEmailFactory(status=Status.FAILED, to_email="sanne@example.org")
    rosanne = finished(to_email="jet@voorbeeld.nl", reply_to="J <rosanne@example.org>")
    other = finished(to_email="suzanne@example.org", about="booking:abcd")
    user = User.objects.create_user("sanne@example.org")
    with transaction.atomic():
        accounts.erase(user)
    assert set(OutboundEmail.objects.values_list("pk", flat=True)) == {last.pk, rosanne.pk, other.pk}
    delivery.deliver_due()
    delivery.deliver_due()
    assert sink.copies() == {str(last.public_id): 1}
    assert set(OutboundEmail.objects.values_list("pk", flat=True)) == {rosanne.pk, other.pk}


def test_a_digest_that_names_an_erased_person_says_nothing_any_more() -> None:
    """To the coach, about many: by an address, a name or a first name; whoever else is named stays."""
    digest = {"to_email": "jet@voorbeeld.nl", "names_people": True, "html": "", "subject": "Deze week"}
    by_address = finished(text="sanne@example.org wacht nog", **digest)
    by_name = finished(text="Morgen: SANNE VERMEER", **digest)
    by_first_name = finished(text="Sanne wacht nog", **digest)
    waits = OutboundEmailFactory(text="Sanne wacht nog", **digest)
    due = OutboundEmailFactory(text="Sanne wacht nog", data={"week": 48}, status=Status.RETRY, **digest)
    other = finished(text="Bas wacht nog", **digest)
    accounts.erase(User.objects.create_user("sanne@example.org", name="Sanne Vermeer"))
    mails = OutboundEmail.objects.in_bulk()
    for gone in (by_address, by_name, by_first_name, waits, due):
        assert (mails[gone.pk].subject, mails[gone.pk].text) == ("", "")
    assert (mails[waits.pk].status, mails[waits.pk].reason) == ("cancelled", retention.NAMED)
    assert (mails[due.pk].status, mails[due.pk].is_rendered) == ("retry", False)  # written anew, without her
    assert mails[other.pk].text == "Bas wacht nog"


def test_a_digest_that_is_with_a_worker_loses_its_words_as_soon_as_it_left() -> None:
    named = {"names_people": True, "to_email": "jet@voorbeeld.nl", "text": "Sanne wacht nog"}
    mail = OutboundEmailFactory(leased=True, **named)
    accounts.erase(User.objects.create_user("sanne@example.org", name="Sanne Vermeer"))
    delivery.mark(mail, delivery.smtp.Sent())
    assert OutboundEmail.objects.get(pk=mail.pk).text == ""


def test_clean_up_throws_away_what_has_served_its_time_and_nothing_else() -> None:
    now = times.now()
    for name, span in (("old", -1), ("new", 1)):
        RateCounter.objects.create(key=name, expires_at=now + timedelta(minutes=span))
        UsedLoginCode.objects.create(
            session_digest=name,
            code_digest=name,
            session_key=name,
            redirect_to="/",
            used_at=now + timedelta(hours=span),
        )
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store.set_expiry(now + timedelta(days=span))
        store.save()
    day_ago = now - timedelta(hours=25)
    User.objects.create_user("nobody@example.org", joined_at=day_ago)
    User.objects.create_user("fresh@example.org", joined_at=now)
    User.objects.create_user("proven@example.org", joined_at=day_ago, proven_at=now)
    User.objects.create_user("coach@example.org", joined_at=day_ago, is_staff=True)
    clean_up()
    assert list(RateCounter.objects.values_list("key", flat=True)) == ["new"]
    assert list(UsedLoginCode.objects.values_list("session_key", flat=True)) == ["new"]
    assert Session.objects.count() == 1
    assert set(User.objects.values_list("email", flat=True)) == {
        "fresh@example.org",
        "proven@example.org",
        "coach@example.org",
    }
