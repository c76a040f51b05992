"""The day-2 mail: one action for the weakest key. Planned at completion, checked again when due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext_noop

from assessments.models import Scan
from assessments.summary import result_of
from portal.common import times
from portal.common.http import absolute_reverse
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.mail import outbox

DAY2_TIP = "assessments/day2_tip"
DAYS_LATER = 2
AT = time(8, 30)  # host wall time, weekdays only
LATEST = timedelta(days=5)  # a tip that could not leave by then is of no use any more
SATURDAY = 5

GONE = gettext_noop("The scan is gone.")
NO_CONSENT = gettext_noop("The person does not want tips (any more).")
BOOKED = gettext_noop("A call was booked since.")
NEWER = gettext_noop("There is a newer scan.")
NO_SCORE = gettext_noop("The scan has no weakest key.")


def plan_day2_tip(scan: Scan, lead: Lead) -> None:
    """Plan the tip in the current transaction. Once a scan, whatever happens twice."""
    send_after = morning_after(times.now())
    outbox.enqueue(
        outbox.planned(
            key=f"run:{scan.public_id}:day2",
            kind=outbox.OutboundEmail.Kind.MARKETING,
            message=DAY2_TIP,
            names_people=False,
            to=lead.email,
            to_name=lead.name,
            language=lead.language,
            send_after=send_after,
            expires_at=send_after + LATEST,
            about=leads.followup_key(lead),
            data={"scan": scan.public_id},
        )
    )


def morning_after(instant: datetime) -> datetime:
    """Half past eight, host time, two days later; on Saturday and Sunday the Monday after."""
    day = times.local(instant, times.HOST_ZONE).date() + timedelta(days=DAYS_LATER)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, AT, tzinfo=times.zone(times.HOST_ZONE))


def day2_tip(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    public_id = (mail.data or {}).get("scan")
    scan = Scan.objects.completed().with_instrument().filter(public_id=public_id).first()
    if scan is None or scan.user_id is None:
        return outbox.Skip(GONE)
    lead = Lead.objects.filter(user_id=scan.user_id).first()
    if lead is None:
        return outbox.Skip(GONE)
    if not leads.has_consent(lead, consent.TIPS):
        return outbox.Skip(NO_CONSENT)
    if lead.events.filter(kind="call.booked", created_at__gte=mail.created_at).exists():
        return outbox.Skip(BOOKED)
    if Scan.objects.for_user(scan.user_id).completed().filter(completed_at__gt=scan.completed_at).exists():
        return outbox.Skip(NEWER)
    result = result_of(scan, mail.language)
    if not result.weakest:
        return outbox.Skip(NO_SCORE)
    key = result.weakest[0].key
    return {
        "key": key,
        "phrase": key.phrase,
        "is_even": result.is_even,
        "action": key.actions[0],
        "result_url": absolute_reverse("assessments:result", scan.public_id),
    }
