"""What must be true of a database that came back: nobody returns who was erased, and nothing is mailed twice.

The rows are of an hour that is over. What was to be mailed between it and the end of the old portal may have been.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from portal.accounts import erasures, services
from portal.accounts.models import Erasure, User
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import ConsentEvent, Lead
from portal.mail import refused
from portal.mail.models import OutboundEmail, RefusedAddress
from portal.mail.retention import delete_forgotten
from portal.operations.erasure_list import ERASED, REFUSED, WITHDRAWN, Line

RESTORED = gettext_noop("A backup was put back; nobody knows whether it left after that was made.")
DONE_BEFORE = gettext_noop("It left when this person was erased; a backup was put back since.")
MARGIN = timedelta(days=1)  # clocks, and transactions that were open while the backup was made


def settle_mail(stopped_at: datetime) -> int:
    """What was with a worker, or due before the old portal stopped, is perhaps sent: a person says whether it goes
    again. What is due later waits."""
    status = OutboundEmail.Status
    was_due = Q(status__in=OutboundEmail.WAITING, send_after__lte=stopped_at)
    return OutboundEmail.objects.filter(was_due | Q(status=status.LEASED)).finish(status.UNCERTAIN, RESTORED)


def refuse_again(lines: Iterable[Line], since: datetime) -> int:
    """Addresses that got no mail any more. Of one that is known here it is kept which it was."""
    known = set(RefusedAddress.objects.values_list("digest", flat=True))
    new = {line.digest: line for line in _since(lines, REFUSED, since) if line.digest not in known}
    found = _addresses(set(new), refused.digests_of)
    RefusedAddress.objects.bulk_create(
        RefusedAddress(digest=digest, email=found.get(digest, ""), why=line.detail, created_at=line.instant)
        for digest, line in new.items()
    )
    return len(new)


def withdraw_again(lines: Iterable[Line], since: datetime) -> int:
    """Each yes that was taken back. Whoever gave it once more since is asked again: a no weighs more."""
    known = {
        (at.isoformat(), *rest)
        for at, *rest in ConsentEvent.objects.filter(action=ConsentEvent.Action.WITHDRAWN).values_list(
            "created_at", "subject", "purpose", "about"
        )
    }
    new = [
        line
        for line in _since(lines, WITHDRAWN, since)
        if (line.at, line.digest, line.detail, line.about) not in known and line.detail in consent.CURRENT
    ]
    if not new:
        return 0
    contacts = {
        subject: lead for lead in Lead.objects.iterator() for subject in consent.subjects_of(lead.email)
    }
    done = 0
    for line in new:
        if (lead := contacts.get(line.digest)) is None:
            continue
        done += (
            leads.withdraw_consent(lead, purpose=line.detail, method=line.how, about=line.about) is not None
        )
    return done


def erase_again(lines: Iterable[Line], since: datetime) -> int:
    """Everybody whose erasure is not in this database. The mails of an erasure left when it was done first."""
    known = {(at.isoformat(), digest) for at, digest in Erasure.objects.values_list("erased_at", "digest")}
    new = [line for line in _since(lines, ERASED, since) if (line.at, line.digest) not in known]
    last = OutboundEmail.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = set(_addresses({line.digest for line in new}, erasures.digests_of).values())
    for address in sorted(found):
        person = User.objects.filter(email__iexact=address).first()
        services.erase(person or services.ensure_user(address))
    written = OutboundEmail.objects.filter(pk__gt=last, status__in=OutboundEmail.WAITING)
    written.finish(OutboundEmail.Status.CANCELLED, DONE_BEFORE)
    delete_forgotten()
    Erasure.objects.bulk_create(Erasure(digest=line.digest, erased_at=line.instant) for line in new)
    return len(found)


def _since(lines: Iterable[Line], what: str, since: datetime) -> Iterator[Line]:
    return (line for line in lines if line.what == what and line.instant >= since - MARGIN)


def _addresses(wanted: Collection[str], digests_of: Callable[[str], list[str]]) -> dict[str, str]:
    """Whose digests these are, of all addresses that stand anywhere here."""
    found: dict[str, str] = {}
    if not wanted:
        return found
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.EmailField):
                continue
            for address in model._base_manager.values_list(field.attname, flat=True).distinct().iterator():
                found |= {
                    digest: address.strip().lower() for digest in digests_of(address) if digest in wanted
                }
    return found
