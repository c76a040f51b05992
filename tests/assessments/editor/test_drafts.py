"""A draft: made, numbered, saved by two people, published, thrown away. Without pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models.deletion import ProtectedError

from assessments.editor import drafts
from assessments.editor.drafts import ChangedMeanwhileError, NoDraftError, seen_of
from assessments.instrument import InstrumentError
from assessments.models import Instrument, PublishedInstrumentError
from tests.assessments.editor.conftest import rewrite
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory

pytestmark = pytest.mark.django_db


def rename(name: str) -> Any:
    def change(content: dict[str, Any]) -> None:
        content["keys"][0]["name"]["nl"] = name

    return change


def reverse_another(content: dict[str, Any]) -> None:
    for item, flag in zip(content["keys"][2]["items"], (True, False, False), strict=True):
        item["reverse"] = flag


def test_a_draft_gets_the_next_number_and_a_second_press_finds_it(current: Instrument) -> None:
    draft, is_new = drafts.clone(current.pk)
    assert (draft.version, draft.status, is_new) == ("1.2", "draft", True)
    assert drafts.clone(current.pk) == (draft, False)
    rewrite(draft, rename("Zeggen wat er speelt"))
    assert drafts.clone(current.pk)[0].version == "1.3"
    assert Instrument.objects.current() == current


def test_a_draft_of_the_first_version_is_compared_with_the_one_that_people_get(current: Instrument) -> None:
    draft, _is_new = drafts.clone(InstrumentFactory(version="1.0").pk)
    assert draft.version == "1.2"
    assert "'" not in str(draft.content["meta"]["intro"]["nl"])  # its quotes are those of the site
    assert drafts.compared_with(draft) == current


def test_a_section_is_saved_only_over_what_was_seen_of_it(draft: Instrument) -> None:
    was = seen_of(draft.content, "naming")
    drafts.save(draft.pk, "naming", rename("Eerst"), was=was)
    drafts.save(draft.pk, "naming", rename("Eerst"), was=was)  # a double click
    with pytest.raises(ChangedMeanwhileError) as error:
        drafts.save(draft.pk, "naming", rename("Later"), was=was)
    assert error.value.row.content["keys"][0]["name"]["nl"] == "Eerst"

    def other(content: dict[str, Any]) -> None:
        content["meta"]["cta"]["nl"] = "Bel"

    drafts.save(
        draft.pk, "general", other, was=seen_of(draft.content, "general")
    )  # another section: no quarrel
    draft.refresh_from_db()
    assert draft.content["meta"]["cta"]["nl"] == "Bel"


def test_more_than_words_asks_for_a_new_first_number(draft: Instrument) -> None:
    rewrite(draft, reverse_another)
    assert [one.rule for one in drafts.wrong_with(draft)][-1] == "more_than_words"
    with pytest.raises(InstrumentError):
        drafts.publish(draft.pk, was=draft.checksum)
    made = drafts.renumber(draft.pk, major=True)
    assert (made.version, made.content["meta"]["version"]) == ("2.0", "2.0")
    assert drafts.renumber(draft.pk, major=True).version == "2.0"
    assert drafts.renumber(draft.pk, major=False).version == "1.2"


def test_a_number_below_the_current_one_is_said_and_mended(draft: Instrument) -> None:
    InstrumentFactory(version="1.7")
    assert [(one.rule, one.facts["version"]) for one in drafts.wrong_with(draft)] == [("behind", "1.7")]
    assert drafts.renumber(draft.pk, major=False).version == "1.8"


def test_what_is_published_is_the_current_version_and_never_changes(draft: Instrument) -> None:
    rewrite(draft, rename("Zeggen wat er speelt"))
    with pytest.raises(ChangedMeanwhileError):
        drafts.publish(draft.pk, was="what somebody saw before")
    published = drafts.publish(draft.pk, was=draft.checksum)
    assert published.pk == draft.pk
    assert Instrument.objects.current() == published
    for refused in (
        lambda: drafts.save(draft.pk, "naming", rename("Anders"), was=""),
        lambda: drafts.renumber(draft.pk, major=True),
        lambda: drafts.discard(draft.pk, was=published.checksum),
        lambda: drafts.publish(draft.pk, was=published.checksum),
    ):
        with pytest.raises(NoDraftError):
            refused()
    with pytest.raises(PublishedInstrumentError):
        rewrite(published, rename("Met de hand"))


@pytest.mark.parametrize(
    "changed", [{"content": {}}, {"version": "9.9"}, {"status": "draft", "published_at": None}]
)
def test_the_database_refuses_to_change_what_is_published(
    current: Instrument, changed: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Instrument.objects.filter(pk=current.pk).update(**changed)
    assert Instrument.objects.get(pk=current.pk).checksum == current.checksum


def test_a_version_with_scans_cannot_be_deleted_either(current: Instrument) -> None:
    CompletedScanFactory(instrument=current)
    with pytest.raises(ProtectedError):
        current.delete()


def test_a_draft_is_thrown_away_once_and_only_as_it_was_seen(draft: Instrument) -> None:
    with pytest.raises(ChangedMeanwhileError):
        drafts.discard(draft.pk, was="")
    assert drafts.discard(draft.pk, was=draft.checksum).version == "1.2"
    with pytest.raises(NoDraftError):
        drafts.discard(draft.pk, was=draft.checksum)


def test_a_file_becomes_a_draft_with_a_number_that_fits(current: Instrument) -> None:
    def taken(version: str, *changes: Any) -> str:
        content = drafts._numbered(current.content, version)
        content = {**content, "keys": [*map(dict, content["keys"])]}
        content["keys"][0] = {**content["keys"][0], "name": {"nl": version, "en": version}}
        for change in changes:
            change(content)
        return drafts.take_in(content)[0].version

    assert taken("1.5") == "1.5"
    assert taken("1.1") == "1.6"  # published already
    assert taken("0.9") == "1.7"  # lower than the current one

    def other_minutes(content: dict[str, Any]) -> None:
        content["meta"] = content["meta"] | {"minutes": 9}

    assert taken("1.9", other_minutes) == "2.0"
    assert taken("3.0", other_minutes) == "3.0"
