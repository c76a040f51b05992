"""What happens to a round: opened, sent round, guessed, answered, closed once, or withdrawn.

Everything that touches the answers holds the lock on the round's row, so that an answer comes before the closing or is
refused, and a withdrawal or an erasure leaves none behind.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from assessments import scoring
from assessments.mirror import emails
from assessments.mirror.domain import disclosure, frozen
from assessments.mirror.errors import (
    AnsweredError,
    CannotOpenError,
    NotClosedError,
    RoundClosedError,
    RoundFullError,
    RoundGoneError,
)
from assessments.mirror.models import Invitation, Round, TeamAnswer
from assessments.models import Scan
from portal.accounts import limits
from portal.accounts.models import User
from portal.common import ids, times
from portal.mail import outbox, refused
from portal.mail.models import RefusedAddress

MIN_DAYS, MAX_DAYS = 3, 42  # from today to the last day of a round
MAX_INVITED = 30  # in one round
MAX_ANSWERS = disclosure.MOST_ANSWERS
INVITED_A_DAY = 60  # by one leader, however many rounds are opened and withdrawn
INVITES = "mirror.invites"
DAY = timedelta(days=1)
Refusal = Literal["own", "double", "refused", "full"]
Why = CannotOpenError.Why

logger = logging.getLogger(__name__)
shuffler = random.SystemRandom()


@dataclass(frozen=True)
class Invited:
    """What came of a list of addresses, each in lower case and as often as it stood there."""

    invited: list[str]
    refused: list[tuple[str, Refusal]]


def minimum() -> int:
    """The fewest answers of a round that is opened now."""
    fewest: int = settings.TEAM_MINIMUM
    return fewest


# ---- the leader ---------------------------------------------------------------------------------------
@transaction.atomic
def open_round(
    user: User,
    scan: Scan,
    *,
    closes_at: datetime,
    language: str,
    council_agreed: bool,
    has_link: bool = False,
) -> Round:
    """Open a round beside a completed scan of this person. Raises CannotOpenError, with the sentence that says why."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    at = times.now()
    if scan.user_id != user.pk or not scan.is_completed:
        raise CannotOpenError(Why.SCAN, _("A team mirror begins with a scan of your own that is finished."))
    if not council_agreed:
        raise CannotOpenError(Why.COUNCIL, _("Say that the works council agreed, where there is one."))
    if not at + (MIN_DAYS - 1) * DAY < closes_at <= at + (MAX_DAYS + 1) * DAY:  # a day is chosen, not an hour
        raise CannotOpenError(Why.CLOSING, _("Choose a last day that is neither too soon nor too far away."))
    if Round.objects.for_user(user.pk).open().exists():
        raise CannotOpenError(Why.OPEN, _("You have a team mirror that is open."))
    opens_at = next_round_at(user)
    if opens_at is not None and at < opens_at:
        day = times.full_date(opens_at, times.HOST_ZONE)
        raise CannotOpenError(
            Why.SOON,
            _("A next team mirror can begin on %(day)s. Two that lie close together would say too much.")
            % {"day": day},
        )
    return Round.objects.create(
        user=user,
        scan=scan,
        language=language,
        min_n=minimum(),
        opened_at=at,
        closes_at=closes_at,
        has_link=has_link,
        council_agreed=True,
    )


def next_round_at(user: User) -> datetime | None:
    """From when another round may begin: two never ask about the same weeks. None when no figure was shown yet."""
    closed = Round.objects.for_user(user.pk).closed().filter(result__is_enough=True)
    last: datetime | None = closed.order_by("-closed_at").values_list("closed_at", flat=True).first()
    return None if last is None else last + settings.TEAM_ROUNDS_APART


