from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from portal.common import times, tokens
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from tests.factories.mail import OutboundEmailFactory

LEAD = "2345ABCDEFGHJKLMNPQRSTUV"
Status = OutboundEmail.Status


def enqueued(mail: OutboundEmail) -> OutboundEmail:
    outbox.enqueue(mail)
    return OutboundEmail.objects.get(key=mail.key)


def confirmation(**changed: Any) -> OutboundEmail:
    values: dict[str, Any] = {
        "key": "booking:abc:confirmation:0:invitee",
        "kind": "service",
        "message": "tests/confirmation",
        "to": "sanne@example.org",
        "language": "nl",
        "context": {"name": "Sanne O'Neill", "manage_url": "https://voorbeeld.nl/x/"},
        "about": "booking:abc",
        "sequence": 0,
        "names_people": False,
    }
    return enqueued(outbox.written(**(values | changed)))


def reminder(**changed: Any) -> OutboundEmail:
    values: dict[str, Any] = {
        "key": "booking:abc:reminder:0:invitee",
        "kind": "service",
        "message": "tests/reminder",
        "to": "sanne@example.org",
        "language": "nl",
        "send_after": times.now() + timedelta(days=1),
        "data": {"booking": "abc"},
        "about": "booking:abc",
        "sequence": 0,
        "names_people": False,
    }
    return enqueued(outbox.planned(**(values | changed)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("enqueue", [confirmation, reminder])
def test_enqueue_outside_a_transaction_is_refused(enqueue: Any, mail_templates: Path) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        enqueue()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_mail(mail_templates: Path) -> None:
    with transaction.atomic():
        confirmation()
        transaction.set_rollback(True)
    assert OutboundEmail.objects.count() == 0


@pytest.mark.django_db
def test_of_two_mails_with_the_same_key_the_first_stays(mail_templates: Path) -> None:
    first = confirmation()
    second = confirmation(context={"name": "Somebody else", "manage_url": ""})
    assert second.pk == first.pk
    assert OutboundEmail.objects.get().subject == "Bevestigd voor Sanne O'Neill"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_mails_of_one_event_are_added_in_one_statement(
    mail_templates: Path, django_assert_num_queries: Any, count: int
) -> None:
    first = reminder(key="event:0")
    mails = [OutboundEmailFactory.build(key=f"event:{number}") for number in range(count + 1)]
    with django_assert_num_queries(1):
        outbox.enqueue(*mails)
    assert OutboundEmail.objects.count() == 1 + count
    assert OutboundEmail.objects.get(key="event:0").public_id == first.public_id


@pytest.mark.django_db
def test_no_mail_at_all_is_no_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        outbox.enqueue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_the_same_key_from_many_connections_makes_one_row(mail_templates: Path) -> None:
    def enqueue(_number: int) -> int:
        try:
            with transaction.atomic():
                return confirmation().pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(enqueue, range(24)))
    assert len(found) == 1
    assert OutboundEmail.objects.count() == 1


@pytest.mark.django_db
def test_an_immediate_mail_is_frozen_when_it_is_enqueued(mail_templates: Path) -> None:
    confirmation()
    (mail_templates / "emails/tests/confirmation/body.txt").write_text("Changed afterwards")
    mail = OutboundEmail.objects.get()
    assert mail.is_rendered
    assert mail.text == "Hallo Sanne O'Neill,\n\nBeheer: https://voorbeeld.nl/x/\nDraagkracht\n"


@pytest.mark.django_db
def test_html_is_escaped_and_carries_its_styles_inline(mail_templates: Path) -> None:
    html = confirmation(context={"name": "<b>O'Neill</b>", "manage_url": "https://voorbeeld.nl/"}).html
    assert "&lt;b&gt;O" in html
    assert "<b>" not in html
    assert 'style="margin: 0 0 16px;"' in html


@pytest.mark.django_db
def test_a_secret_link_is_stored_as_a_placeholder_only(mail_templates: Path) -> None:
    placeholder = tokens.placeholder("bookings.manage", LEAD)
    mail = confirmation(context={"name": "Sanne", "manage_url": f"https://voorbeeld.nl/{placeholder}/"})
    secret = tokens.make("bookings.manage", LEAD)
    assert placeholder in mail.text
    assert placeholder in mail.html
    assert secret not in mail.text + mail.html


@pytest.mark.django_db
def test_a_placeholder_typed_by_a_visitor_never_becomes_a_token(mail_templates: Path) -> None:
    typed = f"~~token:bookings.manage:{LEAD}:0~~ ~~token:bookings.manage:{LEAD}:0:guess~~"
    mail = confirmation(context={"name": typed, "manage_url": ""})
    filled = tokens.fill_in(mail.text)
    assert tokens.make("bookings.manage", LEAD) not in filled
    assert typed in filled


@pytest.mark.django_db
def test_a_reminder_waits_unwritten(mail_templates: Path) -> None:
    mail = reminder()
    assert (mail.status, mail.is_rendered, mail.text, mail.data) == ("queued", False, "", {"booking": "abc"})


@pytest.mark.django_db
def test_a_mail_keeps_whether_it_names_others(mail_templates: Path) -> None:
    kept = [confirmation(names_people=True), reminder(names_people=True)]
    assert all(OutboundEmail.objects.get(pk=mail.pk).names_people for mail in kept)
    assert not confirmation(key="another").names_people


@pytest.mark.django_db
def test_tips_without_a_way_to_end_them_are_refused_by_the_database(mail_templates: Path) -> None:
    with pytest.raises(IntegrityError, match="tips_can_be_ended"), transaction.atomic():
        confirmation(kind="marketing")


@pytest.mark.django_db
def test_a_name_that_is_no_mail_is_refused() -> None:
    with pytest.raises(ValueError, match="not the name of a mail"):
        confirmation(message="../secrets")


@pytest.mark.django_db
def test_cancel_stops_what_is_unsent_about_that_matter_only(mail_templates: Path) -> None:
    waiting, retried = confirmation(), reminder()
    OutboundEmail.objects.filter(pk=retried.pk).update(status=Status.RETRY)
    sent = OutboundEmailFactory(about="booking:abc", status=Status.SENT, sent_at=times.now())
    other = OutboundEmailFactory(about="booking:abcd")
    assert outbox.cancel(about="booking:abc", reason="moved") == 2
    states = dict(OutboundEmail.objects.values_list("pk", "status"))
    assert states == {waiting.pk: "cancelled", retried.pk: "cancelled", sent.pk: "sent", other.pk: "queued"}
    assert OutboundEmail.objects.get(pk=waiting.pk).reason == "moved"


@pytest.mark.django_db
def test_cancel_before_a_version_keeps_that_version(mail_templates: Path) -> None:
    old, new = confirmation(), confirmation(key="booking:abc:moved:1:invitee", sequence=1)
    outbox.cancel(about="booking:abc", before_sequence=1)
    assert dict(OutboundEmail.objects.values_list("pk", "status")) == {old.pk: "cancelled", new.pk: "queued"}


@pytest.mark.django_db
def test_cancel_erases_the_words_of_a_code(mail_templates: Path) -> None:
    confirmation(erase_body=True)
    outbox.cancel(about="booking:abc")
    mail = OutboundEmail.objects.get()
    assert (mail.subject, mail.text, mail.html) == ("", "", "")


@pytest.mark.django_db
def test_send_again_queues_the_identical_message_and_says_it_may_be_a_copy() -> None:
    mail = OutboundEmailFactory(status=Status.SENT, sent_at=times.now(), attempts=3)
    assert outbox.send_again(mail)
    again = OutboundEmail.objects.get()
    assert (again.status, again.attempts, again.maybe_duplicate) == ("queued", 0, True)
    assert (again.public_id, again.text) == (mail.public_id, mail.text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state",
    [
        {"status": Status.QUEUED},
        {"status": Status.CANCELLED},
        {"status": Status.FAILED, "erase_body": True},
        {"status": Status.FAILED, "is_withdrawn": True},
        {"status": Status.FAILED, "expires_at": times.now() - timedelta(minutes=1)},
        {"status": Status.FAILED, "text": ""},
        {"status": Status.SENT, "sent_at": times.now(), "tips": True},
    ],
    ids=["waiting", "cancelled", "code", "withdrawn", "expired", "erased", "tips that arrived"],
)
def test_send_again_leaves_alone_what_makes_no_sense(state: dict[str, Any]) -> None:
    mail = OutboundEmailFactory(**state)
    assert not outbox.send_again(mail)
    assert OutboundEmail.objects.get().status == state["status"]
