"""One person books one call, over HTTPS with the certificate checked, by the code that was mailed."""

from __future__ import annotations

import re
import time

import psycopg

from tests.chaos.visitor import TOKEN
from tests.rehearsal.secure_visitor import SecureVisitor
from tests.rehearsal.stack import Stack

CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")
MAIL_SECONDS = 60


def book(stack: Stack, number: int) -> str:
    """The address of the page that says ‘Bevestigd’. Raises RehearsalError when anything is otherwise."""
    with psycopg.connect(stack.database_url) as database:  # other steps leave it out
        database.execute("UPDATE bookings_calltype SET needs_code = true")
    visitor = SecureVisitor(stack.site, number, stack.ca_file, "first")
    starts = visitor.starts()
    if not starts:
        raise stack.system.error("There is no time to choose.")
    if (status := visitor.hold(starts[len(starts) // 2])) != 200:
        raise stack.system.error(f"A time could not be held: {status}.")
    wait_as_a_person_does(visitor)
    details = visitor.form | {"name": "Sanne Vermeer", "email": visitor.email, "phone": "06 12 34 56 78"}
    status, url, _text = visitor.open("/impactcall/bevestigen/", details | with_token(stack, visitor))
    if status != 200:
        raise stack.system.error(f"The details were not taken: {status} {url}.")
    stack.wait_until(lambda: bool(code_for(stack, visitor.email)), "the mailed code arrived", MAIL_SECONDS)
    code = {"code": code_for(stack, visitor.email)}
    status, url, _text = visitor.open("/inloggen/code/", code | with_token(stack, visitor))
    if status != 200 or "/bevestigd/" not in url:
        raise stack.system.error(f"The call was not confirmed: {status} {url}.")
    stack.wait_until(lambda: mails_to(stack, visitor.email) >= 2, "its confirmation arrived", MAIL_SECONDS)
    return url


def with_token(stack: Stack, visitor: SecureVisitor) -> dict[str, str]:
    """Of the form on the page that is open."""
    token = TOKEN.search(visitor.page)
    if token is None:
        raise stack.system.error("A page that should have a form has none.")
    return {"csrfmiddlewaretoken": token[1]}


def wait_as_a_person_does(visitor: SecureVisitor) -> None:
    """The form takes nothing within two seconds: nobody types so fast."""
    time.sleep(max(0, visitor.ready_at - time.monotonic()))


def mails_to(stack: Stack, email: str) -> int:
    return sum(mail.recipient == email for mail in list(stack.sink.received))


def code_for(stack: Stack, email: str) -> str:
    for mail in reversed(list(stack.sink.received)):
        body = mail.message.get_body(("plain",)) if mail.recipient == email else None
        if body is not None and (found := CODE.search(body.get_content())):
            return found[0]
    return ""
