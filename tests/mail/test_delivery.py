from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from portal.common import times
from portal.mail import delivery, outbox, render
from portal.mail.models import OutboundEmail
from tests.chaos.harness import CLOSE, HANG, Sink, smtp_at
from tests.factories.mail import OutboundEmailFactory
from tests.mail.delivering import in_another_thread, reloaded

pytestmark = pytest.mark.django_db(transaction=True)
Status = OutboundEmail.Status


def answer(words: str, times: int = 1000, recipient: str = "") -> Any:
    return lambda to, before: words if before < times and recipient in to else None


def make_due() -> None:
    """Skip the waiting between two attempts."""
    OutboundEmail.objects.unsent().update(send_after=times.now())


def test_a_due_mail_is_sent_once_and_marked(sink: Sink) -> None:
    mail = OutboundEmailFactory()
    assert delivery.deliver_due() == 1
    assert delivery.deliver_due() == 0
    sent = reloaded(mail)
    assert (sent.status, sent.attempts, sent.maybe_duplicate) == ("sent", 1, False)
    assert sent.sent_at is not None
    assert sink.copies() == {str(mail.public_id): 1}
    assert sink.received[0].recipient == mail.to_email


def test_a_mail_that_is_not_due_stays(sink: Sink) -> None:
    OutboundEmailFactory(due_at=times.now() + timedelta(minutes=1))
    assert delivery.deliver_due() == 0


def test_the_words_of_a_code_are_erased_when_it_was_sent(sink: Sink) -> None:
    mail = OutboundEmailFactory(erase_body=True)
    delivery.deliver_due()
    sent = reloaded(mail)
    assert (sent.status, sent.subject, sent.text, sent.html) == ("sent", "", "", "")
    assert "Hallo Sanne" in sink.received[0].content.decode()


def test_an_expired_mail_is_cancelled_and_erased_never_late(sink: Sink) -> None:
    mail = OutboundEmailFactory(expires_at=times.now() - timedelta(seconds=1), erase_body=True)
    delivery.deliver_due()
    late = reloaded(mail)
    assert (late.status, late.reason, late.text) == ("cancelled", delivery.EXPIRED, "")
    assert sink.received == []


def test_451_three_times_is_four_attempts_by_the_table_and_one_mail(sink: Sink) -> None:
    mail = OutboundEmailFactory()
    sink.rule(answer("451 4.7.1 Come back later", times=3))
    for expected in (60, 300, 900):  # 451 is no quick code: the slow table
        before = times.now()
        delivery.deliver_due()
        waiting = reloaded(mail)
        assert waiting.status == "retry"
        assert expected * 0.79 < (waiting.send_after - before).total_seconds() < expected * 1.21 + 2
        make_due()
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).attempts) == ("sent", 4)
    assert sink.copies() == {str(mail.public_id): 1}


def test_550_fails_at_once_while_the_next_mail_flows(sink: Sink) -> None:
    gone, fine = OutboundEmailFactory(to_email="weg@example.org"), OutboundEmailFactory()
    sink.rule(answer("550 5.1.1 No such mailbox", recipient="weg"))
    delivery.deliver_due()
    assert (reloaded(gone).status, reloaded(gone).attempts) == ("failed", 1)
    assert reloaded(gone).reason == "550 5.1.1 No such mailbox"
    assert reloaded(fine).status == "sent"


def test_a_message_too_large_is_tried_again_slowly(sink: Sink) -> None:
    mail = OutboundEmailFactory()
    sink.rule(answer("552 5.3.4 message is too large"))
    delivery.deliver_due()
    assert reloaded(mail).status == "retry"


def test_a_server_that_hangs_is_left_after_the_deadline_and_the_row_is_tried_again(
    sink: Sink, settings: Any
) -> None:
    settings.SMTP_TIMEOUT = 1
    mail = OutboundEmailFactory()
    sink.rule(answer(HANG, times=1))
    started = time.monotonic()
    delivery.deliver_due()
    assert time.monotonic() - started < 20  # without that end it takes 25
    waiting = reloaded(mail)
    assert (waiting.status, waiting.maybe_duplicate) == ("retry", True)


