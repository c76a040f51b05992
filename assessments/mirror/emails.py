"""The mails of a round: an invitation to a member, and to the leader that it was closed.

A member is nobody's contact. The address stands in the row of the mail alone, and the row goes as soon as the mail has
left or was given up (`is_forgotten`). All is written when it leaves: nothing goes out of a round that is gone.
"""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.mirror.models import INVITATION, Invitation, Round
from portal.accounts import limits
from portal.common import times, tokens
from portal.common.http import absolute_reverse, absolute_url
from portal.common.names import clean_line
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.names import Name
from portal.practice.facts import practice

INVITED = "assessments/team_invited"
CLOSED = "assessments/team_closed"
NAMES = {
    INVITED: Name(gettext_lazy("Invitation to a team mirror"), gettext_lazy("This member cannot answer.")),
    CLOSED: Name(
        gettext_lazy("A team mirror was closed"),
        gettext_lazy("The result stands in their account all the same."),
    ),
}
PER_ADDRESS = 3  # invitations a day to one address, of all leaders together
MAILS = "mirror.invited"
DAY = timedelta(days=1)

GONE = gettext_noop("The team mirror was withdrawn, or is closed.")
OFTEN = gettext_noop("This address got as many invitations from us as it may in a day.")


def send_invitation(round: Round, invitation: Invitation, address: str) -> None:
    """In the transaction that made the invitation."""
    mail = outbox.planned(
        key=f"mirror:invitation:{invitation.public_id}",
        kind=OutboundEmail.Kind.SERVICE,
        message=INVITED,
        about=round.about,
        to=address,
        language=round.language,
        reply_to=practice()["email"],
        names_people=True,  # the leader
        send_after=times.now(),
        expires_at=round.closes_at,
        data={"invitation": invitation.public_id},
    )
    mail.is_forgotten = mail.erase_body = True
    outbox.enqueue(mail)


def send_closed(round: Round) -> None:
    """In the transaction that closed the round."""
    outbox.enqueue(
        outbox.planned(
            key=f"{round.about}:closed",
            kind=OutboundEmail.Kind.SERVICE,
            message=CLOSED,
            about=f"mirror_closed:{round.public_id}",
            to=round.user.email,
            to_name=round.user.name,
            language=round.user.language,
            names_people=False,
            send_after=times.now(),
            data={"round": round.public_id},
        )
    )


# ---- the words, when they are due -----------------------------------------------------------------------
def fill_invitation(mail: OutboundEmail) -> dict[str, object] | outbox.Skip:
    """Counted for its address: nobody's mailbox is filled by strangers."""
    context = _invitation_context(mail)
    if isinstance(context, outbox.Skip) or mail.is_rendered:
        return context
    opens_at = limits.take(MAILS, mail.to_email, limit=PER_ADDRESS, period=DAY)
    return context if opens_at is None else outbox.Skip(OFTEN)


def foresee_invitation(mail: OutboundEmail) -> outbox.Foreseen:
    """For the eyes of the practice: counts nothing."""
    context = _invitation_context(mail)
    return outbox.Foreseen(None, context) if isinstance(context, outbox.Skip) else outbox.Foreseen(context)


def _invitation_context(mail: OutboundEmail) -> dict[str, object] | outbox.Skip:
    found = Invitation.objects.select_related("round__user")
    invitation = found.filter(public_id=(mail.data or {}).get("invitation", "")).first()
    if invitation is None or not invitation.round.is_open:
        return outbox.Skip(GONE)
    round = invitation.round
    token = tokens.placeholder(INVITATION, invitation.public_id)
    return {
        "leader_name": clean_line(round.user.name) or round.user.email,
        "minimum": round.min_n,
        "closes_on": times.long_date(round.closes_at, times.HOST_ZONE),
        "answer_url": absolute_url(
            reverse("assessments:team_invitation", args=[invitation.public_id, token])
        ),
        "about_url": absolute_reverse("assessments:team_about", round.public_id),
    }


def fill_closed(mail: OutboundEmail) -> dict[str, object] | outbox.Skip:
    """That there is something to look at, or that too few answered. Never a number."""
    round = Round.objects.filter(public_id=(mail.data or {}).get("round", "")).first()
    if round is None or not round.is_closed:
        return outbox.Skip(GONE)
    return {
        "is_enough": round.shown.is_enough,
        "minimum": round.min_n,
        "round_url": absolute_reverse("assessments:team_round", round.public_id),
    }
