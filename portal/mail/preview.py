"""One mail as the coach may read it: what left, or what waits as it would be now. Looking changes nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.common import times, tokens
from portal.mail import refused, shown
from portal.mail.delivery import EXPIRED
from portal.mail.models import OutboundEmail
from portal.mail.outbox import Foreseen, Later, Skip
from portal.mail.render import foreseen, render

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`hidden` says why nothing is shown of it. `why_not` is why it would not leave, or with `until` why it waits;
    `has_samples` that an example stands for what only the person may know."""

    subject: str = ""
    text: str = ""
    html: str = ""
    hidden: str = ""
    why_not: str = ""
    until: datetime | None = None
    can_leave: bool = False
    has_samples: bool = False


def of(mail: OutboundEmail) -> Preview:
    """In the language of whoever looks, the mail itself in its own."""
    if mail.status in OutboundEmail.WAITING and not mail.erase_body:
        return _ahead(mail)
    return _as_written(mail)


def _ahead(mail: OutboundEmail) -> Preview:
    """By the same functions as the worker's; the words of a tip are never those of the row."""
    try:
        seen = foreseen(mail) if mail.is_written_when_due else Foreseen(None)
        facts = _whether(mail, seen)
        if mail.is_rendered and mail.kind == OutboundEmail.Kind.SERVICE:
            return _as_written(mail, **facts)
        if seen.context is None:
            return Preview(hidden="" if facts["why_not"] else shown.hidden(mail), **facts)
        parts = render(mail.message, mail.language, seen.context, to_name=mail.to_name, about=mail.about)
    except Exception:  # one mail that cannot be written has a page all the same
        logger.exception("Mail %s cannot be foreseen", mail.public_id)
        return Preview(why_not=_("It cannot be written: something is wrong on our side."))
    return Preview(
        subject=parts.subject,
        text=tokens.hide(parts.text),
        html=tokens.hide(parts.html),
        has_samples=seen.has_samples,
        **facts,
    )


def _whether(mail: OutboundEmail, seen: Foreseen) -> dict[str, Any]:
    if mail.expires_at is not None and mail.expires_at <= times.now():
        return {"why_not": _(EXPIRED)}
    if reason := refused.why_not(mail):
        return {"why_not": _(reason)}
    match seen.answer:
        case Skip(reason=reason):
            return {"why_not": _(reason)}
        case Later(is_own_hour=True) if mail.send_after > times.now():
            return {"can_leave": True}  # it is planned for that hour
        case Later(until=until, reason=reason, is_own_hour=is_own_hour):
            return {"why_not": _(reason), "until": until, "can_leave": is_own_hour}
    return {"can_leave": True}


def _as_written(mail: OutboundEmail, **facts: Any) -> Preview:
    if hidden := shown.hidden(mail):
        return Preview(hidden=hidden, **facts)
    return Preview(subject=mail.subject, text=tokens.hide(mail.text), html=tokens.hide(mail.html), **facts)
