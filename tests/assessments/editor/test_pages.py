"""The pages on which the next version is written, published and thrown away."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from assessments import checks
from assessments.editor import drafts, said
from assessments.models import Instrument, Scan
from portal.common import page_cache
from tests.assessments.editor.conftest import address, filled_in, rewrite, soup, words
from tests.assessments.walk import ANSWERS, page_data, send_page
from tests.factories.assessments import CompletedScanFactory, ScanFactory, UserFactory

pytestmark = pytest.mark.django_db
NAME = "keys-0-name-nl"
FIRST = "keys-0-items-0-self-nl"


def save(browser: Client, row: Instrument, section: str = "naming", **changed: str) -> Any:
    data = filled_in(browser, row, section) | changed
    return browser.post(address("section", row, section), data)


# ---- the versions ------------------------------------------------------------------------------------------
def test_the_list_says_which_version_people_get_and_how_many_scans_it_has(
    practice: Client, coach: Client, current: Instrument
) -> None:
    CompletedScanFactory(instrument=current)
    shown = words(practice.get(address("changelist")))
    assert "Versie 1.1 nieuwe scans krijgen deze" in shown
    assert "1 scan afgerond" in shown
    of_coach = words(coach.get(address("changelist")))
    assert "afgerond" not in of_coach
    assert "Maak een concept" not in of_coach


def test_the_list_asks_as_often_with_one_version_as_with_three(
    practice: Client, current: Instrument, django_assert_num_queries: Any
) -> None:
    path = address("changelist")
    practice.get(path)
    with django_assert_num_queries(5):
        practice.get(path)
    for name in ("Een", "Twee"):
        draft, _is_new = drafts.clone(current.pk)
        rewrite(draft, lambda content, name=name: content["keys"][0]["name"].update(nl=name))  # type: ignore[misc]
    with django_assert_num_queries(5):
        practice.get(path)


def test_a_draft_is_made_once_and_logged(practice: Client, current: Instrument) -> None:
    answer = practice.post(address("clone", current), follow=True)
    assert "Versie 1.2 is een concept." in answer.content.decode()
    assert "Er is nog niets gewijzigd" in words(answer)
    practice.post(address("clone", current))
    draft = Instrument.objects.get(status="draft")
    assert [str(one) for one in LogEntry.objects.values_list("change_message", flat=True)] == [
        "Concept gemaakt van versie 1.1"
    ]
    history = practice.get(reverse("admin:assessments_instrument_history", args=[draft.pk]))
    assert "Concept gemaakt van versie 1.1" in history.content.decode()


# ---- a section ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("section", ["general", "scale", "naming", "patterns", "order"])
def test_every_section_opens_and_saved_as_it_is_changes_nothing(
    practice: Client, draft: Instrument, section: str
) -> None:
    data = filled_in(practice, draft, section)
    assert len(data) < 100
    answer = practice.post(address("section", draft, section), data)
    assert answer.status_code == 302
    assert Instrument.objects.get(pk=draft.pk).checksum == draft.checksum


def test_a_text_is_saved_cleaned_and_shown_against_the_current_version(
    practice: Client, draft: Instrument
) -> None:
    answer = save(practice, draft, **{NAME: "  Zeggen   wat er speelt\u202e "})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.content["keys"][0]["name"]["nl"] == "Zeggen wat er speelt"
    page = soup(practice.get(address("section", draft, "naming")))
    (shown,) = page.select(".differing")
    assert [one.name for one in shown.find_all(["del", "ins"])] == ["del", "ins"]
    assert "[eruit: Benoemen]" in shown.text
    assert "1 tekst is anders dan in versie 1.1." in words(practice.get(address("change", draft)))
    assert "Alleen woorden veranderen" in words(practice.get(address("change", draft)))


def test_an_empty_text_is_kept_and_said_with_a_way_to_it(practice: Client, draft: Instrument) -> None:
    assert save(practice, draft, **{"keys-0-items-1-team-en": ""}).status_code == 302
    page = soup(practice.get(address("change", draft)))
    (link,) = page.select(".editor-wrong a")
    assert (
        link.text == "Nog leeg in het Engels: Benoemen wat er speelt, Uitspraak 2, zoals het team hem leest."
    )
    path, _hash, field = str(link["href"]).partition("#")
    assert soup(practice.get(path)).find(id=field).name == "textarea"  # type: ignore[union-attr]
    assert not page.find("a", href=address("publish", draft))


def test_another_reversed_and_another_core_statement(practice: Client, draft: Instrument) -> None:
    assert save(practice, draft, reversed="0", core="1").status_code == 302
    draft.refresh_from_db()
    items = draft.content["keys"][0]["items"]
    assert [(item["reverse"], item["core"]) for item in items] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert draft.content["pulse"][0] == "naming_2"
    shown = words(practice.get(address("change", draft)))
    assert "een andere omgekeerde uitspraak in ‘Benoemen wat er speelt’" in shown
    assert "Dan is het een nieuwe scan" in shown
    practice.post(address("number", draft), {"major": "1"})
    assert "Scores ermee worden nooit vergeleken met die van versie 1.1" in words(
        practice.get(address("change", draft))
    )


def test_two_statements_swap_places(practice: Client, draft: Instrument) -> None:
    assert save(practice, draft, "order", **{"place-0": "2", "place-1": "1"}).status_code == 302
    draft.refresh_from_db()
    assert draft.content["presentation"][0][:2] == ["letting-go_1", "clear_1"]
    answer = save(practice, draft, "order", **{"place-0": "9", "place-1": "99", "place-2": "x"})
    assert answer.status_code == 422
    assert "Twee uitspraken staan op plaats 9." in words(answer)
    assert [soup(answer).find(id=f"id_place-{n}")["value"] for n in range(3)] == ["9", "99", "x"]  # type: ignore[index]


def test_who_saves_later_sees_both_and_loses_nothing(practice: Client, draft: Instrument) -> None:
    mine = filled_in(practice, draft, "naming")
    save(practice, draft, **{NAME: "Van een collega"})
    answer = practice.post(address("section", draft, "naming"), mine | {NAME: "Van mij"})
    assert answer.status_code == 409
    shown = words(answer)
    assert "Iemand heeft dit intussen gewijzigd." in shown
    assert "[eruit: een collega]" in shown
    again = {
        one["name"]: one.get("value", "") for one in soup(answer).select("form[data-editor] input[name]")
    }
    assert again[NAME] == "Van mij"
    assert (
        practice.post(
            address("section", draft, "naming"), mine | {NAME: "Van mij", "was": again["was"]}
        ).status_code
        == 302
    )
    draft.refresh_from_db()
    assert draft.content["keys"][0]["name"]["nl"] == "Van mij"


def test_who_writes_while_a_colleague_publishes_loses_nothing(practice: Client, draft: Instrument) -> None:
    mine = filled_in(practice, draft, "naming")
    save(practice, draft, **{NAME: "Van een collega"})
    draft.refresh_from_db()
    drafts.publish(draft.pk, was=draft.checksum)
    answer = practice.post(address("section", draft, "naming"), mine | {FIRST: "Mijn zin"})
    assert answer.status_code == 409
    assert "intussen gepubliceerd of weggegooid" in words(answer)
    assert "Mijn zin" in words(answer)
    assert Instrument.objects.get(pk=draft.pk).content["keys"][0]["items"][0]["self"]["nl"] != "Mijn zin"


@pytest.mark.parametrize(
    "sent",
    [
        {NAME: "x\0y"},
        {NAME: "x" * 5000},
        {FIRST: "y" * 5000},
        {"reversed": "7"},
        {"core": "nee"},
    ],
)
def test_what_cannot_be_is_a_sentence_and_nothing_typed_is_lost(
    practice: Client, draft: Instrument, sent: dict[str, str]
) -> None:
    answer = save(practice, draft, **sent, **{"keys-0-short-nl": "Blijft staan"})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.select(".errorlist")
    assert page.find(id="id_keys-0-short-nl")["value"] == "Blijft staan"  # type: ignore[index]
    assert Instrument.objects.get(pk=draft.pk).checksum == draft.checksum


def test_a_form_that_was_cut_short_empties_no_text(practice: Client, draft: Instrument) -> None:
    was = filled_in(practice, draft, "naming")["was"]
    assert (
        practice.post(address("section", draft, "naming"), {"was": was, NAME: "Alleen dit"}).status_code
        == 302
    )
    draft.refresh_from_db()
    assert draft.content["keys"][0]["short"]["nl"] == "Benoemen"


def test_a_coach_reads_a_draft_and_writes_nothing(coach: Client, draft: Instrument) -> None:
    page = soup(coach.get(address("section", draft, "naming")))
    assert page.select("textarea") == []
    assert "wie de praktijk beheert, schrijft het" in page.text
    assert coach.post(address("section", draft, "naming"), {NAME: "Anders"}).status_code == 403
    for name in ("clone", "number", "publish", "discard"):
        assert coach.post(address(name, draft)).status_code == 403
    assert Instrument.objects.get(pk=draft.pk).checksum == draft.checksum


@pytest.mark.parametrize(
    "path", ["999999/change/", "abc/change/", "1/section/niets/", "9999999999999999999/publish/"]
)
def test_what_is_not_there_is_not_found(practice: Client, path: str) -> None:
    assert practice.get(f"/beheer/assessments/instrument/{path}").status_code == 404


# ---- as visitors see it --------------------------------------------------------------------------------------
def test_the_preview_shows_what_is_typed_on_the_page_of_the_site_and_saves_nothing(
    practice: Client, draft: Instrument
) -> None:
    data = filled_in(practice, draft, "naming") | {"keys-0-mirror_pair-team-nl": "Dit is nieuw getypt."}
    for page in ("result", "key"):
        answer = practice.post(address("show", draft, "naming"), data | {"show": f"{page}.nl"})
        shown = soup(answer)
        assert "Dit is nieuw getypt." in shown.text, page
        assert shown.html["lang"] == "nl"  # type: ignore[index]
        assert shown.select("a[href]") == []
        assert shown.select("[type=submit], script") == []
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    english = practice.get(address("show", draft, "naming"), {"show": "statements.en"})
    assert draft.content["keys"][0]["items"][0]["self"]["en"] in english.content.decode()
    assert Instrument.objects.get(pk=draft.pk).checksum == draft.checksum
    assert not Scan.objects.exists()


@pytest.mark.parametrize("section", ["general", "scale", "patterns", "order", "open"])
def test_every_page_of_a_section_can_be_shown(practice: Client, draft: Instrument, section: str) -> None:
    page = soup(practice.get(address("section", draft, section)))
    assert (
        "frame-src 'self'"
        in practice.get(address("section", draft, section)).headers["Content-Security-Policy"]
    )
    shows = [str(one["value"]) for one in page.select("select[name=show] option")]
    assert len(shows) >= 4
    for show in shows[:: max(1, len(shows) // 3)]:
        assert practice.get(address("show", draft, section), {"show": show}).status_code == 200, show


def test_what_cannot_be_drawn_says_so(practice: Client, draft: Instrument) -> None:
    rewrite(draft, lambda content: content["presentation"][0].__setitem__(0, "nergens"))
    answer = practice.get(address("show", draft, "naming"), {"show": "statements.nl"})
    assert answer.status_code == 422
    assert "pas te zien als de uitspraken en hun volgorde kloppen" in answer.content.decode()
    assert practice.get(address("section", draft, "order")).status_code == 200
    assert "Zet de volgorde recht" in words(practice.get(address("change", draft)))


# ---- publishing and throwing away ------------------------------------------------------------------------------
def test_publishing_asks_first_and_new_scans_get_it_while_running_ones_keep_theirs(
    clock: Any, practice: Client, client: Client, draft: Instrument, current: Instrument
) -> None:
    user = UserFactory()
    running = ScanFactory(user=user, instrument=current)
    before = client.get(reverse("assessments:landing")).content.decode()  # kept from now on
    save(practice, draft, "clear", **{"keys-3-items-0-self-nl": "Wat goed is, zeg ik vooraf."})
    asked = practice.get(address("publish", draft))
    assert "nu 1 scan" in words(asked)
    assert "[erbij: goed]" in words(asked)
    was = soup(asked).select_one("#content input[name=was]")["value"]  # type: ignore[index]
    answer = practice.post(address("publish", draft), {"was": was}, follow=True)
    assert "Versie 1.2 is gepubliceerd." in answer.content.decode()
    assert practice.post(address("publish", draft), {"was": was}, follow=True).status_code == 200  # twice
    assert LogEntry.objects.filter(change_message="Gepubliceerd").count() == 1

    clock.shift(timedelta(seconds=page_cache.SECONDS))
    assert "Wat goed is, zeg ik vooraf." not in before
    assert "Wat goed is, zeg ik vooraf." in client.get(reverse("assessments:landing")).content.decode()
    client.force_login(user)
    for number in range(1, 7):
        send_page(client, number, page_data(number, ANSWERS))
    running.refresh_from_db()
    assert (running.is_completed, running.instrument) == (True, current)


def test_two_who_publish_at_once_and_one_who_changes_meanwhile(practice: Client, draft: Instrument) -> None:
    save(practice, draft, **{NAME: "Eerst"})
    draft.refresh_from_db()
    seen = draft.checksum
    save(practice, draft, **{NAME: "Later"})
    answer = practice.post(address("publish", draft), {"was": seen})
    assert answer.status_code == 409
    assert "Kijk nog een keer wat je publiceert." in answer.content.decode()
    assert Instrument.objects.get(pk=draft.pk).status == "draft"


def test_a_draft_with_something_missing_is_not_published(practice: Client, draft: Instrument) -> None:
    save(practice, draft, **{NAME: ""})
    draft.refresh_from_db()
    assert practice.get(address("publish", draft)).status_code == 302
    answer = practice.post(address("publish", draft), {"was": draft.checksum})
    assert answer.status_code == 409
    assert "dit ontbreekt nog" in answer.content.decode()
    assert Instrument.objects.get(pk=draft.pk).status == "draft"


def test_throwing_away_asks_first_and_is_logged(practice: Client, draft: Instrument) -> None:
    save(practice, draft, **{NAME: "Weg ermee"})
    page = soup(practice.get(address("discard", draft)))
    assert "1 gewijzigde tekst gaat weg" in " ".join(page.text.split())
    practice.post(address("discard", draft), {"was": "iets anders"})
    assert Instrument.objects.filter(pk=draft.pk).exists()
    was = page.select_one("#content input[name=was]")["value"]  # type: ignore[index]
    practice.post(address("discard", draft), {"was": was})
    assert not Instrument.objects.filter(pk=draft.pk).exists()
    assert LogEntry.objects.get().is_deletion()


def test_what_is_published_is_changed_by_no_address(practice: Client, current: Instrument) -> None:
    before = Instrument.objects.values().get(pk=current.pk)
    data = filled_in(practice, current, "naming") | {NAME: "Anders"}
    assert practice.post(address("section", current, "naming"), data).status_code == 409
    for name in ("number", "publish", "discard"):
        assert (
            practice.post(address(name, current), {"was": current.checksum}, follow=True).status_code == 200
        )
    for name in ("change", "delete", "add"):
        args = [] if name == "add" else [current.pk]
        path = reverse(f"admin:assessments_instrument_{name}", args=args)
        assert practice.post(path, {"post": "yes", "version": "9.9"}).status_code in (403, 405)
    assert Instrument.objects.values().get(pk=current.pk) == before


def test_every_rule_that_can_be_broken_has_a_sentence() -> None:
    found = re.findall(r'(?:Problem|found)\(\s*"(\w+)"', Path(checks.__file__).read_text(encoding="utf-8"))
    assert {*found} | {"behind", "more_than_words"} == {*said.RULE}
