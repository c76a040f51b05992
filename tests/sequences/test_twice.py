"""A double click on the pages of sequences: one thing is made, and nobody hears of a colleague who is not there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.leads.sequences.models import OwnParagraph, Sequence, Step
from portal.leads.sequences.paragraphs import kinds
from tests.sequences.test_pages import ONE, form_of

pytestmark = pytest.mark.django_db
TEXTS = {f"{part}_{language}": "Tot ziens" for part in ("subject", "body") for language in ("nl", "en")}


def twice(coach: Client, path: str, sent: dict[str, Any]) -> list[Any]:
    answers = [coach.post(path, sent) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    return answers


def test_a_new_sequence_is_made_once(as_coach: Client, shipped: Sequence) -> None:
    made = {"name": "Na een no-show", "starts_on": "call.no_show", "stops_on": ["call.booked"], "version": 1}
    twice(as_coach, reverse("admin:sequences_sequence_add"), made)
    assert Sequence.objects.filter(name="Na een no-show").count() == 1


def test_a_new_mail_is_made_once_so_that_nobody_gets_it_twice(as_coach: Client, shipped: Sequence) -> None:
    add = reverse("admin:sequences_sequence_step_add", args=[shipped.pk])
    before = shipped.steps.count()
    twice(as_coach, add, form_of(as_coach.get(add)) | TEXTS)
    assert shipped.steps.count() == before + 1


def test_a_change_is_saved_once(as_coach: Client, shipped: Sequence) -> None:
    step = shipped.steps.first()
    assert step is not None
    path = reverse("admin:sequences_sequence_step", args=[shipped.pk, step.pk])
    twice(as_coach, path, form_of(as_coach.get(path)) | TEXTS)
    assert Step.objects.get(pk=step.pk).subject_nl == "Tot ziens"
    page = reverse(ONE, args=[shipped.pk])
    twice(as_coach, page, form_of(as_coach.get(page), ".sequence-form") | {"name": "Anders"})
    assert Sequence.objects.get(pk=shipped.pk).version == shipped.version + 2


def test_a_paragraph_is_saved_once(as_coach: Client) -> None:
    path = reverse("admin:sequences_sequence_paragraph", args=[next(iter(kinds()))])
    twice(as_coach, path, {"text_nl": "Tot dan.", "text_en": "See you.", "version": 0})
    assert OwnParagraph.objects.get().version == 1