def test_a_server_that_drips_cannot_stretch_the_deadline(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SEND", 1.0)
    mail = OutboundEmailFactory()
    with Dripper() as server:
        settings.SMTP = smtp_at(server.port)
        started = time.monotonic()
        delivery.deliver_due()
        assert time.monotonic() - started < 5  # all of it takes six
    assert reloaded(mail).status == "retry"


def test_a_line_that_breaks_after_the_message_may_have_delivered_it(sink: Sink) -> None:
    mail = OutboundEmailFactory()
    sink.rule(answer(CLOSE, times=1))
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).maybe_duplicate) == ("retry", True)
    make_due()
    delivery.deliver_due()
    assert reloaded(mail).status == "sent"
    assert sink.copies() == {str(mail.public_id): 2}
    assert len({received.message["Message-ID"] for received in sink.received}) == 1
    assert sink.received[0].content == sink.received[1].content


def test_tips_whose_fate_is_unknown_are_never_sent_again(sink: Sink) -> None:
    mail = OutboundEmailFactory(tips=True)
    sink.rule(answer(CLOSE, times=1))
    delivery.deliver_due()
    delivery.deliver_due()
    assert reloaded(mail).status == "uncertain"
    assert sink.copies() == {str(mail.public_id): 1}


def test_an_unreachable_server_is_asked_once_a_batch(settings: Any) -> None:
    settings.SMTP = smtp_at(1)
    first, second = OutboundEmailFactory(), OutboundEmailFactory()
    assert delivery.deliver_due() == 1
    assert (reloaded(first).status, reloaded(second).attempts) == ("retry", 0)


def test_after_three_days_a_mail_is_given_up(settings: Any) -> None:
    settings.SMTP = smtp_at(1)
    mail = OutboundEmailFactory(due_at=times.now() - timedelta(hours=73))
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).reason) == ("failed", delivery.GAVE_UP)


def test_the_retry_table_rises_to_an_hour_and_stays() -> None:
    middle = [10, 30, 60, 300, 900, 1800, 3600, 3600]
    for attempts, seconds in enumerate(middle, start=1):
        assert 0.8 * seconds <= delivery.delay(attempts).total_seconds() <= 1.2 * seconds


def test_a_poison_row_fails_after_its_attempts_and_never_stops_the_others(sink: Sink) -> None:
    poison = OutboundEmailFactory(to_email="zoë@example.org")
    others = OutboundEmailFactory.create_batch(20)
    delivery.deliver_due()
    assert {reloaded(mail).status for mail in others} == {"sent"}
    assert reloaded(poison).status == "retry"
    for _attempt in range(7):
        make_due()
        delivery.deliver_due()
    failed = reloaded(poison)
    assert (failed.status, failed.attempts, failed.own_errors) == ("failed", 8, 8)
    assert "UnicodeEncodeError" in failed.reason


def test_a_row_whose_renderer_raises_fails_after_its_attempts(
    sink: Sink, renderers: dict[str, render.Renderer]
) -> None:
    mail, fine = OutboundEmailFactory(later=True), OutboundEmailFactory()
    renderers["tests/reminder"] = lambda _mail: {}["missing"]
    delivery.deliver_due()
    assert (reloaded(mail).own_errors, reloaded(fine).status) == (1, "sent")


class Dripper:
    """A server that sends one byte of an endless answer every 0.3 s, for six seconds."""

    def __enter__(self) -> Dripper:
        import socket

        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()
        return self

    def _serve(self) -> None:
        line, _address = self.listener.accept()
        with line:
            line.sendall(b"220 hello\r\n")
            line.recv(1000)
            for _ in range(20):
                if self.over.wait(0.3):
                    return
                try:
                    line.sendall(b"2")
                except OSError:
                    return

    def __exit__(self, *_exception: object) -> None:
        self.over.set()
        self.thread.join(5)
        self.listener.close()


