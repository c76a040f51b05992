"""The coach at work in the admin: closes and opens time, books for somebody, says how it went."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from portal.common import times
from portal.local import sign_in
from tests.reliability.actor import Actor
from tests.reliability.browser import Answer
from tests.reliability.plan import Step

if TYPE_CHECKING:
    from tests.reliability.run import Run

CHANGE = re.compile(r"/bookings/booking/(\d+)/change/")
NOTED = "Genoteerd bij "
OF_BOOKING = "SELECT public_id, lower(period) FROM bookings_booking WHERE id = %s"
OVER = (
    "SELECT id, public_id FROM bookings_booking WHERE status = 'confirmed' AND upper(period) < %s ORDER BY id"
)
AHEAD = (
    "SELECT lower(period) FROM bookings_booking WHERE status IN ('held', 'confirmed') AND lower(period) > %s"
    " ORDER BY period"
)


class Coach(Actor):
    """From this machine itself: the sign-in link opens to nobody who comes through a proxy."""

    def __init__(self, run: Run) -> None:
        super().__init__(run, "coach", "")
        self.steps = run.plan.coach
        self.booked = 0

    def live(self) -> None:
        acts = {
            "block": self.block, "unblock": self.unblock, "hours": self.hours, "book": self.book,
            "outcome": self.outcome,
        }  # fmt: skip
        for step in self.steps:
            time.sleep(step.pause * 4)
            if self.run.is_over:
                return
            self.take(step, acts[step.f])

    # ---- the desk -------------------------------------------------------------------------------------------
    def open(self, path: str) -> Answer:
        """A page of the admin; signs in first, and again when hours have passed."""
        answer = self.browser.get(path)
        if answer.status == 200 and "/beheer/" in answer.path and "login" not in answer.path:
            return answer
        token = sign_in.mint(self.run.machine.state)
        link = f"/local/sign-in/{token}/"
        form = self.browser.get(link).page.form(has="csrfmiddlewaretoken")
        if form is not None:
            self.browser.post(link, form.fields)
        return self.browser.get(path)

    def moment(self, pick: float, hour: int = 9) -> datetime:
        """One of the half hours of the next working days, by the coach's clock."""
        day = times.local(self.run.machine.now(), times.HOST_ZONE) + timedelta(days=1 + int(pick * 4))
        while day.isoweekday() > 5:
            day += timedelta(days=1)
        half_hours = int(pick * 997) % 8
        return day.replace(hour=hour + half_hours // 2, minute=half_hours % 2 * 30, second=0, microsecond=0)

    def asked(self, query: str, *values: Any) -> list[Any]:
        try:
            with self.run.machine.ask() as asking:
                return asking.execute(query, values).fetchall()
        except self.run.database_gone:
            return []

    # ---- time -----------------------------------------------------------------------------------------------
    def block(self, step: Step) -> None:
        path = reverse("admin:bookings_blockedtime_add")
        form = self.open(path).page.form(has="start_on")
        if form is None:
            return
        start = self.moment(step.pick)
        end = start + timedelta(hours=1)
        typed = {"start_on": f"{start:%Y-%m-%d}", "start_time": f"{start:%H:%M}", "end_time": f"{end:%H:%M}"}
        data = form.fields | typed | {"end_on": "", "reason": "Tandarts"}
        data.pop("all_day", None)
        if not data.get("host"):
            data["host"] = str(self.asked("SELECT id FROM bookings_host LIMIT 1")[0][0])
        period = {"start": start.isoformat(), "end": end.isoformat()}
        op, answer = self.ask("block", path, data, step, **period)
        done = answer.status == 200 and answer.path == reverse("admin:bookings_blockedtime_changelist")
        self.tell(
            op, "block", answer, done=done, kept=answer.page.kept([*typed, "reason"]) if not done else {}
        )

    def unblock(self, step: Step) -> None:
        found = self.asked("SELECT id, lower(period), upper(period) FROM bookings_blockedtime ORDER BY id")
        if not found:
            return
        pk, start, end = found[int(step.pick * len(found))]
        path = reverse("admin:bookings_blockedtime_delete", args=[pk])
        form = self.open(path).page.form(has="post")
        if form is None:
            return
        op, answer = self.ask(
            "unblock", path, form.fields, step, start=start.isoformat(), end=end.isoformat()
        )
        done = answer.status == 200 and answer.path == reverse("admin:bookings_blockedtime_changelist")
        self.tell(op, "unblock", answer, done=done)

    def hours(self, step: Step) -> None:
        """Ten to twelve on one date, in the place of that weekday's hours."""
        path = reverse("admin:bookings_dateoverride_add")
        form = self.open(path).page.form(has="on")
        if form is None:
            return
        on = self.moment(step.pick)
        data = form.fields | {"on": f"{on:%Y-%m-%d}"}
        first = next((name for name in form.fields if name.endswith("-0-start_time")), "")
        if not first:
            return
        data |= {first: "10:00", first.replace("start_time", "end_time"): "12:00"}
        if not data.get("host"):
            data["host"] = str(self.asked("SELECT id FROM bookings_host LIMIT 1")[0][0])
        op, answer = self.ask("hours", path, data, step, on=f"{on:%Y-%m-%d}", windows=[["10:00", "12:00"]])
        left = (reverse("admin:bookings_dateoverride_changelist"), reverse("admin:bookings_booking_outside"))
        done = answer.status == 200 and answer.path in left  # the second when calls lie outside them now
        self.tell(op, "hours", answer, done=done, why="" if done else "invalid")

    # ---- calls ----------------------------------------------------------------------------------------------
    def book(self, step: Step) -> None:
        """Every other time at a moment of the coach's own, on top of a call that is there: only the constraint
        stands in the way of that."""
        path = reverse("admin:bookings_booking_new")
        form = self.open(path).page.form(has="own_on")
        if form is None:
            return
        self.booked += 1
        seed = self.run.plan.seed
        email = f"bellers.{seed}.{self.booked}@voorbeeld.example"
        typed = {
            "name": f"Beller {self.booked} Tjaskermolen-{seed}",
            "email": email,
            "remark": "Aan de telefoon",
        }
        data = form.fields | typed | {"start": "", "asked": ""}
        taken = self.asked(AHEAD, self.run.machine.now() + timedelta(hours=1))
        free = form.choices.get("start", [])
        if taken and (self.booked % 2 or not free):
            start = times.local(taken[int(step.pick * len(taken))][0], times.HOST_ZONE) + timedelta(
                minutes=15
            )
            data |= {"asked": start.isoformat(), "start": start.isoformat()}
        elif free:
            start = datetime.fromisoformat(free[int(step.pick * len(free))])
            data |= {"start": start.isoformat()}
        else:
            return
        value = {"start": start.isoformat(), "email": email, "key": data.get("key", ""), "typed": typed}
        op, answer = self.ask("book", path, data, step, outside=bool(data["asked"]), **value)
        found = CHANGE.search(answer.path)
        done = answer.status == 200 and found is not None
        more: dict[str, Any] = {} if done else {"kept": answer.page.kept(list(typed))}
        if found:
            more = {"booking": next((row[0] for row in self.asked(OF_BOOKING, int(found[1]))), "")}
        why = "taken" if answer.status == 409 else ""
        self.tell(op, "book", answer, done=done, why=why, start=start.isoformat(), **more)

    def outcome(self, step: Step) -> None:
        over = self.asked(OVER, self.run.machine.now())
        if not over:
            return
        pk, booking = over[int(step.pick * len(over))]
        page = reverse("admin:bookings_booking_change", args=[pk])
        form = self.open(page).page.form(has="csrfmiddlewaretoken")
        if form is None:
            return
        status = "completed" if step.pick < 0.6 else "no_show"
        data = {"csrfmiddlewaretoken": form.fields["csrfmiddlewaretoken"], "status": status, "mail": "yes"}
        path = reverse("admin:bookings_booking_close", args=[pk])
        op, answer = self.ask("outcome", path, data, step, booking=booking, outcome=status)
        done = answer.status == 200 and NOTED in answer.text
        self.tell(op, "outcome", answer, done=done, booking=booking)
