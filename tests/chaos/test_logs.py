"""The log files of real processes, after a day of damaged links and refused mail (T03, T27, R37)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from portal import celery
from portal.common import tokens
from portal.common.ids import new_public_id
from portal.mail.models import OutboundEmail
from tests.chaos.harness import Chaos, wait_until
from tests.factories.assessments import InstrumentFactory
from tests.factories.mail import OutboundEmailFactory

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ADDRESS = "zeldzame.anne@voorbeeld.nl"
PAGES = [
    "/u/{id}/{token}/",
    "/impactcall/{id}/{token}/",
    "/agenda/{id}/{token}.ics",
    "/nl//u//{id}//{token}/",
    "/?next=/u/{id}/{token}/",
    "/nergens/{token}",
]
# Those of which the views take any text for an id, and so get further; damaged now and then.
OTHERS = [
    "/impactcall/aanbod/{id}/{token}/",
    "/impactcall/gast/{id}/{token}/",
    "/impactcall/gast/{id}/{token}/wissen/",
    "/impactcall/niet-meer-delen/{id}/{token}/",
    "/belofte/{id}/1/{token}/",
    "/belofte/{id}/stop/{token}/",
    "/getoond/{id}/{token}/",
    "/team/antwoord/{id}/{token}/",
    "/en/team/link/{id}/{token}/",
]
# a line of ours, one of gunicorn before the site is loaded, or what belongs to the line above
BEGIN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ |\[\d{4}-|  \| ")


def damaged(secret: str) -> Iterator[str]:
    yield secret
    yield secret.upper()
    yield secret.lower()
    yield "".join(f"%{ord(sign):02X}" for sign in secret)
    for sign in ("%20", "%0a", "%27", "%22", "%3C", "%2F", "%c3%a9", ".", "//", "~", "%00"):
        yield secret[:20] + sign + secret[21:]
    yield secret[:-1]
    yield secret + secret


def ask(site: str, method: str, path: str, **headers: str) -> int:
    connection = HTTPConnection(site.removeprefix("http://"), timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in ({"Host": "localhost"} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def pieces(secret: str, length: int = 12) -> set[str]:
    return {secret[start : start + length] for start in range(len(secret) - length + 1)}


def test_no_secret_link_however_damaged_reaches_the_log_and_each_request_is_a_line(chaos: Chaos) -> None:
    """With gunicorn's access log on, as an operator may do; its Referer is a secret link too."""
    web, site = chaos.start_web(workers=1, GUNICORN_CMD_ARGS="--access-logfile=-")
    public_id = new_public_id()
    token = tokens.make("bookings.manage", public_id)
    InstrumentFactory()
    paths = [page.format(id=public_id, token=one) for page in PAGES for one in damaged(token)]
    for number, page in enumerate(OTHERS):
        paths += [page.format(id=public_id, token=one) for one in list(damaged(token))[number % 4 :: 4]]
    failed = set()
    for path in paths:
        referer = f"http://localhost/impactcall/{public_id}/{token}/"
        for method in ("GET", "POST", "PUT"):
            if ask(site, method, path, Referer=referer, Origin="http://elsewhere.example") >= 500:
                failed.add((method, path))
    assert failed == set()
    secrets = [public_id, token]
    forms = {form for secret in secrets for form in (secret, secret.upper(), secret.lower())}
    told = {piece for form in forms for piece in pieces(form) if piece in web.output}
    encoded = re.findall(r"(?:%[0-9A-F]{2}){8,}", web.output)
    assert (sorted(told), encoded) == ([], [])
    odd = [line for line in web.output.splitlines() if not BEGIN.match(line)]
    assert odd == []
    assert web.output.count("gunicorn.access") == len(paths) * 3


def test_worker_beat_and_commands_write_no_address_and_one_line_a_record(chaos: Chaos) -> None:
    """A refused mail, and tasks that fail with their arguments in the traceback."""
    chaos.sink.rule(lambda to, _before: f"550 5.1.1 <{to}> unknown" if to == ADDRESS else None)
    with transaction.atomic():
        OutboundEmailFactory.build(to_email=ADDRESS).save()
    worker, beat = chaos.start_worker(), chaos.start_beat()
    asked = celery.app.connection_for_write(chaos.redis_server.url)
    celery.app.send_task("mail.sweep", args=[ADDRESS, f"x\n{ADDRESS}"], connection=asked)
    celery.app.send_task(f"no.such.task.{ADDRESS}", args=[ADDRESS], connection=asked)
    wait_until(lambda: OutboundEmail.objects.filter(status="failed").exists(), 40)
    worker.says("was refused: 550").says("takes 0 positional arguments").says("unregistered task")
    broken = f"from portal.logs import say_uncaught; say_uncaught(OSError, OSError({ADDRESS!r}), None)"
    command = chaos.run("command", "-c", broken).says("OSError")
    assert [one.name for one in (worker, beat, command) if ADDRESS in one.output] == []
    odd = [line for line in worker.output.partition(" ready.")[2].splitlines()[1:] if not BEGIN.match(line)]
    assert odd == []


def test_a_statement_that_fails_leaves_no_words_of_a_mail_in_the_log_of_the_database(chaos: Chaos) -> None:
    log = Path(os.environ["POSTGRES_LOG"])
    mail = OutboundEmailFactory(to_email=ADDRESS, text="Je draagt 37 van de 100.")
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboundEmailFactory(key=mail.key, to_email=ADDRESS, text="Je draagt 37 van de 100.")
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboundEmail.objects.filter(pk=mail.pk).update(status="leased", text="Je draagt 73 van de 100.")
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboundEmail.objects.filter(pk=mail.pk).update(to_email="", text="Je draagt 73 van de 100.")
    said = log.read_text(errors="replace")
    assert "mail_outboundemail_has_a_recipient" in said
    assert [word for word in (ADDRESS, "Je draagt", "van de 100", mail.key) if word in said] == []
