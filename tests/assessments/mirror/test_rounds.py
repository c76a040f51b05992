"""What a leader may do with a round: open it, send it round, guess, withdraw it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments.mirror import services
from assessments.mirror.errors import CannotOpenError, RoundClosedError, RoundGoneError
from assessments.mirror.models import Invitation, Round, TeamAnswer
from portal.accounts.models import User
from portal.common import times
from portal.mail import refused, retention
from portal.mail.delivery import deliver_due
from portal.mail.models import OutboundEmail, RefusedAddress
from tests.factories.assessments import CompletedScanFactory, ScanFactory, UserFactory
from tests.factories.mirror import WEEK, InvitationFactory, RoundFactory, TeamAnswerFactory, said

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]
DAY = timedelta(days=1)
Why = CannotOpenError.Why
MAIL = "assessments/team_invited"


def open_round(user: User, **changes: Any) -> Round:
    scan = changes.pop("scan", None) or CompletedScanFactory(user=user)
    chosen = {"closes_at": times.now() + WEEK, "language": "nl", "council_agreed": True, "has_link": False}
    return services.open_round(user, scan, **(chosen | changes))


def why_not(user: User, **changes: Any) -> CannotOpenError.Why:
    with pytest.raises(CannotOpenError) as refusal:
        open_round(user, **changes)
    assert str(refusal.value).endswith(".")
    return refusal.value.why


def waiting() -> set[str]:
    return set(OutboundEmail.objects.unsent().filter(message=MAIL).values_list("to_email", flat=True))


# ---- opening --------------------------------------------------------------------------------------------
def test_the_minimum_is_fixed_when_a_round_opens(settings: Any) -> None:
    settings.TEAM_MINIMUM = 7
    round_ = open_round(UserFactory())
    settings.TEAM_MINIMUM = 5
    round_.refresh_from_db()
    assert (round_.min_n, services.minimum()) == (7, 5)


def test_a_round_asks_for_a_finished_scan_of_ones_own_a_council_and_a_day_that_fits() -> None:
    user, other = UserFactory(), UserFactory()
    assert why_not(user, scan=ScanFactory(user=user)) == Why.SCAN
    assert why_not(user, scan=CompletedScanFactory(user=other)) == Why.SCAN
    assert why_not(user, council_agreed=False) == Why.COUNCIL
    for wrong in (-DAY, timedelta(0), DAY, 44 * DAY, 10_000 * DAY):
        assert why_not(user, closes_at=times.now() + wrong) == Why.CLOSING
    assert not Round.objects.exists()


def test_one_round_is_open_at_a_time_also_when_the_button_is_pressed_twice() -> None:
    user = UserFactory()
    open_round(user)
    assert why_not(user) == Why.OPEN
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(user=user)


@pytest.mark.parametrize(
    "wrong", [{"min_n": 3}, {"council_agreed": False}, {"language": "fr"}, {"result": {}}]
)
def test_the_database_keeps_the_rules_too(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundFactory(**wrong)


def test_a_next_round_waits_until_nobody_answers_about_the_same_weeks(clock: Any, settings: Any) -> None:
    first = RoundFactory()
    for _member in range(5):
        TeamAnswerFactory(box=first.box)
    clock.shift(WEEK)
    closed_at = services.close_round(first).closed_at
    assert closed_at is not None
    assert why_not(first.user) == Why.SOON
    assert services.next_round_at(first.user) == closed_at + settings.TEAM_ROUNDS_APART
    with pytest.raises(RoundClosedError):
        services.withdraw_round(first)  # nor by throwing the one before away
    clock.shift(settings.TEAM_ROUNDS_APART)
    assert open_round(first.user).is_open


def test_after_a_round_of_which_nothing_was_shown_the_next_may_follow_at_once(clock: Any) -> None:
    first = RoundFactory()
    clock.shift(WEEK)
    services.close_round(first)
    assert open_round(first.user).is_open


# ---- invitations ----------------------------------------------------------------------------------------
def test_each_address_gets_one_invitation_and_what_cannot_be_invited_is_named() -> None:
    round_ = RoundFactory()
    refused.refuse("terug@voorbeeld.nl", RefusedAddress.Why.BOUNCE)
    refused.refuse("klacht@voorbeeld.nl", RefusedAddress.Why.COMPLAINT)
    asked = [" Anna@Voorbeeld.nl", "bram@voorbeeld.nl", "anna@voorbeeld.nl", round_.user.email]
    done = services.invite(round_, [*asked, "terug@voorbeeld.nl", "klacht@voorbeeld.nl"])
    # that somebody reported our mail is between them and the practice: the invitation is made, and does not leave
    assert done.invited == ["anna@voorbeeld.nl", "bram@voorbeeld.nl", "klacht@voorbeeld.nl"]
    assert done.refused == [
        ("anna@voorbeeld.nl", "double"),
        (round_.user.email, "own"),
        ("terug@voorbeeld.nl", "refused"),
    ]
    assert waiting() == set(done.invited)
    assert Invitation.objects.filter(round=round_, used=False).count() == 3


def test_thirty_can_be_invited_and_nobody_twice_however_the_list_is_cut() -> None:
    round_ = RoundFactory()
    addresses = [f"lid{number}@voorbeeld.nl" for number in range(31)]
    assert len(services.invite(round_, addresses[:20]).invited) == 20
    done = services.invite(round_, addresses)
    assert len(done.invited) == 10
    assert [why for _address, why in done.refused] == ["double"] * 20 + ["full"]
    assert len(waiting()) == 30


def test_who_opens_and_withdraws_round_after_round_mails_sixty_people_a_day() -> None:
    user, sent = UserFactory(), 0
    for number in range(3):
        round_ = open_round(user)
        sent += len(services.invite(round_, [f"lid{number}-{one}@voorbeeld.nl" for one in range(30)]).invited)
        services.withdraw_round(round_)
    assert sent == 60
    assert waiting() == set()


@pytest.mark.parametrize("end", ["sent", "failed", "cancelled"])
def test_an_address_goes_from_every_row_once_its_mail_has_left_or_was_given_up(end: str) -> None:
    round_ = RoundFactory()
    services.invite(round_, ["anna@voorbeeld.nl"])
    mails = OutboundEmail.objects.filter(to_email="anna@voorbeeld.nl")
    assert (mails.get().is_forgotten, mails.get().erase_body) == (True, True)
    mails.update(status=end, sent_at=times.now() if end == "sent" else None)
    retention.delete_forgotten()  # every ten seconds, by whoever sends mail
    assert not mails.exists()
    round_.refresh_from_db()
    assert "anna" not in f"{round_.__dict__} {Invitation.objects.get().__dict__}"
    assert services.invite(round_, ["anna@voorbeeld.nl"]).refused == [("anna@voorbeeld.nl", "double")]


def test_nobody_is_invited_to_a_round_that_is_over_or_gone(clock: Any) -> None:
    round_, gone = RoundFactory(), RoundFactory()
    services.withdraw_round(gone)
    with pytest.raises(RoundGoneError):
        services.invite(gone, ["anna@voorbeeld.nl"])
    clock.shift(WEEK)
    with pytest.raises(RoundClosedError):
        services.invite(round_, ["anna@voorbeeld.nl"])
    assert waiting() == set()


# ---- the guess ------------------------------------------------------------------------------------------
def test_a_guess_can_be_changed_until_the_result_can_be_seen(clock: Any) -> None:
    round_ = RoundFactory()
    assert round_.guess is None
    services.save_guess(round_, {"clear": 75, "nonsense": 50, "open": 101})
    services.save_guess(round_, {"clear": 50})
    clock.shift(WEEK)
    services.close_due()
    with pytest.raises(RoundClosedError):
        services.save_guess(round_, {"clear": 0})
    assert Round.objects.get().guess == {"clear": 50}


def test_who_was_not_asked_yet_guesses_before_the_result_is_shown(clock: Any) -> None:
    round_ = RoundFactory()
    clock.shift(WEEK)
    services.close_due()
    services.save_guess(round_, {})  # would rather not
    with pytest.raises(RoundClosedError):
        services.save_guess(round_, {"clear": 0})


# ---- withdrawing, erasing, and a round that is left alone -----------------------------------------------
def test_withdrawing_leaves_nothing_and_stops_what_has_not_left() -> None:
    round_ = RoundFactory()
    services.invite(round_, ["anna@voorbeeld.nl"])
    services.answer(round_, said())
    services.withdraw_round(round_)
    services.withdraw_round(round_)
    assert not any(model.objects.exists() for model in (Round, Invitation, TeamAnswer))
    deliver_due()
    assert not OutboundEmail.objects.filter(message=MAIL).exists()


def test_an_erasure_takes_rounds_answers_and_mails_along_and_a_late_press_is_told_so() -> None:
    from portal.accounts.services import erase

    round_, other = RoundFactory(), RoundFactory()
    services.invite(round_, ["anna@voorbeeld.nl"])
    invitation = Invitation.objects.get(round=round_)
    services.answer(round_, said())
    services.answer(other, said())
    erase(round_.user)
    with pytest.raises(RoundGoneError):
        services.answer(round_, said(), invitation=invitation)
    assert services.find_invitation(invitation.public_id) is None
    assert list(Round.objects.all()) == [other]
    assert [answer.box for answer in TeamAnswer.objects.all()] == [other.box]
    assert waiting() == set()


def test_answers_whose_round_went_in_another_way_go_within_a_minute() -> None:
    round_, kept = RoundFactory(), RoundFactory()
    for one in (round_, kept):
        TeamAnswerFactory(box=one.box)
    round_.scan.delete()
    services.close_due()
    assert [answer.box for answer in TeamAnswer.objects.all()] == [kept.box]


def test_a_new_link_makes_the_old_one_worthless(clock: Any) -> None:
    round_ = RoundFactory()
    services.renew_link(round_)
    assert Round.objects.get().link_generation == round_.link_generation == 1
    clock.shift(WEEK)
    with pytest.raises(RoundClosedError):
        services.renew_link(round_)


def test_an_invitation_says_nothing_of_itself() -> None:
    invitation = InvitationFactory()
    assert invitation.public_id not in str(invitation)
