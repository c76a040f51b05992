"""Who asks the portal for something and writes down what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portal.local.processes import wait_until
from tests.reliability.browser import Answer, Browser, new_request_id
from tests.reliability.history import FAIL, INFO, OK
from tests.reliability.plan import Step

if TYPE_CHECKING:
    from tests.reliability.run import Run


class Actor:
    """Who asks for something and writes down what came of it."""

    def __init__(self, run: Run, process: str, address: str) -> None:
        self.run, self.process = run, process
        self.browser = Browser(run.machine.site, address, run.gate)
        self.unspent: Step | None = None  # a step whose operation was not asked for yet

    def ask(self, f: str, path: str, data: dict[str, str], step: Step, **value: Any) -> tuple[int, Answer]:
        """One POST. A step that is to be killed arms its point for this very request; so does one that has none, when a
        step of its kind was to be killed and came to nothing."""
        if step.kill and step.f != f:
            step = replace(step, kill="")
        if not step.kill and not step.lose and self.run.kills_left.get(f):
            step = replace(step, kill=self.run.kills_left[f].pop())
        elif step.f == f:
            self.unspent = None
        request_id = new_request_id() if self.browser.address or step.kill else ""
        armed = self.run.machine.state / "armed" / f"{step.kill}.{request_id}"
        if step.kill:
            armed.write_text(f)
        if step.kill or step.lose:
            value |= {"fault": step.kill or "lose-answer"}
        op = self.run.history.invoke(self.process, f, **value)
        answer = self.browser.post(path, data, request_id=request_id, lose=step.lose)
        if step.kill:
            armed.unlink(missing_ok=True)
        return op, answer

    def take(self, step: Step, act: Callable[[Step], None]) -> None:
        self.unspent = step if step.kill else None
        act(step)
        if self.browser.is_lost:  # nobody goes on pressing while nothing answers
            wait_until(lambda: self.run.is_over or self.run.looks_well(self.run.machine.site), 15, step=0.3)
        elif self.browser.is_away:
            time.sleep(1)
        if self.unspent is not None:
            self.run.kills_left.setdefault(step.f, []).append(step.kill)

    def tell(self, op: int, f: str, answer: Answer, *, done: bool, why: str = "", **value: Any) -> str:
        """Write down the outcome of an operation: `done` was seen, what has no answer or failed nobody knows."""
        value |= {"status": answer.status, "url": answer.path}
        if answer.status == 0:
            value.pop("kept", None)
        if answer.status == 0 or answer.status >= 500:
            outcome, value["why"] = INFO, "lost" if answer.status == 0 else str(answer.status)
            if answer.status == 0:
                value["message"] = answer.text[:200]
        elif done:
            outcome = OK
        elif is_at_the_door(answer):
            outcome, value["why"] = INFO, "door"
        elif answer.status == 422:
            outcome, value["why"], value["message"] = FAIL, "invalid", said(answer)
        else:
            outcome, value["why"] = FAIL, why or why_of(answer)
        self.run.history.answer(op, self.process, outcome, f, **value)
        return outcome

    def never(self, f: str, why: str, **value: Any) -> None:
        """Asked for, and refused before anything could be sent."""
        op = self.run.history.invoke(self.process, f, **value)
        self.run.history.answer(op, self.process, FAIL, f, why=why)


def is_at_the_door(answer: Answer) -> bool:
    """It led on to a page, and there the session had ended: whether anything was done, nobody knows."""
    door = reverse("account_request_login_code")
    return answer.path == door and answer.led_to not in ("", door)


def said(answer: Answer) -> str:
    """The sentences of a page that refuses what was filled in."""
    found = re.findall(
        r'class="[^"]*(?:error|notice)[^"]*"[^>]*>(.*?)</(?:p|ul|div|li)>', answer.text, re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", " ".join(found)).split())[:300]


def why_of(answer: Answer) -> str:
    path, page = answer.path, answer.page
    if answer.status == 409:
        if path == reverse("bookings:already"):
            return "already"
        return "used" if any(form.id == "details" for form in page.forms) else "taken"
    if path == reverse("account_confirm_login_code"):
        return "code"
    return {403: "csrf", 404: "gone", 410: "gone", 422: "invalid", 429: "many"}.get(answer.status, "gone")


def near(answer: Answer) -> dict[str, Any]:
    """The starts that a page which refuses names instead."""
    if answer.status != 409:
        return {}
    form = answer.page.form(has="start")
    return {"listed": form.choices.get("start", [])} if form else {}