@transaction.atomic
def invite(round: Round, addresses: Sequence[str]) -> Invited:
    """Mail an invitation to each address that can have one, in an order by chance. Raises RoundClosedError,
    RoundGoneError."""
    locked = lock(round)
    require_open(locked)
    chosen: list[str] = []
    not_invited: list[tuple[str, Refusal]] = []
    asked = [address.strip().lower() for address in addresses]
    coming_back = _coming_back(asked)
    for address in asked:
        why = _why_not(locked, address, chosen, coming_back)
        if why is None:
            chosen.append(address)
        else:
            not_invited.append((address, why))
    invited = list(chosen)
    shuffler.shuffle(chosen)  # nothing of an invitation says in which place its address stood
    made = Invitation.objects.bulk_create(Invitation(round=locked) for _address in chosen)
    for invitation, address in zip(made, chosen, strict=True):
        emails.send_invitation(locked, invitation, address)
    locked.invited = sorted({*locked.invited, *(_digest(locked, address) for address in chosen)})
    locked.save(update_fields=["invited"])
    return Invited(invited, not_invited)


def _why_not(round: Round, address: str, chosen: list[str], coming_back: set[str]) -> Refusal | None:
    if address == round.user.email:
        return "own"
    if address in chosen or _digest(round, address) in round.invited:
        return "double"
    if address in coming_back:
        return "refused"
    if len(round.invited) + len(chosen) >= MAX_INVITED:
        return "full"
    is_too_many = limits.take(INVITES, round.user.email, limit=INVITED_A_DAY, period=DAY)
    return "full" if is_too_many else None


def _coming_back(addresses: Sequence[str]) -> set[str]:
    """Those to which mail comes back. Of other reasons to get none only the person and the practice may know: such an
    invitation is made, and does not leave."""
    silent = refused.among(addresses)
    return {one for one in silent if refused.of(one).filter(why=RefusedAddress.Why.BOUNCE).exists()}


