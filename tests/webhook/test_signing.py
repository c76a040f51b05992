"""Signatures by the Standard Webhooks specification, checked by the library of those who wrote it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError

from portal.webhook import signing

BODY = '{"type":"call.booked","data":{"naam":"Zoë"}}'.encode()


def test_the_example_of_the_specification_is_signed_alike() -> None:
    """From the tests of the specification's own libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.real_clock
def test_a_receiver_with_the_secret_believes_it_and_one_with_another_does_not() -> None:
    secret = signing.new_secret()
    headers = signing.headers("een", datetime.now(tz=UTC), BODY, [secret])
    assert Receiver(secret).verify(BODY, headers)["data"] == {"naam": "Zoë"}
    for changed in (signing.new_secret(), secret):
        with pytest.raises(WebhookVerificationError):
            Receiver(changed).verify(
                BODY.replace(b"booked", b"moved") if changed == secret else BODY, headers
            )


@pytest.mark.real_clock
def test_two_secrets_give_two_signatures_and_either_is_enough() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    headers = signing.headers("een", datetime.now(tz=UTC), BODY, [new, old])
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Receiver(secret).verify(BODY, headers)


@pytest.mark.real_clock
def test_an_old_message_is_not_believed_by_whoever_checks_its_moment() -> None:
    secret = signing.new_secret()
    headers = signing.headers("een", datetime.now(tz=UTC) - timedelta(minutes=6), BODY, [secret])
    with pytest.raises(WebhookVerificationError, match="too old"):
        Receiver(secret).verify(BODY, headers)


def test_a_secret_is_thirty_two_random_bytes() -> None:
    secret = signing.new_secret()
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret != signing.new_secret()
