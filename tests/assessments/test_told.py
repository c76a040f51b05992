"""What the webhook is told of a scan: that it was finished, once; by whom only when the mailbox was proven."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assessments import services
from assessments.models import Scan
from assessments.told import EVENTS
from portal.webhook.models import OutboundEvent
from tests.assessments.demo import NOW, answers
from tests.factories.assessments import InstrumentFactory, ScanFactory, UserFactory
from tests.factories.webhook import switched_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db: None) -> None:
    InstrumentFactory()
    switched_on()


def finished(**fields: Any) -> Scan:
    return services.complete_scan(ScanFactory(answers=answers(NOW), **fields))


def told() -> list[dict[str, Any]]:
    return [json.loads(event.body)["data"] for event in OutboundEvent.objects.filter(type="scan.completed")]


def test_of_somebody_unknown_it_tells_that_a_scan_was_finished(clock: Any) -> None:
    scan = finished()
    (data,) = told()
    assert data == {
        "scan": {"id": scan.public_id, "language": "nl", "completed_at": "2026-11-23T12:00:00Z"},
        "contact": None,
    }
    assert {name: set(part or ()) for name, part in EVENTS[0].sample.items()} == {
        name: set(part or ()) for name, part in data.items()
    }


def test_of_somebody_with_a_proven_mailbox_it_tells_by_whom() -> None:
    user = UserFactory(email="sanne@voorbeeld.nl", name="Sanne")
    finished(user=user)
    (data,) = told()
    assert (data["contact"]["email"], data["contact"]["name"]) == ("sanne@voorbeeld.nl", "Sanne")


def test_no_answer_and_no_score_is_told() -> None:
    scan = finished(user=UserFactory())
    body = OutboundEvent.objects.get(type="scan.completed").body
    assert "score" not in body
    assert "answers" not in body
    assert not [item for item in scan.answers if item in body]


def test_it_is_told_once_however_often_it_is_finished_and_when_it_is_kept_later() -> None:
    scan = finished()
    services.complete_scan(scan)
    services.attach_scan(scan.public_id, UserFactory())
    assert len(told()) == 1
    assert OutboundEvent.objects.filter(type="contact.created").count() == 1
