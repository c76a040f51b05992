"""A promise is made once, one stands at a time, and a week has one answer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.promises import services
from assessments.promises.models import FridayAnswer, Promise
from assessments.promises.retention import RULES
from portal.accounts import services as accounts
from portal.accounts.models import User
from portal.common import times
from portal.mail.models import OutboundEmail
from tests.factories.assessments import CompletedScanFactory, UserFactory
from tests.factories.promises import PromiseFactory
from tests.mail.delivering import in_threads

pytestmark = pytest.mark.django_db
SAID = {"key": "letting-go", "action": 1, "moment": "maandag", "by_mail": True, "language": "nl"}
DAYS = 86_400


@pytest.fixture
def user(clock: Any) -> User:
    user: User = UserFactory()
    return user


@pytest.fixture
def scan(user: User) -> Any:
    return CompletedScanFactory(user=user)


def waiting() -> list[str]:
    return list(
        OutboundEmail.objects.filter(status="queued").order_by("send_after").values_list("key", flat=True)
    )


def test_it_stands_for_six_fridays_and_asks_on_each(user: User, scan: Any) -> None:
    promise = services.make(user, scan, **SAID)
    assert (promise.first_on, promise.stands) == (date(2026, 11, 27), True)
    assert waiting() == [f"promise:{promise.public_id}:1:week:{week}" for week in range(1, 7)]


def test_without_mails_it_stands_all_the_same(user: User, scan: Any) -> None:
    assert services.make(user, scan, **SAID | {"by_mail": False}).stands
    assert waiting() == []


def test_pressed_twice_it_is_one_promise_with_six_mails(user: User, scan: Any) -> None:
    assert services.make(user, scan, **SAID) == services.make(user, scan, **SAID)
    assert (Promise.objects.count(), len(waiting())) == (1, 6)


def test_another_one_asks_first_and_then_takes_its_place(user: User, scan: Any) -> None:
    first = services.make(user, scan, **SAID)
    other = SAID | {"key": "advance", "by_mail": False}
    with pytest.raises(services.PromiseStandsError) as refused:
        services.make(user, scan, **other)
    assert refused.value.standing == first
    second = services.make(user, scan, **other, replaces=first.public_id)
    assert second == services.make(user, scan, **other, replaces=first.public_id)
    first.refresh_from_db()
    assert (first.why_ended, first.by_mail, second.stands) == ("replaced", False, True)
    assert waiting() == []


def test_one_that_is_over_makes_room_unasked(user: User, scan: Any, clock: Any) -> None:
    first = services.make(user, scan, **SAID)
    clock.shift(44 * DAYS)  # Wednesday 6 January, before the week after the last Friday is over
    assert first.stands
    clock.shift(3 * DAYS)
    assert not first.stands
    second = services.make(user, scan, **SAID | {"moment": "dinsdag"})
    first.refresh_from_db()
    assert (first.why_ended, second.stands) == ("over", True)


def test_the_database_lets_one_stand(user: User) -> None:
    PromiseFactory(user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromiseFactory(user=user)


def test_an_account_that_was_just_erased_promises_nothing(user: User, scan: Any) -> None:
    gone = User.objects.get(pk=user.pk)
    accounts.erase(user)
    with pytest.raises(services.PersonGoneError):
        services.make(gone, scan, **SAID)


def test_an_erasure_takes_promise_answers_and_mails(user: User, scan: Any, clock: Any) -> None:
    promise = services.make(user, scan, **SAID | {"moment": "zeldzaam moment"})
    clock.shift(5 * DAYS)
    services.answer(promise, 1, given="differently", words="zeldzame woorden")
    accounts.erase(user)
    assert not Promise.objects.exists()
    assert not FridayAnswer.objects.exists()
    assert not OutboundEmail.objects.filter(message="assessments/friday").exclude(status="cancelled").exists()


# ---- answers --------------------------------------------------------------------------------------------
def answers() -> list[tuple[int, str, str]]:
    return list(FridayAnswer.objects.values_list("week", "answer", "words"))


def test_a_second_answer_changes_the_first(clock: Any) -> None:
    promise = PromiseFactory(weeks_ago=2)
    services.answer(promise, 1, given="done")
    services.answer(promise, 1, given="differently", words="in een belletje")
    services.answer(promise, 2, given="not")
    assert answers() == [(1, "differently", "in een belletje"), (2, "not", "")]


@pytest.mark.parametrize("week", [0, 3, 7, 10**9])
def test_a_week_that_has_not_come_or_never_comes_takes_no_answer(clock: Any, week: int) -> None:
    with pytest.raises(services.WeekClosedError):
        services.answer(PromiseFactory(weeks_ago=2), week, given="done")
    assert answers() == []


def test_whoever_answered_before_the_mail_is_not_asked_that_week(user: User, scan: Any, clock: Any) -> None:
    promise = services.make(user, scan, **SAID)
    clock.shift(4 * DAYS - 3600)  # Friday, noon: three hours early
    services.answer(promise, 1, given="done")
    assert [key[-1] for key in waiting()] == ["2", "3", "4", "5", "6"]


def test_with_the_last_answer_it_can_end_and_the_first_reason_stays(
    user: User, scan: Any, clock: Any
) -> None:
    promise = services.make(user, scan, **SAID)
    clock.shift(5 * DAYS)
    services.answer(promise, 1, given="done", finish=True)
    assert not services.end(promise, Promise.Why.REPLACED)
    promise.refresh_from_db()
    assert (promise.why_ended, promise.stands, waiting()) == ("done", False, [])
    services.answer(promise, 1, given="not")  # it can still be put right
    assert answers() == [(1, "not", "")]


# ---- mails off and on -----------------------------------------------------------------------------------
def test_mails_that_were_stopped_can_be_asked_for_again_and_no_week_is_asked_twice(
    user: User, scan: Any, clock: Any
) -> None:
    promise = services.make(user, scan, **SAID)
    clock.shift(5 * DAYS)  # the first Friday is past
    OutboundEmail.objects.filter(key__endswith="week:1").update(status="sent", sent_at=times.now())
    services.stop_mails(promise)
    assert waiting() == []
    assert services.ask_for_mails(promise)
    assert services.ask_for_mails(promise)
    assert waiting() == [f"promise:{promise.public_id}:2:week:{week}" for week in range(2, 7)]


def test_nothing_is_asked_of_a_promise_that_ended(user: User, scan: Any) -> None:
    promise = services.make(user, scan, **SAID | {"by_mail": False})
    services.end(promise, Promise.Why.DONE)
    assert not services.ask_for_mails(promise)
    assert waiting() == []


# ---- at once --------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_answered_from_mail_and_account_at_once_it_is_one_answer(clock: Any) -> None:
    promise = PromiseFactory(weeks_ago=1)
    in_threads(4, lambda: services.answer(promise, 1, given="done"))
    assert answers() == [(1, "done", "")]


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_one_promise_is_made(user: User, scan: Any) -> None:
    made: list[Promise] = []
    in_threads(3, lambda: made.append(services.make(user, scan, **SAID)))
    assert (len(set(made)), Promise.objects.count(), len(waiting())) == (1, 1, 6)


@pytest.mark.django_db(transaction=True)
def test_stopped_and_asked_for_twice_at_once_no_week_waits_twice(clock: Any) -> None:
    promise = PromiseFactory()
    in_threads(3, lambda: services.ask_for_mails(promise))
    assert len(waiting()) == len({key[-1] for key in waiting()}) == 6


def test_what_is_old_is_forgotten_with_its_answers(clock: Any) -> None:
    promise = PromiseFactory(weeks_ago=1)
    services.answer(promise, 1, given="done")
    (rule,) = RULES
    over = promise.first_on + timedelta(weeks=6) + rule.period
    clock.move_to(datetime(over.year, over.month, over.day, 10, tzinfo=UTC).timestamp())
    assert list(rule.old(times.now() - rule.period)) == [promise]
    assert list(rule.old(times.now() - rule.period - timedelta(days=1))) == []
