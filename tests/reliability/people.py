"""Visitors who book, change their minds, wait, and go: each in a browser and a thread of their own."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portal.local.processes import wait_until
from tests.reliability.actor import Actor, near
from tests.reliability.browser import Answer
from tests.reliability.history import FAIL, INFO, OK
from tests.reliability.pages import Form
from tests.reliability.plan import Person, Step

if TYPE_CHECKING:
    from tests.reliability.run import Run

TYPED = ["name", "email", "remark"]
READS = 2.2  # seconds that a person needs for a form; it knows that two are the least
TRIES = 10  # of one form, while nobody says what came of it
CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")
DONE = re.compile(r"/impactcall/([\w-]+)/bevestigd/")
OFFER = re.compile(r"(/impactcall/aanbod/[\w-]+/[\w.:=-]+/)(?:\?start=([\w%:+.-]+))?")
MOVED, CANCELLED = "Verplaatst.", "Deze impactcall is geannuleerd."
TOO_LATE = "hier niet meer verplaatsen of annuleren"


class Visitor(Actor):
    def __init__(self, run: Run, person: Person) -> None:
        super().__init__(run, f"person-{person.number}", f"10.0.{person.number}.1")
        self.person = person
        self.starts: list[str] = []
        self.token = ""
        self.form: Form | None = None  # of the details, while a time is held
        self.ready_at = 0.0
        self.booking = self.booked_at = ""
        self.gone = False
        self.offers_used: set[str] = set()
        self.times_booked = 0
        self.is_signed_in = False

    @property
    def mails(self) -> list[Any]:
        return [mail for mail in list(self.run.machine.sink.received) if mail.recipient == self.person.email]

    def live(self) -> None:
        for step in self.person.steps:
            if self.run.is_over or self.gone:
                return
            if self.run.is_late and step.f != "erase":
                continue
            time.sleep(step.pause)
            self.act(step)

    def act(self, step: Step) -> None:
        acts = {
            "book": self.book, "list": self.list, "hold": self.hold, "fill": self.fill, "release": self.release,
            "confirm": self.confirm, "move": self.move, "cancel": self.cancel, "wait": self.wait,
            "take-offer": self.take_offer, "erase": self.erase,
        }  # fmt: skip
        self.take(step, acts[self.possible(step)])

    def possible(self, step: Step) -> str:
        """What comes nearest to the step: whoever has no call books one, whoever has one changes it."""
        f = step.f
        if f in ("hold", "confirm", "fill", "release") and self.booking:
            return "cancel" if step.pick > 0.45 else "move"
        if f in ("move", "cancel") and not self.booking:
            return "book"
        if f in ("confirm", "fill", "release") and self.form is None:
            return "book"
        return f

    def book(self, step: Step) -> None:
        """Hold a start and confirm it, one after the other."""
        if self.form is None:
            self.hold(step)
        if self.form is not None and not self.run.is_over:
            self.confirm(step)

    # ---- choosing a time ------------------------------------------------------------------------------------
    def list(self, step: Step) -> None:
        own = (
            f"?{self.person.number}{step.pick}" if step.pick > 0.7 else ""
        )  # else a page that is kept for all
        path = reverse("bookings:slots") + own
        op = self.run.history.invoke(self.process, "list", kept=not own)
        answer = self.browser.get(path)
        form = answer.page.form(has="start")
        self.starts = form.choices.get("start", []) if form else []
        self.token = form.fields.get("csrfmiddlewaretoken", "") if form else self.token
        self.tell(op, "list", answer, done=answer.status == 200, listed=self.starts, email=self.person.email)
        if answer.status == 0:
            time.sleep(1)

    def hold(self, step: Step) -> None:
        if self.booking:
            return self.move(step)
        if not self.starts:
            self.list(step)
        if not self.starts:
            return None
        wanted = "" if step.again else self.run.wanted_by_others(step.pick)
        start = wanted or self.starts[int(step.pick**2 * len(self.starts))]
        data = {"csrfmiddlewaretoken": self.token, "start": start, "zone": self.person.zone}
        op, answer = self.ask(
            "hold", reverse("bookings:hold"), data, step, start=start, email=self.person.email
        )
        done = answer.status == 200 and answer.path == reverse("bookings:details")
        outcome = self.tell(op, "hold", answer, done=done, start=start, **near(answer))
        if outcome == OK:
            self.run.held.append(start)
        if outcome == FAIL and near(answer).get("listed") and not step.again:
            self.starts = near(answer)["listed"]
            form = answer.page.form(has="start")
            self.token = form.fields.get("csrfmiddlewaretoken", self.token) if form else self.token
            return self.hold(replace(step, kill="", lose=False, again=True))
        if outcome == INFO:
            answer = self.browser.get(reverse("bookings:details"))  # as whoever presses 'again' sees it
            done = answer.status == 200 and answer.path == reverse("bookings:details")
        self.form = next((form for form in answer.page.forms if form.id == "details"), None) if done else None
        self.ready_at = time.monotonic() + READS
        return None

    # ---- saying who one is ----------------------------------------------------------------------------------
    def typed(self) -> dict[str, str]:
        typed = {"name": self.person.name, "remark": self.person.remark}
        return typed if self.is_signed_in else typed | {"email": self.person.email}

    def fill(self, step: Step) -> None:
        """A form that is not right yet: no name. What else was typed comes back."""
        if self.form is None:
            return self.list(step)
        typed = self.typed() | {"name": ""}
        data = self.form.fields | typed
        del typed["name"]
        op, answer = self.ask(
            "fill", reverse("bookings:confirm"), data, step, typed=typed, start=data["start"]
        )
        self.tell(op, "fill", answer, done=False, kept=answer.page.kept(list(typed)))
        again = next((form for form in answer.page.forms if form.id == "details"), None)
        self.form = again or self.form
        return None

    def release(self, step: Step) -> None:
        """Back to the times: what was held is free at once, and somebody else will want it."""
        if self.form is None:
            return self.list(step)
        data, start = self.form.fields, self.form.fields["start"]
        op, answer = self.ask(
            "release", reverse("bookings:release"), data, step, start=start, email=self.person.email
        )
        done = answer.status == 200 and answer.path == reverse("bookings:slots")
        self.tell(op, "release", answer, done=done, start=start)
        self.form = None
        self.run.freed.append(start)
        return None

    def confirm(self, step: Step) -> None:
        if self.form is None:
            return self.move(step) if self.booking else self.list(step)
        if self.times_booked:  # somebody else's network: five unproven calls a day are what one may book
            self.browser.address = f"10.0.{self.person.number}.{self.times_booked + 1}"
        self.times_booked += 1
        time.sleep(max(0.0, self.ready_at - time.monotonic()))
        data = self.form.fields | self.typed()
        answer = self.settle(data, step)
        if (
            answer is not None and answer.status == 422 and not self.run.is_over
        ):  # it was open for long: once more
            again = next((form for form in answer.page.forms if form.id == "details"), None)
            time.sleep(READS)
            answer = (
                self.settle(again.fields | self.typed(), replace(step, kill="", lose=False))
                if again
                else None
            )
        if (
            answer is not None
            and step.pick > 0.4
            and (nearest := answer.page.form("/bevestigen/", has="start"))
        ):
            starts = nearest.choices.get("start", [])
            if starts and not self.run.is_over:  # the next best, offered on the page that says it is gone
                data = nearest.fields | {"start": starts[int(step.pick * len(starts)) % len(starts)]}
                self.settle(data, replace(step, kill="", lose=False))
        self.form = None

    def settle(self, data: dict[str, str], step: Step) -> Answer | None:
        """Send one form until it is said what came of it. Returns the answer that refused, if one did."""
        typed = {name: data[name] for name in TYPED if data.get(name)}
        for attempt in range(TRIES):
            value = {"start": data["start"], "key": data["key"], "typed": typed, "email": self.person.email}
            path = reverse("bookings:confirm")
            op, answer = self.ask("confirm", path, data, step, again=attempt > 0, **value)
            booked = DONE.search(answer.path)
            done = answer.status == 200 and booked is not None
            more = (
                {"booking": booked[1]} if booked else {} if done else {"kept": answer.page.kept(list(typed))}
            )
            outcome = self.tell(op, "confirm", answer, done=done, start=data["start"], **more, **near(answer))
            if outcome == OK and booked:
                self.booking, self.booked_at = booked[1], data["start"]
                return None
            if outcome == FAIL:
                return answer
            step = replace(step, kill="", lose=False)
            if not self.pause_after_unknown():
                break
        return None

    def pause_after_unknown(self) -> bool:
        time.sleep(0.7)
        return not self.run.is_over

    # ---- a call that stands ---------------------------------------------------------------------------------
    def move(self, step: Step) -> None:
        if not self.booking:
            return self.list(step)
        path = reverse("bookings:move", args=[self.booking])
        page = self.browser.get(path)
        form = page.page.form(has="start")
        starts = form.choices.get("start", []) if form else []
        if form is None or not starts:
            if page.status == 200 and page.path == reverse("bookings:manage", args=[self.booking]):
                self.never("move", "late", booking=self.booking)
                self.booking = ""
            return None
        start = starts[int(step.pick**2 * len(starts))]
        data = form.fields | {"start": start}
        for attempt in range(TRIES):
            value = {
                "booking": self.booking,
                "start": start,
                "email": self.person.email,
                "again": attempt > 0,
            }
            op, answer = self.ask("move", path, data, step, **value)
            is_there = answer.path == reverse("bookings:manage", args=[self.booking])
            done = answer.status == 200 and is_there and MOVED in answer.text
            why = "late" if is_there and TOO_LATE in answer.text else ""
            outcome = self.tell(op, "move", answer, done=done, why=why, booking=self.booking, start=start)
            if outcome == OK:
                self.run.freed.append(self.booked_at)
                self.booked_at = start
            step = replace(step, kill="", lose=False)
            if outcome != INFO or not self.pause_after_unknown():
                break
        return None

    def cancel(self, step: Step) -> None:
        if not self.booking:
            return self.list(step)
        path = reverse("bookings:cancel", args=[self.booking])
        page = self.browser.get(path)
        form = page.page.form(has="csrfmiddlewaretoken") if page.path == path else None
        if form is None:
            return None
        for attempt in range(TRIES):
            value = {"booking": self.booking, "email": self.person.email, "again": attempt > 0}
            op, answer = self.ask("cancel", path, form.fields, step, **value)
            is_there = answer.path == reverse("bookings:manage", args=[self.booking])
            late = TOO_LATE in answer.text
            done = answer.status == 200 and is_there and CANCELLED in answer.text
            why = "late" if late else "busy" if is_there else ""  # busy: asked again, when it was over
            outcome = self.tell(op, "cancel", answer, done=done, why=why, booking=self.booking)
            if outcome == OK:
                self.run.freed.append(self.booked_at)
                self.booking = ""
            step = replace(step, kill="", lose=False)
            if outcome != INFO or not self.pause_after_unknown():
                break
        return None

    # ---- members --------------------------------------------------------------------------------------------
    def newest_code(self, seen: int) -> str:
        found: list[str] = []

        def arrived() -> bool:
            for mail in self.mails[seen:]:
                body = mail.message.get_body(("plain",))
                if body and (code := CODE.search(body.get_content())):
                    found.append(code[0])
            return bool(found) or self.run.is_over

        wait_until(arrived, 25, step=0.1)
        return found[-1] if found else ""

    def sign_in(self) -> None:
        page = self.browser.get(reverse("account_request_login_code"))
        form = page.page.form(has="email")
        if form is None:
            return
        seen = len(self.mails)
        op = self.run.history.invoke(self.process, "sign-in", email=self.person.email)
        answer = self.browser.post(reverse("accounts:keep"), form.fields | {"email": self.person.email})
        code, asked = self.newest_code(seen), answer.page.form(has="code")
        if code and asked:
            path = reverse("account_confirm_login_code")
            answer = self.browser.post(path, asked.fields | {"code": code})
        self.is_signed_in = answer.status == 200 and answer.path.startswith(reverse("accounts:account"))
        self.tell(op, "sign-in", answer, done=self.is_signed_in, email=self.person.email)

    def wait(self, step: Step) -> None:
        page = self.browser.get(reverse("bookings:waitlist"))
        form = page.page.form(has="until_on")
        if form is None or not self.is_signed_in:
            return self.list(step)
        until = (self.run.machine.now() + timedelta(days=20)).date().isoformat()
        data = (
            form.fields | {"until_on": until} | ({"name": self.person.name} if "name" in form.fields else {})
        )
        time.sleep(READS)
        path = reverse("bookings:waitlist_join")
        op, answer = self.ask("wait", path, data, step, until=until, email=self.person.email)
        done = answer.status == 200 and answer.path == reverse("bookings:waitlist")
        self.tell(op, "wait", answer, done=done)
        return None

    def offered(self) -> tuple[str, str]:
        for mail in reversed(self.mails):
            body = mail.message.get_body(("plain",))
            if body and (found := OFFER.search(body.get_content())) and found[1] not in self.offers_used:
                return found[1], found[2] or ""
        return "", ""

    def take_offer(self, step: Step) -> None:
        link, _start = self.offered()
        if not link:
            return self.list(step)
        self.offers_used.add(link)
        page = self.browser.get(link)
        form = page.page.form("/bevestigen/", has="start")
        if form is None or page.status != 200:
            self.never("take-offer", "gone", email=self.person.email)
            return None
        starts = form.choices.get("start") or [form.fields["start"]]
        data = form.fields | {"start": starts[int(step.pick * len(starts)) % len(starts)]}
        data |= {"name": self.person.name} if "name" in form.fields else {}
        for attempt in range(TRIES):
            value = {"start": data["start"], "email": self.person.email, "offer": form.action.split("/")[-3]}
            op, answer = self.ask("take-offer", form.action, data, step, again=attempt > 0, **value)
            booked = DONE.search(answer.path)
            done = answer.status == 200 and booked is not None
            more = {"booking": booked[1]} if booked else {"kept": answer.page.kept(["name"])}
            outcome = self.tell(op, "take-offer", answer, done=done, start=data["start"], **more)
            if outcome == OK and booked:
                self.booking, self.booked_at = booked[1], data["start"]
            step = replace(step, kill="", lose=False)
            if outcome != INFO or not self.pause_after_unknown():
                break
        return None

    def erase(self, step: Step) -> None:
        path = reverse("accounts:delete")
        page = self.browser.get(path)
        form = page.page.form(has="csrfmiddlewaretoken") if page.path == path else None
        if form is None:
            return
        form = next((one for one in page.page.forms if len(one.fields) == 1 and not one.action), form)
        seen = len(self.mails)
        asked = self.browser.post(path, form.fields)
        code, fields = self.newest_code(seen), asked.page.form(has="code")
        if not code or fields is None:
            return self.never("erase", "no-code", email=self.person.email)
        path = reverse("accounts:delete_confirm")
        for attempt in range(TRIES):
            data = fields.fields | {"code": code}
            op, answer = self.ask("erase", path, data, step, email=self.person.email, again=attempt > 0)
            done = answer.status == 200 and answer.path == reverse("accounts:deleted")
            outcome = self.tell(op, "erase", answer, done=done, email=self.person.email)
            if outcome == OK:
                self.gone, self.booking = True, ""
            step = replace(step, kill="", lose=False)
            if outcome != INFO or not self.pause_after_unknown():
                return
