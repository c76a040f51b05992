from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import services
from assessments.instrument import InstrumentError
from assessments.models import Instrument, PublishedInstrumentError, Scan
from tests.assessments import demo
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db


def changed_content() -> dict:
    return demo.content() | {"cta": "anders"}


def test_load_instrument_publishes_each_version_once_however_often_it_runs(capsys):
    call_command("load_instrument")
    call_command("load_instrument")
    assert capsys.readouterr().out.splitlines() == [
        "team-trust-self-scan 1.0: published",
        "team-trust-self-scan 1.1: published",
        "team-trust-self-scan 1.0: unchanged",
        "team-trust-self-scan 1.1: unchanged",
    ]
    assert {row.status for row in Instrument.objects.all()} == {"published"}


def test_load_instrument_refuses_other_content_under_a_published_version_in_one_sentence():
    InstrumentFactory()
    with pytest.raises(InstrumentError) as error:
        services.publish_instrument(changed_content())
    sentence = "Version 1.1 of team-trust-self-scan is published with other content. Give it a new version."
    assert str(error.value) == sentence


def test_load_instrument_names_the_file_that_is_not_complete(tmp_path, monkeypatch):
    (tmp_path / "half.yaml").write_text("meta: {slug: half}")
    monkeypatch.setattr("assessments.management.commands.load_instrument.FOLDER", tmp_path)
    with pytest.raises(CommandError, match=r"half\.yaml: Something is missing"):
        call_command("load_instrument")


def test_a_published_instrument_is_not_saved_with_other_content():
    row = InstrumentFactory()
    row.content = changed_content()
    with pytest.raises(PublishedInstrumentError):
        row.save()
    row.refresh_from_db()
    row.save()  # nothing changed: no complaint


def test_the_database_itself_refuses_to_change_a_published_instrument():
    row = InstrumentFactory()
    with pytest.raises(IntegrityError, match="is published and never changes"), transaction.atomic():
        Instrument.objects.filter(pk=row.pk).update(content=changed_content())
    with pytest.raises(IntegrityError, match="is published and never changes"), transaction.atomic():
        Instrument.objects.filter(pk=row.pk).update(status="draft", published_at=None)


def test_a_draft_may_change_and_is_parsed_anew():
    row = Instrument.objects.create(slug="draft", version="2.0", content=dict(demo.content()))
    assert row.parsed("nl").name == "Zelfscan teamvertrouwen"
    meta = demo.content()["meta"] | {"name": {"nl": "Andere naam", "en": "Other name"}}
    row.content = dict(demo.content()) | {"meta": meta}
    row.save()
    assert row.parsed("nl").name == "Andere naam"


def test_the_newest_published_version_is_the_current_one():
    InstrumentFactory()
    newer = InstrumentFactory(version="1.2")
    Instrument.objects.create(slug=newer.slug, version="2.0", content=dict(demo.content()))
    assert Instrument.objects.current() == newer


def test_without_an_instrument_the_operator_is_told_what_to_run():
    with pytest.raises(Instrument.DoesNotExist, match=r"manage\.py load_instrument"):
        Instrument.objects.current()


def test_an_instrument_with_scans_cannot_go():
    scan = ScanFactory()
    with pytest.raises(models_protected()), transaction.atomic():
        scan.instrument.delete()


def models_protected() -> type[Exception]:
    from django.db.models import ProtectedError

    return ProtectedError


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "completed"},
        {"status": "in_progress", "completed_at": timezone.now(), "scores": []},
        {"attached_at": timezone.now()},
        {"overall": 100.5},
        {"language": "de"},
    ],
)
def test_the_database_keeps_what_belongs_together(fields):
    scan = ScanFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Scan.objects.filter(pk=scan.pk).update(**fields)


def test_public_ids_are_random_and_long():
    first, second = ScanFactory(), ScanFactory()
    assert first.public_id != second.public_id
    assert len(first.public_id) == 24


def test_visible_to_gives_the_own_scans_and_this_browsers_while_it_is_nobodys():
    me, other = UserFactory(), UserFactory()
    mine = ScanFactory(user=me)
    theirs = ScanFactory(user=other)
    nobodys = ScanFactory()
    ScanFactory(user=me, status=Scan.Status.DISCARDED)

    def visible(user=None, *browser_scans):
        return set(Scan.objects.visible_to(user_id=user.pk if user else None, browser_scans=browser_scans))

    assert visible() == set()
    assert visible(None, nobodys.public_id) == {nobodys}
    assert visible(None, theirs.public_id) == set()
    assert visible(me) == {mine}
    assert visible(me, nobodys.public_id) == {mine, nobodys}
    assert visible(me, theirs.public_id) == {mine}


def test_first_unfinished_page_counts_did_not_come_up_as_an_answer():
    scan = ScanFactory(answers={item.id: None for item in demo.instrument().pages[0]})
    assert scan.first_unfinished_page == 2
    scan.answers = demo.answers(demo.NOW)
    assert scan.first_unfinished_page is None


def test_frozen_scores_are_those_of_the_answers():
    scan = CompletedScanFactory()
    scan.refresh_from_db()
    from assessments import scoring

    assert scan.frozen_scores == scoring.score(demo.instrument(), scan.answers)
