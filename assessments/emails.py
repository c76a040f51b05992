"""The mail about a kept result, and what mails after a scan can say of it: the variables of the coach's texts, and
the tip as it was planned before there were sequences, which still leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.follow_up import KEPT
from assessments.instrument import Key
from assessments.models import Instrument, Scan
from assessments.result import Result
from assessments.sample import sample_result
from assessments.summary import result_of
from portal.accounts.models import User
from portal.common import times
from portal.common.http import absolute_reverse
from portal.leads import consent
from portal.leads import services as leads
from portal.leads.models import Lead
from portal.leads.sequences.paragraphs import paragraph
from portal.leads.sequences.registry import Missing, Variable
from portal.mail import outbox
from portal.mail.names import Name
from portal.practice.facts import practice

DAY2_TIP = "assessments/day2_tip"
RESULT_KEPT = "assessments/result_kept"
NAMES = {
    DAY2_TIP: Name(gettext_lazy("Tip after the scan")),
    RESULT_KEPT: Name(
        gettext_lazy("Where the result is kept"),
        gettext_lazy("It is kept all the same, and stands in their account."),
    ),
}

GONE = gettext_noop("The scan is gone.")
BOOKED = gettext_noop("A call was booked since.")
NEWER = gettext_noop("There is a newer scan.")
NO_SCORE = gettext_noop("The scan has no weakest key.")


def send_kept(scan: Scan, user: User) -> None:
    """Where a result that somebody asked to keep is found again. In the transaction that gave it an account."""
    with translation.override(user.language):
        context = {
            "day": times.full_date(scan.done_at, user.time_zone),
            "result_url": absolute_reverse("assessments:result", scan.public_id),
            "own_paragraph": paragraph(KEPT, user.language),
        }
        outbox.enqueue(
            outbox.written(
                key=f"scan:{scan.public_id}:kept",
                kind=outbox.OutboundEmail.Kind.SERVICE,
                message=RESULT_KEPT,
                to=user.email,
                to_name=user.name,
                reply_to=practice()["email"],
                language=user.language,
                context=context,
                names_people=False,
                about=f"scan:{scan.public_id}",
            )
        )


def day2_tip(mail: outbox.OutboundEmail) -> dict[str, object] | outbox.Skip:
    scan = scan_to_tell(mail)
    if isinstance(scan, outbox.Skip):
        return scan
    result = result_of(scan, mail.language)
    if not result.weakest:
        return outbox.Skip(NO_SCORE)
    return tip_of(result, absolute_reverse("assessments:result", scan.public_id))


def foresee_day2_tip(mail: outbox.OutboundEmail) -> outbox.Foreseen:
    """For the coach: the key that carries least stays the person's own, so an example stands in its place."""
    scan = scan_to_tell(mail)
    sample = sample_result(Instrument.objects.current().parsed(mail.language))
    context = tip_of(sample, absolute_reverse("assessments:landing"))
    return outbox.Foreseen(context, scan if isinstance(scan, outbox.Skip) else None, has_samples=True)


def scan_to_tell(mail: outbox.OutboundEmail) -> Scan | outbox.Skip:
    public_id = (mail.data or {}).get("scan")
    scan = Scan.objects.completed().with_instrument().filter(public_id=public_id).first()
    if scan is None or scan.user_id is None:
        return outbox.Skip(GONE)
    lead = Lead.objects.filter(user_id=scan.user_id).first()
    if lead is None:
        return outbox.Skip(GONE)
    if not leads.has_consent(lead, consent.TIPS):
        return outbox.Skip(consent.NO_TIPS)
    if lead.events.filter(kind="call.booked", created_at__gte=mail.created_at).exists():
        return outbox.Skip(BOOKED)
    if Scan.objects.for_user(scan.user_id).completed().filter(completed_at__gt=scan.completed_at).exists():
        return outbox.Skip(NEWER)
    return scan


def tip_of(result: Result, result_url: str) -> dict[str, object]:
    key = result.weakest[0].key
    return {
        "key": key,
        "phrase": key.phrase,
        "is_even": result.is_even,
        "action": key.actions[0],
        "result_url": result_url,
    }


# ---- what a text of the coach can say of a scan ------------------------------------------------------------
def scan_values(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str] | Missing:
    """Of the scan that a run began with, or else of the person's newest."""
    if lead.user_id is None:
        return Missing(GONE)
    completed = Scan.objects.completed().with_instrument().filter(user_id=lead.user_id)
    begun_with = (
        completed.filter(public_id=context["scan"]) if "scan" in context else completed.latest_first()
    )
    scan = begun_with.first()
    if scan is None:
        return Missing(GONE)
    result = result_of(scan, language)
    if not result.weakest:
        return Missing(NO_SCORE)
    return said_of(result, absolute_reverse("assessments:result", scan.public_id))


def said_of(result: Result, result_url: str) -> dict[str, str]:
    """Call it with the language of the mail active."""
    key: Key = result.weakest[0].key
    return {
        "key": key.phrase,
        "opening": opening(result, key),
        "action": key.actions[0],
        "mirror_you": key.mirror_leader,
        "mirror_team": key.mirror_team,
        "mirror_question": key.mirror_question,
        "result": result_url,
    }


def opening(result: Result, key: Key) -> str:
    if result.is_even:
        return _("Your keys carry the same, so begin with one: %(phrase)s.") % {"phrase": key.phrase}
    return _("This carried least: %(phrase)s.") % {"phrase": key.phrase}


def scan_link(lead: Lead, context: Mapping[str, Any], language: str) -> dict[str, str]:
    return {"scan_link": absolute_reverse("assessments:landing")}


def sample_of(key: str) -> Callable[[str], str]:
    """What a variable says of the made-up leader of the landing page."""

    def sample(language: str) -> str:
        with translation.override(language):
            result = sample_result(Instrument.objects.current().parsed(language))
            return said_of(result, absolute_reverse("assessments:landing"))[key]

    return sample


def sample_scan_link(language: str) -> str:
    with translation.override(language):
        return absolute_reverse("assessments:landing")


def of_scan(key: str, nl: str, meaning: Any, *, is_link: bool = False) -> Variable:
    names = {"nl": nl, "en": key}
    return Variable(key, names, meaning, sample_of(key), is_private=True, is_link=is_link)


SCAN_VARIABLES = (
    of_scan("key", "sleutel", gettext_lazy("The key that carries least, for inside a sentence.")),
    of_scan(
        "opening",
        "aanleiding",
        gettext_lazy("A whole sentence that names that key, or says that all keys carry the same."),
    ),
    of_scan("action", "actie", gettext_lazy("The first action for this week that goes with that key.")),
    of_scan("mirror_you", "spiegel_jij", gettext_lazy("The mirror: what the leader thinks of the team.")),
    of_scan("mirror_team", "spiegel_team", gettext_lazy("The mirror: what the team thinks of the leader.")),
    of_scan("mirror_question", "spiegelvraag", gettext_lazy("The question that goes with that mirror.")),
    of_scan("result", "uitslag", gettext_lazy("The address of the person’s own result."), is_link=True),
)
SCAN_LINK = Variable(
    "scan_link",
    {"nl": "scanlink", "en": "scan_link"},
    gettext_lazy("The address where the scan begins."),
    sample_scan_link,
    is_link=True,
)
