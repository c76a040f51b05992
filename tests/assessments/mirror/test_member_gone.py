"""A member who is erased while the invitations wait."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.mirror import services
from portal.mail import retention
from portal.mail.models import OutboundEmail
from tests.factories.mirror import RoundFactory

pytestmark = pytest.mark.django_db


def test_who_is_erased_before_the_invitations_left_takes_none_of_a_colleague_along(clock: Any):
    services.invite(RoundFactory(), ["noor@voorbeeld.nl", "daan@voorbeeld.nl"])
    retention.withdraw_person("noor@voorbeeld.nl")
    retention.forget_person("noor@voorbeeld.nl")
    [left] = OutboundEmail.objects.all()
    assert (left.to_email, left.status, left.is_withdrawn) == ("daan@voorbeeld.nl", "queued", False)
