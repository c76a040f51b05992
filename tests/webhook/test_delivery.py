"""Events reach a real receiver over TLS, signed; what goes wrong is written down and tried again."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import settings as conf
from standardwebhooks.webhooks import Webhook as Receiver

from portal.common import times
from portal.common.reaching import Network
from portal.mail.models import OutboundEmail
from portal.webhook import delivery, switching
from portal.webhook.models import OutboundEvent, Webhook
from tests.bookings.world import NAME, PUBLIC, World, answer
from tests.factories.webhook import OutboundEventFactory, set_up, switched_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hook")]


def deliver(world: World, seconds: float = 5.0) -> int:
    return delivery.deliver_due(network=world.network(seconds))


def the_event() -> OutboundEvent:
    return OutboundEvent.objects.get()


def outcome() -> tuple[str, str, int | None]:
    event = the_event()
    return event.status, event.problem, event.status_code


# ---- what works ---------------------------------------------------------------------------------------
@pytest.mark.real_clock
def test_an_event_arrives_signed_as_the_specification_says(receiver: World) -> None:
    event = OutboundEventFactory()
    assert deliver(receiver) == 1
    ((path, headers),), (body,) = receiver.requests, receiver.bodies
    assert (receiver.methods, path) == (["POST"], "/hooks/sleutel")
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == event.public_id
    assert Receiver(Webhook.objects.get().secret).verify(body, headers) == json.loads(event.body)
    assert outcome() == ("sent", "", 204)
    assert receiver.connected == [PUBLIC]


def test_a_day_after_a_new_secret_the_old_one_no_longer_signs(receiver: World, clock: Any) -> None:
    old = Webhook.objects.get().secret
    switching.renew_secret(was=Webhook.objects.get().seen_secret)
    new = Webhook.objects.get().secret
    OutboundEventFactory()
    deliver(receiver)
    for secret in (old, new):
        Receiver(secret).verify(receiver.bodies[0], receiver.requests[0][1])
    clock.shift(timedelta(hours=24, seconds=1))
    OutboundEventFactory()
    deliver(receiver)
    assert len(receiver.requests[1][1]["webhook-signature"].split(" ")) == 1
    Receiver(new).verify(receiver.bodies[1], receiver.requests[1][1])


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_answer_from_200_to_299_is_an_arrival(receiver: World, status: int) -> None:
    receiver.answers = [answer(b"" if status == 204 else b"x" * 100_000, status=status)]
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("sent", "", status)


def test_a_good_answer_that_drips_afterwards_has_arrived(receiver: World) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
        time.sleep(3)

    receiver.answers = [slowly]
    OutboundEventFactory()
    begun = time.monotonic()
    deliver(receiver)
    assert outcome() == ("sent", "", 200)
    assert time.monotonic() - begun < 2


def test_all_that_is_due_goes_in_one_turn(receiver: World) -> None:
    OutboundEventFactory.create_batch(5)
    OutboundEventFactory(send_after=times.now() + timedelta(minutes=1))
    assert deliver(receiver) == 5
    assert OutboundEvent.objects.waiting().count() == 1


# ---- where it may go ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"]
)
def test_a_name_that_leads_inside_is_never_connected_to(receiver: World, address: str) -> None:
    receiver.names[NAME] = [[PUBLIC, address]]
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("waiting", "unreachable", None)
    assert receiver.connected == []


def test_a_name_that_changes_its_answer_is_checked_at_every_try(receiver: World, clock: Any) -> None:
    receiver.names[NAME] = [[PUBLIC], ["127.0.0.1"]]
    receiver.answers = [answer(status=500)]
    OutboundEventFactory()
    deliver(receiver)
    clock.shift(timedelta(minutes=1))
    deliver(receiver)
    assert outcome() == ("waiting", "unreachable", None)
    assert receiver.connected == [PUBLIC]


@pytest.mark.parametrize("location", ["https://169.254.169.254/latest/meta-data/", f"https://{NAME}/elders"])
def test_no_redirect_is_followed(receiver: World, location: str) -> None:
    receiver.answers = [answer(status=307, Location=location)]
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("waiting", "moved", 307)
    assert (len(receiver.requests), receiver.connected) == (1, [PUBLIC])


def test_a_certificate_of_another_name_is_refused(receiver: World) -> None:
    set_up(address="https://andere.example.org/x", events=["call.booked"], is_on=True)
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("waiting", "certificate", None)
    assert receiver.bodies == []


# ---- what goes wrong ----------------------------------------------------------------------------------
def test_a_receiver_that_refuses_the_connection_is_unreachable(receiver: World) -> None:
    def refused(address: str, timeout: float) -> socket.socket:
        raise ConnectionRefusedError

    OutboundEventFactory()
    delivery.deliver_due(network=Network(receiver.resolve, refused))
    assert outcome() == ("waiting", "unreachable", None)


def hang(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _moment in range(100):
        handler.wfile.write(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize("send", [hang, drip])
def test_a_receiver_that_hangs_or_drips_is_left_in_time(
    receiver: World, send: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    receiver.answers = [send]
    OutboundEventFactory.create_batch(3)
    begun = time.monotonic()
    assert deliver(receiver, seconds=0.6) == 1  # and the others do not wait for it one by one
    assert time.monotonic() - begun < 3
    assert OutboundEvent.objects.get(attempts=1).problem == "slow"


def test_a_refusal_is_kept_in_its_first_words_however_long_it_is(receiver: World) -> None:
    receiver.answers = [answer("Veld ‘email’\x00\n ontbreekt ".encode() + b"x" * 5_000_000, status=422)]
    OutboundEventFactory()
    deliver(receiver)
    event = the_event()
    assert outcome() == ("waiting", "status", 422)
    assert event.answer.startswith("Veld ‘email’ ontbreekt xxx")
    assert len(event.answer) == 200


def test_something_that_is_not_http_is_a_problem_of_the_answer(receiver: World) -> None:
    receiver.answers = [lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")]
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("waiting", "answer", None)


def test_an_address_that_cannot_be_opened_any_more_says_so(receiver: World, settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-of-another-portal" * 2, []
    OutboundEventFactory()
    deliver(receiver)
    assert outcome() == ("waiting", "sealed", None)


# ---- trying again -------------------------------------------------------------------------------------
def test_every_try_is_the_same_message_with_its_own_moment(receiver: World, clock: Any) -> None:
    receiver.answers = [answer(status=500), answer(status=204)]
    event = OutboundEventFactory()
    deliver(receiver)
    clock.shift(timedelta(seconds=6))
    deliver(receiver)
    (_, first), (_, second) = receiver.requests
    assert receiver.bodies[0] == receiver.bodies[1] == event.body.encode()
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 6
    assert (the_event().status, the_event().attempts) == ("sent", 2)


def test_it_is_tried_again_by_the_times_of_the_specification(receiver: World, clock: Any) -> None:
    """5 s, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours: ten tries in three days, and then no more."""
    receiver.answers = [answer(status=500)]
    event = OutboundEventFactory()
    tried = []
    for _quarter in range(4 * 24 * 4):
        if deliver(receiver):
            tried.append(times.now() - event.due_at)
        clock.shift(timedelta(seconds=10) if len(tried) == 1 else timedelta(minutes=15))
    assert len(tried) == 10
    assert timedelta(hours=66) < tried[-1] < timedelta(hours=85)
    assert outcome() == ("failed", "status", 500)


def test_a_receiver_that_is_down_for_a_day_loses_nothing(receiver: World, clock: Any) -> None:
    receiver.answers = [answer(status=502)]
    for _hour in range(24):
        OutboundEventFactory()
        for _quarter in range(4):
            deliver(receiver)
            clock.shift(timedelta(minutes=15))
    assert Webhook.objects.get().is_on
    receiver.answers = [answer(status=204)]
    before = len(receiver.requests)
    OutboundEventFactory()  # the first thing that happens when it is back
    deliver(receiver)
    assert OutboundEvent.objects.filter(status="sent").count() == 25
    assert len({headers["webhook-id"] for _path, headers in receiver.requests[before:]}) == 25


def test_a_receiver_that_fails_is_left_alone_for_longer_each_time(receiver: World, clock: Any) -> None:
    receiver.answers = [answer(status=503)]
    pauses = []
    for _failure in range(6):
        OutboundEventFactory()
        assert deliver(receiver) == 1
        pauses.append((Webhook.objects.get().paused_until or times.now()) - times.now())
        OutboundEventFactory()
        assert deliver(receiver) == 0
        clock.shift(pauses[-1])
    assert [pause.total_seconds() for pause in pauses] == [5, 30, 60, 300, 300, 300]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 12:02:00 GMT", 120),
        ("999999999999999999", 6 * 3600),
        ("Mon, 23 Nov 2126 12:02:00 GMT", 6 * 3600),
        ("Mon, 23 Nov 2020 12:02:00 GMT", 5),
        ("0", 5),
        ("-5", 5),
        ("straks", 5),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_what_a_receiver_asks_for_is_respected_within_bounds(
    receiver: World, clock: Any, status: int, said: str, seconds: int
) -> None:
    receiver.answers = [answer(status=status, Retry_After=said)]
    OutboundEventFactory()
    deliver(receiver)
    until = Webhook.objects.get().paused_until
    assert until is not None
    assert (until - times.now()).total_seconds() == seconds


def test_one_event_that_is_refused_keeps_no_other(receiver: World, clock: Any) -> None:
    refused = OutboundEventFactory()
    receiver.answers = [answer(status=422), answer(status=204)]
    OutboundEventFactory.create_batch(3)
    deliver(receiver)
    clock.shift(timedelta(seconds=5))
    deliver(receiver)
    left = OutboundEvent.objects.exclude(status="sent").values_list("pk", flat=True)
    assert list(left) in ([], [refused.pk])
    assert OutboundEvent.objects.filter(status="sent").count() >= 3


# ---- off by itself ------------------------------------------------------------------------------------
def off_mails() -> int:
    return OutboundEmail.objects.filter(message="webhook/off").count()


def test_a_receiver_that_is_gone_switches_it_off_at_once_and_the_coach_is_told(receiver: World) -> None:
    receiver.answers = [answer(status=410)]
    OutboundEventFactory.create_batch(2)
    deliver(receiver)
    hook = Webhook.objects.get()
    assert (hook.is_on, hook.off_reason) == (False, "gone")
    assert {event.status for event in OutboundEvent.objects.all()} == {"cancelled"}
    mail = OutboundEmail.objects.get(message="webhook/off")
    assert mail.to_email == conf.COACH_EMAIL
    assert "410" in mail.text


def test_five_days_of_failures_switch_it_off_once(receiver: World, clock: Any) -> None:
    receiver.answers = [answer(status=404)]
    for day in range(6):
        OutboundEventFactory()
        deliver(receiver)
        assert Webhook.objects.get().is_on == (day < 5)
        clock.shift(timedelta(days=1))
    assert (Webhook.objects.get().off_reason, off_mails()) == ("failing", 1)


def test_one_arrival_in_five_days_keeps_it_on(receiver: World, clock: Any) -> None:
    for day in range(12):
        receiver.answers = [answer(status=204 if day % 4 == 3 else 500)]
        OutboundEventFactory()
        deliver(receiver)
        clock.shift(timedelta(days=1))
    assert Webhook.objects.get().is_on


def test_switched_on_again_it_begins_afresh(receiver: World, clock: Any) -> None:
    receiver.answers = [answer(status=410)]
    OutboundEventFactory()
    deliver(receiver)
    hook = switched_on(address="")
    assert (hook.is_on, hook.off_reason, hook.failures, hook.failing_since) == (True, "", 0, None)
    receiver.answers = [answer(status=204)]
    assert switching.send_again(OutboundEvent.objects.not_arrived()) == 1
    deliver(receiver)
    assert outcome() == ("sent", "", 204)


# ---- sent again by hand -------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["sent", "failed", "cancelled"])
def test_a_finished_event_goes_again_as_it_was(receiver: World, status: str) -> None:
    event = OutboundEventFactory(status=status, attempts=10)
    assert switching.send_again(OutboundEvent.objects.filter(pk=event.pk)) == 1
    deliver(receiver)
    assert receiver.requests[0][1]["webhook-id"] == event.public_id
    assert receiver.bodies == [event.body.encode()]
    assert outcome() == ("sent", "", 204)


def test_what_waits_or_was_erased_does_not_go_again(receiver: World) -> None:
    OutboundEventFactory(attempts=3)
    OutboundEventFactory(status="sent", body="", email="")
    assert switching.send_again(OutboundEvent.objects.all()) == 0


def test_a_test_tells_of_nothing(receiver: World) -> None:
    switching.send_test()
    deliver(receiver)
    assert json.loads(receiver.bodies[0])["data"] == {"test": True}
