"""What the doctor asks of the world: the site over its own address, the records of the mail domain, a mail."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.common import times
from portal.common.ids import new_public_id
from portal.common.names import ascii_domain
from portal.mail import outbox
from portal.mail.models import OutboundEmail
from portal.mail.names import Name
from portal.operations import probe, txt_records
from portal.operations.findings import Question, State, good, unknown, wrong

MADE_UP = "198.51.100.77"  # an address of nobody (RFC 5737)
SECONDS = 1.2  # for each of two requests, and each of the records
MOST_BYTES = 2000
PROBE = "portal/probe"
NAMES = {PROBE: Name(_("Mail that tries the way"), _("Nobody waits for it."))}
WAIT_FOR_MAIL = 60.0

Found = tuple[State, str]


def site() -> Found:
    try:
        status, _said = _ask("/healthz")
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = (
            "its certificate is not valid" if isinstance(error, ssl.SSLCertVerificationError) else "no answer"
        )
        return wrong(
            f"{settings.SITE_URL} cannot be reached from here ({why}): look at DNS, the proxy and "
            "`gunicorn portal.wsgi`."
        )
    if status != 200:
        return wrong(
            f"{settings.SITE_URL}/healthz answers {status}: is it this portal, and in ALLOWED_HOSTS?"
        )
    return good(f"{settings.SITE_URL} answers.")


def proxies() -> Found:
    """A header that we send ourselves tells whether anybody could make up an address."""
    try:
        plain, forged = _seen(), _seen(**{"X-Forwarded-For": MADE_UP})
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return unknown("The site over its own address did not say how a request arrives.")
    return judged(plain, forged)


def judged(plain: dict[str, object], forged: dict[str, object]) -> Found:
    seen, trusted = plain["passed_on"], plain["trusted"]
    if forged["counted_as"] == MADE_UP:
        return wrong(
            f"Anybody can make up an address: TRUSTED_PROXY_COUNT is {trusted}, and {seen} proxies say who sent "
            f"them a request. Set TRUSTED_PROXY_COUNT={seen}."
        )
    if seen != trusted:
        return wrong(
            f"{seen} proxies say who sent them a request and TRUSTED_PROXY_COUNT is {trusted}, so all visitors count "
            f"as one: set TRUSTED_PROXY_COUNT={seen}, or let each proxy add to X-Forwarded-For."
        )
    if settings.HTTPS and not plain["is_secure"]:
        return wrong("A request arrives as http: let the proxy set X-Forwarded-Proto.")
    return good(f"{trusted} in front, and no address can be made up.")


def _seen(**headers: str) -> dict[str, object]:
    status, said = _ask("/probe", **{probe.HEADER: probe.ticket()}, **headers)
    found = json.loads(said) if status == 200 else {}
    if not isinstance(found, dict):
        raise ValueError
    return {name: found[name] for name in ("passed_on", "trusted", "counted_as", "is_secure")}


def _ask(path: str, **headers: str) -> tuple[int, bytes]:
    """Of the operator's own address, which may well be one inside. No redirect is followed."""
    parts = urlsplit(settings.SITE_URL)
    kind = http.client.HTTPSConnection if settings.HTTPS else http.client.HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.request("GET", path, headers={"User-Agent": "portal-doctor", **headers})
        answer = line.getresponse()
        return answer.status, answer.read(MOST_BYTES)
    finally:
        line.close()


def mail_domain() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    try:
        return ascii_domain(domain)
    except ValueError:
        return ""


def spf() -> Found:
    return _record(
        mail_domain(), "v=spf1", "Publish one that names your mail server, such as ‘v=spf1 include:… -all’."
    )


def dkim() -> Found:
    if not settings.DKIM_SELECTOR:
        return unknown(
            "Set DKIM_SELECTOR to the selector that your mail server signs with, and it is looked for."
        )
    name = f"{settings.DKIM_SELECTOR}._domainkey.{mail_domain()}"
    return _record(name, "p=", "Publish the key that your mail server signs with.")


def dmarc() -> Found:
    return _record(
        f"_dmarc.{mail_domain()}", "v=DMARC1", "Publish one, to begin with ‘v=DMARC1; p=none; rua=…’."
    )


def _record(name: str, words: str, advice: str) -> Found:
    if "." not in mail_domain() or settings.LOCAL_MODE:
        return unknown("The mail domain is that of a machine for trying.")
    try:
        found = [text for text in txt_records.lookup(name, seconds=SECONDS) if words.lower() in text.lower()]
    except txt_records.NoAnswerError:
        return unknown("No DNS server answered.")
    if not found:
        return wrong(f"{name} has no such record. {advice}")
    if len(found) > 1:
        return wrong(f"{name} has {len(found)} of them, which counts as none: leave one.")
    return good(f"{name} has it.")


def mail_arrives(to: str, *, seconds: float = WAIT_FOR_MAIL) -> Found:
    """Through the outbox as any other; how long it takes until the mail server has it."""
    key = f"probe:{new_public_id()}"
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        outbox.enqueue(
            outbox.written(
                key=key,
                kind=OutboundEmail.Kind.SERVICE,
                message=PROBE,
                to=to,
                language=settings.LANGUAGE_CODE,
                context={"host": settings.SITE_HOST, "at": times.now()},
                names_people=False,
            )
        )
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        mail = OutboundEmail.objects.get(key=key)
        if mail.status == OutboundEmail.Status.SENT:
            return good(
                f"The mail server took it after {time.monotonic() - began:.0f} s. See whether it arrives."
            )
        if mail.status in OutboundEmail.FINAL:
            return wrong(
                f"It was not sent: {mail.reason or mail.status}. Look at EMAIL_URL and the mail domain."
            )
        time.sleep(0.2)
    return wrong(f"It still waits after {seconds:.0f} s: see whether a worker answers, and EMAIL_URL.")


QUESTIONS = [
    Question("Site", site),
    Question("Proxies", proxies),
    Question("SPF", spf),
    Question("DKIM", dkim),
    Question("DMARC", dmarc),
]
