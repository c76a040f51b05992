"""The checker itself: of a run in which all went well it says nothing, and of each tampering what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.checker.__main__ import main
from tests.reliability.checker.judging import RULES, judge, name_of
from tests.reliability.checker.reading import BOOKING, MAIL
from tests.reliability.checker.sample import CLOSED, FIRST, NOOR, SECOND, THIRD, Story, went_well

Tampering = Callable[[Story], Any]


@cache
def well() -> Story:
    return went_well()


def found_after(tampering: Tampering) -> set[str]:
    story = deepcopy(well())
    tampering(story)
    return {finding.rule for finding in judge(story.run())}


def answer_of(story: Story, f: str, process: str, kind: str) -> dict[str, Any]:
    lines = (one for one in story.history if (one["f"], one["process"], one["type"]) == (f, process, kind))
    return next(lines)["value"]  # type: ignore[no-any-return]


# ---- each tampering, and the rule that is meant to find it ------------------------------------------------------
def a_portal_that_was_not_there(story: Story) -> None:
    for _ in range(20):
        story.answer(story.ask("person-2", "list"), "info", status=0)


def a_deleted_booking(story: Story) -> None:
    del story.calls[1]
    story.events.clear()


def a_booking_deleted_by_a_statement(story: Story) -> None:
    story.version(BOOKING, "DELETE", story.calls.pop(1))
    story.events.clear()


def a_call_changed_by_nobody(story: Story) -> None:
    story.change(1, status="completed")


def a_call_nobody_asked_for(story: Story) -> None:
    story.held(9, CLOSED - timedelta(hours=1), "")
    story.change(9, status="confirmed", expires_at=None, email="niemand@voorbeeld.example", sequence=1)
    story.change(9, status="cancelled", sequence=2)
    story.calls[9]["status"] = "cancelled"


def a_call_of_somebody_who_was_refused(story: Story) -> None:
    answer_of(story, "confirm", "person-1", "ok").clear()
    line = next(
        one
        for one in story.history
        if (one["f"], one["process"], one["type"]) == ("confirm", "person-1", "ok")
    )
    line["type"], line["value"] = "fail", {"why": "invalid"}


def a_move_to_another_time_than_was_asked(story: Story) -> None:
    next(one for one in story.history if one["f"] == "move")["value"]["start"] = SECOND.isoformat()


def a_doubled_mail(story: Story) -> None:
    row = story.outbox[2]
    row["maybe_duplicate"] = True
    story.arrives(row)


def tips_that_come_twice(story: Story) -> None:
    story.outbox[3]["kind"] = "marketing"


def an_unmarked_copy(story: Story) -> None:
    story.outbox[3]["maybe_duplicate"] = False


def a_copy_under_another_name(story: Story) -> None:
    next(mail for mail in reversed(story.mails) if mail["outbox_id"] == "mail-3")["message_id"] = (
        "<other@example>"
    )


def a_mail_without_a_row(story: Story) -> None:
    story.arrives(story.outbox[1] | {"public_id": "ghost"})


def a_mail_before_its_row(story: Story) -> None:
    story.mails[0]["at"] = story.history[0]["at"]


def a_mail_to_somebody_else(story: Story) -> None:
    story.mails[1]["to"] = NOOR


def an_overlap(story: Story) -> None:
    row = story.calls[1] | {"id": 8, "public_id": "call-8", "ics_uid": "uid-8", "status": "held"}
    row |= {"expires_at": story.business().isoformat(), "visitor": "somebody"}
    story.version(BOOKING, "INSERT", row)
    story.version(BOOKING, "DELETE", row)


def an_unjustified_refusal(story: Story) -> None:
    answer = next(one for one in story.history if one["type"] == "fail")
    asked = next(one for one in story.history if one["op"] == answer["op"])
    asked["value"]["start"] = SECOND.isoformat()


def a_refusal_of_ones_own_hold(story: Story) -> None:
    asked = story.ask("person-4", "hold", start=FIRST.isoformat())
    story.held(4, FIRST + timedelta(days=4), "wout")
    story.answer(asked, "ok", start=(FIRST + timedelta(days=4)).isoformat())
    asked = story.ask("person-4", "confirm", start=(FIRST + timedelta(days=4)).isoformat())
    story.answer(asked, "fail", why="taken")


def a_listed_start_that_was_never_free(story: Story) -> None:
    asked = story.ask("person-2", "list")
    story.answer(asked, "ok", listed=[THIRD.isoformat()])


def a_listed_start_of_a_closed_day(story: Story) -> None:
    asked = story.ask("person-2", "list")
    story.answer(asked, "ok", listed=[CLOSED.isoformat()])


def a_listed_start_outside_the_hours(story: Story) -> None:
    answer_of(story, "list", "person-1", "ok")["listed"].append((FIRST - timedelta(hours=1)).isoformat())


def a_listed_start_off_the_grid(story: Story) -> None:
    answer_of(story, "list", "person-1", "ok")["listed"].append((FIRST + timedelta(minutes=10)).isoformat())


def a_listed_start_too_soon(story: Story) -> None:
    answer_of(story, "list", "person-1", "ok")["listed"].append("2026-12-01T14:00:00+01:00")


def a_listed_start_too_far(story: Story) -> None:
    answer_of(story, "list", "person-1", "ok")["listed"].append("2027-01-11T09:00:00+01:00")


def a_hold_that_ended_early(story: Story) -> None:
    asked = story.ask("person-5", "hold", start=SECOND.isoformat())
    story.held(5, SECOND, "tess")
    story.answer(asked, "ok", start=SECOND.isoformat())
    story.second += 20
    story.version(BOOKING, "DELETE", story.calls.pop(5))


def a_lost_field(story: Story) -> None:
    answer_of(story, "hold", "person-2", "fail")["kept"] = {"name": ""}


def two_calls_of_one_form(story: Story) -> None:
    asked = next(one for one in story.history if (one["f"], one["process"]) == ("confirm", "person-1"))
    asked["value"]["key"] = "key-2"


def a_form_that_is_refused_the_second_time(story: Story) -> None:
    line = [one for one in story.history if (one["f"], one["process"]) == ("confirm", "person-2")][-1]
    line["type"], line["value"] = "fail", {"why": "already"}


def a_sequence_that_falls(story: Story) -> None:
    moved = next(mail for mail in story.mails if mail["outbox_id"] == "mail-5")
    story.mails[0]["sequence"], moved["sequence"] = 2, 1


def an_invitation_after_its_cancellation(story: Story) -> None:
    story.mail(2, "bookings/place_changed", "bram@voorbeeld.example", "REQUEST")


def a_cancellation_that_is_no_newer(story: Story) -> None:
    next(mail for mail in story.mails if mail["method"] == "CANCEL")["sequence"] = 0


def a_change_without_a_version(story: Story) -> None:
    for one in story.versions:
        if (
            one["table"] == BOOKING
            and one["row"]["public_id"] == "call-2"
            and one["row"]["status"] == "cancelled"
        ):
            one["row"]["sequence"] = 0
    story.calls[2]["sequence"] = 0


def another_calls_uid(story: Story) -> None:
    for one in story.versions:
        if one["table"] == BOOKING and one["row"]["public_id"] == "call-2":
            one["row"]["ics_uid"] = "uid-1"


def a_reminder_after_a_cancel(story: Story) -> None:
    story.mail(2, "bookings/reminder_invitee", "bram@voorbeeld.example")


def a_reminder_of_the_time_before_the_move(story: Story) -> None:
    story.calls[1]["sequence"] = 0
    story.mail(1, "bookings/reminder_invitee", NOOR)
    story.calls[1]["sequence"] = 1


def a_reminder_of_a_call_that_began(story: Story) -> None:
    jump = story.ask("clock", "jump", offset=4 * 86400)
    story.offset = 4 * 86400
    story.answer(jump, "ok")
    story.second += 5
    story.events.clear()
    story.mail(1, "bookings/reminder_coach", "jet@voorbeeld.example")


def somebody_who_was_not_told(story: Story) -> None:
    story.outbox = {pk: row for pk, row in story.outbox.items() if pk != 1}
    story.versions = [v for v in story.versions if v["table"] != MAIL or v["row"]["id"] != 1]
    story.mails.pop(0)


def a_mail_that_is_called_sent(story: Story) -> None:
    story.mails.pop()


def a_late_drain(story: Story) -> None:
    story.seconds_to_drain = 61


def a_drain_without_end(story: Story) -> None:
    story.seconds_to_drain = None


def a_due_mail_that_waits(story: Story) -> None:
    story.outbox[6]["status"] = "retry"


def an_event_too_many(story: Story) -> None:
    story.events.append({"uid": "uid-2", "start": SECOND.isoformat(), "end": SECOND.isoformat()})


def an_event_too_few(story: Story) -> None:
    story.events.clear()


def an_event_at_the_old_time(story: Story) -> None:
    story.events[0] |= {"start": FIRST.isoformat(), "end": (FIRST + timedelta(minutes=30)).isoformat()}


def an_erased_string(story: Story) -> None:
    story.searched[0]["hits"].append({"where": "web.log", "word": "saar"})


def an_erased_person_nobody_looked_for(story: Story) -> None:
    story.searched.clear()


def a_place_nobody_looked_in(story: Story) -> None:
    story.searched[0]["looked"]["logs"] = 0


TAMPERINGS: dict[Tampering, set[str]] = {
    a_portal_that_was_not_there: {"it was a run"},
    a_deleted_booking: {"stays as it is", "counts are conserved"},
    a_booking_deleted_by_a_statement: {"stays as it is", "counts are conserved"},
    a_call_changed_by_nobody: {"stays as it is"},
    a_call_nobody_asked_for: {"nothing unasked", "stays as it is"},
    a_call_of_somebody_who_was_refused: {"nothing unasked"},
    a_move_to_another_time_than_was_asked: {"acknowledged stands"},
    a_doubled_mail: {"copies are explained"},
    tips_that_come_twice: {"copies are explained"},
    an_unmarked_copy: {"copies are marked"},
    a_copy_under_another_name: {"copies are marked"},
    a_mail_without_a_row: {"a mail has its row"},
    a_mail_before_its_row: {"a mail has its row"},
    a_mail_to_somebody_else: {"a mail has its row"},
    an_overlap: {"no overlap"},
    an_unjustified_refusal: {"taken is justified"},
    a_refusal_of_ones_own_hold: {"taken is justified"},
    a_listed_start_that_was_never_free: {"listed was free"},
    a_listed_start_of_a_closed_day: {"listed was free"},
    a_listed_start_outside_the_hours: {"listed was free"},
    a_listed_start_off_the_grid: {"listed was free"},
    a_listed_start_too_soon: {"listed was free"},
    a_listed_start_too_far: {"listed was free"},
    a_hold_that_ended_early: {"a hold is kept"},
    a_lost_field: {"typed is kept"},
    two_calls_of_one_form: {"one answer a form"},
    a_form_that_is_refused_the_second_time: {"one answer a form"},
    a_sequence_that_falls: {"sequence never falls"},
    an_invitation_after_its_cancellation: {"sequence never falls"},
    a_cancellation_that_is_no_newer: {"sequence never falls", "one uid a call"},
    a_change_without_a_version: {"one uid a call"},
    another_calls_uid: {"one uid a call"},
    a_reminder_after_a_cancel: {"reminders are true"},
    a_reminder_of_the_time_before_the_move: {"reminders are true"},
    a_reminder_of_a_call_that_began: {"reminders are true"},
    somebody_who_was_not_told: {"everybody is told"},
    a_mail_that_is_called_sent: {"everybody is told"},
    a_late_drain: {"due mail has left"},
    a_drain_without_end: {"due mail has left"},
    a_due_mail_that_waits: {"due mail has left"},
    an_event_too_many: {"the calendar agrees"},
    an_event_too_few: {"the calendar agrees"},
    an_event_at_the_old_time: {"the calendar agrees"},
    an_erased_string: {"erased is nowhere"},
    an_erased_person_nobody_looked_for: {"erased is nowhere"},
    a_place_nobody_looked_in: {"erased is nowhere"},
}


@pytest.mark.parametrize(
    ("tampering", "rules"), TAMPERINGS.items(), ids=lambda one: getattr(one, "__name__", "")
)
def test_each_tampering_is_found_by_the_rule_meant_for_it_and_by_no_other(
    tampering: Tampering, rules: set[str]
) -> None:
    assert found_after(tampering) == rules


def test_of_a_run_in_which_all_went_well_nothing_is_found_and_every_rule_looked_at_something() -> None:
    run = deepcopy(well()).run()
    assert judge(run) == []
    assert {name for name, count in run.looked.items() if count} == {name_of(rule) for rule in RULES}


def test_a_later_form_of_the_same_person_for_the_same_time_is_another_form() -> None:
    """Whose answer was lost, who then cancelled and booked that time again: two calls of two forms."""
    story = deepcopy(well())
    lost = next(one for one in story.history if (one["f"], one["type"]) == ("confirm", "info"))
    form = next(one for one in story.history if (one["op"], one["type"]) == (lost["op"], "invoke"))["value"]
    asked = story.ask("person-2", "confirm", **form | {"key": "another"})
    story.held(12, datetime.fromisoformat(form["start"]), "bram")
    story.confirmed(12, form["email"])
    story.answer(asked, "ok", booking="call-12")
    assert "one answer a form" not in {finding.rule for finding in judge(story.run())}


def test_an_offered_time_that_was_asked_for_in_vain_before_is_a_call_of_its_own() -> None:
    story = deepcopy(well())
    lost = next(one for one in story.history if (one["f"], one["type"]) == ("confirm", "info"))
    form = next(one for one in story.history if (one["op"], one["type"]) == (lost["op"], "invoke"))["value"]
    asked = story.ask("person-2", "take-offer", start=form["start"], email=form["email"])
    story.held(12, datetime.fromisoformat(form["start"]), "bram")
    story.calls[12]["offer_id"] = 1
    story.confirmed(12, form["email"])
    story.answer(asked, "ok", booking="call-12")
    assert "one answer a form" not in {finding.rule for finding in judge(story.run())}


def test_every_rule_has_a_tampering_that_it_finds() -> None:
    assert {rule for rules in TAMPERINGS.values() for rule in rules} == {name_of(rule) for rule in RULES}


def test_the_command_judges_a_folder_again_and_names_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = deepcopy(well())
    story.write(tmp_path / "when" / "1")
    assert main([str(tmp_path)]) == 0
    assert ", 0 findings" in capsys.readouterr().out
    a_lost_field(story)
    story.write(tmp_path / "when" / "2")
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    number = next(n for n, line in enumerate(story.history, start=1) if line["type"] == "fail")
    assert "typed is kept: person-2 asked to hold 2026-12-03 08:00 UTC; the answer had lost name" in said
    assert f"and {number})" in said
    assert main([str(tmp_path / "nothing")]) == 2


def test_a_run_that_did_not_come_to_its_end_is_not_called_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (deepcopy(well()).write(tmp_path / "4") / "points.json").unlink()
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "4: this run did not come to its end\n"