def _digest(round: Round, address: str) -> str:
    """Of who was invited; by round, so that two rounds cannot be laid side by side."""
    return salted_hmac("mirror.invited", f"{round.public_id}:{address}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def save_guess(round: Round, guess: Mapping[str, int]) -> None:
    """What the leader thinks the team will answer, per key, 0 to 100; keys may be left out, all of them by who would
    rather not. Raises RoundClosedError when the result can be seen already: closed, and asked before."""
    locked = lock(round)
    if not locked.is_open and locked.guess is not None:
        raise RoundClosedError
    known = {key.slug for key in locked.instrument(locked.language).keys}
    locked.guess = {slug: value for slug, value in guess.items() if slug in known and 0 <= value <= 100}
    locked.save(update_fields=["guess"])
    round.guess = locked.guess


@transaction.atomic
def renew_link(round: Round) -> None:
    """A new link for everybody; the one before is worth nothing. Raises RoundClosedError."""
    locked = lock(round)
    require_open(locked)
    locked.link_generation += 1
    locked.save(update_fields=["link_generation"])
    round.link_generation = locked.link_generation


@transaction.atomic
def withdraw_round(round: Round) -> None:
    """Stop and compute nothing: the round goes with all that was answered. Idempotent. Raises RoundClosedError: what
    was closed stays, so that nobody throws it away to begin the next at once."""
    locked = Round.objects.select_for_update().filter(pk=round.pk).first()
    if locked is not None and locked.is_closed:
        raise RoundClosedError
    if locked is not None:
        forget(locked)


def status(round: Round) -> Literal["enough", "not_yet"]:
    """All that anybody may know of an open round: whether its minimum was reached. Never a number."""
    found = TeamAnswer.objects.filter(box=round.box).values("id")[: round.min_n]
    return "enough" if len(found) >= round.min_n else "not_yet"


# ---- a member -----------------------------------------------------------------------------------------
def find_invitation(public_id: str) -> Invitation | None:
    """With its round; None when the round is gone, or there never was one. Whoever asks looks at the token first."""
    found = Invitation.objects.select_related("round__user", "round__scan__instrument")
    return found.defer("round__scan__instrument__content").filter(public_id=public_id).first()


def find_round(public_id: str) -> Round | None:
    return Round.objects.with_scan().filter(public_id=public_id).first()


@transaction.atomic
def answer(
    round: Round,
    answers: Mapping[str, object],
    *,
    invitation: Invitation | None = None,
    once: str = "",
) -> None:
    """Put one member's answers {item id: 1 to 5, or None} in the box, as scores, and shuffle it.

    By `invitation`, or behind the link for everybody, where `once` is a random public id of the form, so that a second
    press of its button is refused. Raises AnsweredError, RoundClosedError (also where there is no such link),
    RoundFullError, RoundGoneError.
    """
    locked = lock(round)
    require_open(locked)
    if invitation is None and not locked.has_link:
        raise RoundClosedError
    kept = list(TeamAnswer.objects.filter(box=locked.box).values_list("scores", flat=True))
    if len(kept) >= MAX_ANSWERS:
        raise RoundFullError
    _use(locked, invitation, once)
    scores = scoring.score(locked.instrument(locked.language), answers)
    # All rows are written anew, in an order by chance: neither their place nor the number of the transaction that
    # PostgreSQL keeps beside each says which of them came now.
    rows = [*kept, disclosure.in_units(scores)]
    shuffler.shuffle(rows)
    TeamAnswer.objects.filter(box=locked.box).delete()
    TeamAnswer.objects.bulk_create(TeamAnswer(box=locked.box, scores=one) for one in rows)


def _use(round: Round, invitation: Invitation | None, once: str) -> None:
    if invitation is not None:
        unused = Invitation.objects.filter(pk=invitation.pk, round=round, used=False)
        is_first = bool(unused.update(used=True))
    else:
        public_id = once if ids.is_public_id(once) else ids.new_public_id()
        _row, is_first = Invitation.objects.get_or_create(
            public_id=public_id, defaults={"round": round, "used": True}
        )
    if not is_first:
        raise AnsweredError


# ---- the clock ----------------------------------------------------------------------------------------
@transaction.atomic
def close_round(round: Round) -> Round:
    """Compute once what is shown, freeze it, and throw the answers away, all in one transaction. A second time does
    nothing. Raises NotClosedError before its time (who may close when it suits can compare before and after), and
    RoundGoneError."""
    locked = lock(round)
    if locked.is_closed:
        return locked
    at = times.now()
    if at < locked.closes_at:
        raise NotClosedError
    members = list(TeamAnswer.objects.filter(box=locked.box).values_list("scores", flat=True))
    slugs = [key.slug for key in locked.instrument(locked.language).keys]
    disclosed = disclosure.disclose(members, slugs, minimum=locked.min_n)
    locked.result = frozen.as_data(frozen.lay_beside(disclosed, locked.scan.frozen_scores))
    locked.closed_at, locked.invited = at, []
    locked.save(update_fields=["result", "closed_at", "invited"])
    _throw_away(locked)
    locked.invitations.update(used=False)  # a late link finds its way; who answered is nobody's business
    emails.send_closed(locked)
    return locked


def close_due() -> int:
    """Close what is due, each by itself, and throw away answers whose round is gone. Returns how many were closed."""
    closed = 0
    for pk in list(Round.objects.due(times.now()).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                mine = Round.objects.open().select_for_update(skip_locked=True).filter(pk=pk).first()
                closed += mine is not None and close_round(mine).is_closed
        except Exception:  # one that cannot be closed must not keep the others open
            logger.exception("A team mirror cannot be closed")
    TeamAnswer.objects.exclude(box__in=Round.objects.values("box")).delete()
    return closed


def forget_person(user: User) -> None:
    """Before an account goes: its rounds go, with every answer in them and every invitation that has not left."""
    for round in Round.objects.for_user(user.pk).select_for_update().order_by("pk"):
        forget(round)


def forget(round: Round) -> None:
    """The caller holds its lock."""
    _throw_away(round)
    round.delete()


def _throw_away(round: Round) -> None:
    outbox.cancel(about=round.about, reason=emails.GONE)
    TeamAnswer.objects.filter(box=round.box).delete()


# ---- what they share ----------------------------------------------------------------------------------
def lock(round: Round) -> Round:
    found = Round.objects.with_scan().select_for_update(of=("self",)).filter(pk=round.pk).first()
    if found is None:
        raise RoundGoneError
    return found


def require_open(round: Round) -> None:
    if not round.is_open:
        raise RoundClosedError
