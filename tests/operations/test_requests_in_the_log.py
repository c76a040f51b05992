"""One line a request, and an id that leads from it to whatever it caused."""

from __future__ import annotations

import json
import logging
from typing import Any
from uuid import UUID

import pytest
from celery import current_app
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.test import Client

from assessments.mirror.measured import PAGES_OF_MEMBERS
from portal import request_ids
from portal.logs import JsonFormatter, MaskedFormatter, configured
from portal.operations import request_log
from tests.pages import names

GIVEN = "0123456789abcdef0123456789ABCDEF"
FORMATTERS = [MaskedFormatter("%(levelname)s %(message)s"), JsonFormatter()]


def lines(caplog: Any) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "portal.requests"]


def test_each_request_is_one_line_without_its_query(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    client.get("/robots.txt?email=sanne@voorbeeld.nl")
    (line,) = lines(caplog)
    assert (
        line.facts.items()
        >= {"method": "GET", "path": "/robots.txt", "view": "robots", "status": 200}.items()
    )
    assert "sanne" not in line.getMessage()


def test_machines_that_look_every_few_seconds_fill_no_log(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/healthz")
    assert [line.levelname for line in lines(caplog)] == ["DEBUG"]


def test_a_member_of_a_team_leaves_no_line(client: Client, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    assert client.get("/team/bedankt/").status_code == 200
    assert lines(caplog) == []
    assert request_log._left_out == set(PAGES_OF_MEMBERS) <= names()


@pytest.mark.parametrize("given", [GIVEN, "3f2b0c1d-0000-4000-8000-00000000abcd"])
def test_the_id_of_a_proxy_is_kept_and_told(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    assert request_ids.current() == ""


@pytest.mark.parametrize(
    "given",
    ["", "x", GIVEN + "0", GIVEN[:-1] + "\n", "sanne@voorbeeld.nl", "a" * 43, "é" * 32, "0" * 100_000],
)
def test_what_is_no_id_is_not_taken_for_one(client: Client, given: str) -> None:
    told = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert told != given
    assert str(UUID(told)) == told


def test_every_line_within_a_request_says_which_it_was() -> None:
    record = logging.LogRecord("portal.x", logging.INFO, "", 0, "Something of %s", ("it",), None)
    with request_ids.following(GIVEN):
        line, whole = [formatter.format(record) for formatter in FORMATTERS]
    assert line == f"INFO Something of it [{GIVEN}]"
    assert json.loads(whole)["request_id"] == GIVEN
    assert [GIVEN in formatter.format(record) for formatter in FORMATTERS] == [False, False]


def test_the_tasks_of_a_request_carry_its_id_and_no_other_task_does() -> None:
    headers: dict[str, Any] = {}
    before_task_publish.send("mail.deliver", headers=headers)
    assert headers == {}
    with request_ids.following(GIVEN):
        before_task_publish.send("mail.deliver", headers=headers)
    task = current_app.tasks["portal.answer"]
    for sent, followed in ((headers, GIVEN), ({}, "")):
        task.push_request(**sent)
        task_prerun.send(task, task=task)
        assert request_ids.current() == followed
        task_postrun.send(task, task=task)
        task.pop_request()
        assert request_ids.current() == ""


def test_json_is_one_object_a_line_masked_as_the_other() -> None:
    try:
        raise ValueError("bad sanne@voorbeeld.nl\n2026-12-01 INFO forged")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    record = logging.LogRecord("portal.x", logging.ERROR, "", 0, "At /u/%s\n\u2028", ("Ab3" * 8,), told)
    record.facts = {"path": "/u/" + "Ab3" * 8, "status": 500}
    (line,) = JsonFormatter().format(record).splitlines()
    said = json.loads(line)
    assert said["at"].endswith("+00:00")
    assert (
        said.items()
        >= {"level": "ERROR", "message": "At /u/***\n\u2028", "path": "/u/***", "status": 500}.items()
    )
    assert "***@voorbeeld.nl" in said["error"]
    assert "sanne" not in line


def test_log_format_chooses_and_errors_are_told_only_when_asked() -> None:
    plain, other = configured("INFO", form="line", tells=False), configured("INFO", form="json", tells=True)
    assert [one["handlers"]["console"]["formatter"] for one in (plain, other)] == ["line", "json"]
    assert [one["root"]["handlers"] for one in (plain, other)] == [["console"], ["console", "somebody"]]