# ---- reminders and follow-ups: written and checked when due ------------------------------------------
def test_a_due_mail_is_written_when_it_leaves_and_stays_as_written(
    sink: Sink, renderers: dict[str, render.Renderer], mail_templates: object
) -> None:
    facts = {"what": "Zoë's impactcall"}
    renderers["tests/reminder"] = lambda mail: facts
    mail = OutboundEmailFactory(later=True)
    sink.rule(answer("421 4.3.2 Busy", times=1))
    delivery.deliver_due()
    assert reloaded(mail).text == "Morgen Zoë's impactcall.\n"
    facts["what"] = "iets anders"
    make_due()
    delivery.deliver_due()
    assert reloaded(mail).status == "sent"
    assert "Zoë's impactcall" in sink.received[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_due_mail_that_is_no_longer_true_is_cancelled_with_the_reason(
    sink: Sink, renderers: dict[str, render.Renderer]
) -> None:
    renderers["tests/reminder"] = lambda mail: outbox.Skip(f"booking {mail.data['number']} was cancelled")  # type: ignore[index]
    mail = OutboundEmailFactory(later=True)
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).reason) == ("cancelled", "booking 1 was cancelled")
    assert sink.received == []


def test_a_due_mail_is_checked_again_at_every_attempt(
    sink: Sink, renderers: dict[str, render.Renderer], mail_templates: object
) -> None:
    answers: list[dict[str, object] | outbox.Skip] = [{"what": "de call"}, outbox.Skip("unsubscribed")]
    renderers["tests/reminder"] = lambda mail: answers.pop(0)
    mail = OutboundEmailFactory(later=True)
    sink.rule(answer("421 4.3.2 Busy"))
    delivery.deliver_due()
    make_due()
    delivery.deliver_due()
    assert (reloaded(mail).status, reloaded(mail).reason) == ("cancelled", "unsubscribed")


def test_the_network_is_never_used_inside_a_transaction(
    sink: Sink, renderers: dict[str, render.Renderer], monkeypatch: pytest.MonkeyPatch
) -> None:
    OutboundEmailFactory()
    seen = []
    send = delivery.smtp.send

    def spying(*args: Any, **kwargs: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return send(*args, **kwargs)

    monkeypatch.setattr(delivery.smtp, "send", spying)
    delivery.deliver_due()
    assert seen == [False]


# ---- cancelled while a worker holds it ---------------------------------------------------------------
def test_a_mail_cancelled_while_it_is_sent_is_not_tried_again(sink: Sink) -> None:
    mail = OutboundEmailFactory(about="booking:abc", sequence=0)

    def cancel_meanwhile(_to: str, _before: int) -> str:
        in_another_thread(lambda: outbox.cancel(about="booking:abc"))
        return "421 4.3.2 Busy"

    sink.rule(cancel_meanwhile)
    delivery.deliver_due()
    assert (reloaded(mail).status, sink.copies()) == ("cancelled", {})


def test_a_mail_cancelled_between_claim_and_send_does_not_leave(sink: Sink) -> None:
    OutboundEmailFactory(about="booking:abc", sequence=0)
    mail = delivery.claim()
    assert mail is not None
    outbox.cancel(about="booking:abc", reason="moved")
    delivery.deliver(mail, seconds=5)
    assert (reloaded(mail).status, reloaded(mail).reason, sink.received) == ("cancelled", "moved", [])


def test_a_new_version_waits_while_the_old_one_is_with_a_worker() -> None:
    OutboundEmailFactory(about="booking:abc", sequence=0)
    first = delivery.claim()
    assert first is not None
    second = OutboundEmailFactory(about="booking:abc", sequence=1)
    assert delivery.claim() is None
    delivery.mark(first, delivery.smtp.Sent())
    claimed = delivery.claim()
    assert claimed is not None
    assert claimed.pk == second.pk


def test_mails_about_nothing_in_particular_do_not_wait_for_each_other() -> None:
    OutboundEmailFactory(sequence=0)
    OutboundEmailFactory(sequence=1)
    assert delivery.claim() is not None
    assert delivery.claim() is not None
