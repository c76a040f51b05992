"""The mails of a round: an invitation to each member, and one to the leader when it is closed. No reminder: the address
of a member is gone by then.

An invitation is written by whoever sends it, and its row goes as soon as it has left: nothing is kept of whom it was to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.mirror import days
from portal.accounts import limits
from portal.common import times, tokens
from portal.common.http import absolute_reverse
from portal.mail import outbox
from portal.mail.names import Name
from portal.practice.facts import practice

if TYPE_CHECKING:
    from assessments.mirror.models import Invitation, Round

INVITATION = "mirror.invitation"  # what the token of a member is for
LINK = "mirror.link"  # … and that of the link which a whole team shares
INVITED, CLOSED = "assessments/team_invited", "assessments/team_closed"
NAMES = {
    INVITED: Name(
        gettext_lazy("Invitation to answer for a leader"),
        gettext_lazy("This member of the team cannot answer; the leader may invite once more."),
    ),
    CLOSED: Name(
        gettext_lazy("A round of the team is closed"),
        gettext_lazy("What came of it stands in the leader’s account all the same."),
    ),
}
PER_ADDRESS = 3  # invitations in two days to one address, of all leaders together
PERIOD = timedelta(days=2)
GONE = gettext_noop("The round was withdrawn or is closed.")
OFTEN = gettext_noop("This address got as many invitations from us as it may in two days.")


def about(invitation: Invitation) -> str:
    return f"mirror:{invitation.public_id}"


def send_invitation(invitation: Invitation, email: str) -> None:
    """In the transaction that makes the invitation. The mail is in the language of the round."""
    round_ = invitation.round
    mail = outbox.planned(
        key=f"{about(invitation)}:invited",
        kind=outbox.OutboundEmail.Kind.SERVICE,
        message=INVITED,
        to=email,
        language=round_.language,
        reply_to=practice()["email"],
        send_after=times.now(),
        expires_at=round_.closes_at,
        data={"invitation": invitation.public_id},
        names_people=True,
        about=about(invitation),
    )
    mail.is_forgotten = mail.erase_body = True
    outbox.enqueue(mail)


def stop(invitations: Iterable[Invitation]) -> None:
    """What has not left yet stays here, and its row goes."""
    for invitation in invitations:
        outbox.cancel(about=about(invitation), reason=GONE)


def fill_invitation(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    context = _invitation_context(mail)
    if isinstance(context, outbox.Skip) or mail.is_rendered:
        return context
    if limits.take(INVITATION, mail.to_email, limit=PER_ADDRESS, period=PERIOD) is not None:
        return outbox.Skip(OFTEN)
    return context


def foresee_invitation(mail: outbox.OutboundEmail) -> outbox.Foreseen:
    """For the eyes of the coach: counts nothing."""
    context = _invitation_context(mail)
    return outbox.Foreseen(None, context) if isinstance(context, outbox.Skip) else outbox.Foreseen(context)


def _invitation_context(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    from assessments.mirror.models import Invitation  # noqa: PLC0415 - replaced at the merge

    invitations = Invitation.objects.select_related("round__user")
    invitation = invitations.filter(public_id=(mail.data or {}).get("invitation")).first()
    if invitation is None or not invitation.round.is_open:
        return outbox.Skip(GONE)
    round_ = invitation.round
    token = tokens.placeholder(INVITATION, invitation.public_id)
    return {
        "leader": round_.user.name or round_.user.email,
        "min_n": round_.min_n,
        "last_day": days.last_day(round_.closes_at),
        "answer_url": absolute_reverse("assessments:team", invitation.public_id, token),
        "about_url": absolute_reverse("assessments:round_public", round_.public_id),
    }


def send_closed(round_: Round) -> None:
    """In the transaction that closes it: that there is something to see, and no figure of it."""
    user = round_.user
    with translation.override(user.language):
        outbox.enqueue(
            outbox.written(
                key=f"mirror:{round_.public_id}:closed",
                kind=outbox.OutboundEmail.Kind.SERVICE,
                message=CLOSED,
                to=user.email,
                to_name=user.name,
                reply_to=practice()["email"],
                language=user.language,
                context={
                    "is_enough": round_.is_enough,
                    "min_n": round_.min_n,
                    "round_url": absolute_reverse("assessments:round", round_.public_id),
                },
                names_people=False,
                about=f"mirror:{round_.public_id}",
            )
        )
