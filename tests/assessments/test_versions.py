"""Two versions side by side: a minor one changes words only, a scan keeps its own, and they compare."""

from __future__ import annotations

import copy
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from assessments import services, summary
from assessments.checks import validate
from assessments.instrument import (
    LANGUAGES,
    InstrumentError,
    check_minor,
    typeset,
    version_number,
)
from assessments.key_pages import key_page, slugs
from assessments.models import Instrument, Scan, checksum_of
from tests.assessments.demo import BEFORE, FILES, content, instrument
from tests.assessments.walk import ANSWERS, page_data, send_page
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory, ScanFactory, UserFactory

Break = Callable[[dict[str, Any]], None]
VERSIONS = sorted(FILES)


def soup(client: Client, url: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(url).content, "html.parser")


def next_version(change: Break = lambda content: None, version: str = "1.2") -> dict[str, Any]:
    copied = copy.deepcopy(dict(content()))
    copied["meta"]["version"] = version
    change(copied)
    return copied


# ---- what a version may be ----------------------------------------------------------------------------
def test_a_version_is_major_and_minor_and_counts_as_numbers():
    assert version_number("1.10") > version_number("1.9") > version_number("1.0")
    for nonsense in ("1", "1.0.0", "v1.0", "1.", "01.0", "1.00", "", "1,0"):
        with pytest.raises(InstrumentError, match=r"major\.minor"):
            version_number(nonsense)


def test_a_version_without_quotation_marks_is_refused_before_ten_becomes_one():
    with pytest.raises(InstrumentError, match=r"1\.10 is not read as 1\.1"):
        validate(next_version(version=1.10))  # type: ignore[arg-type]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_shipped_version_is_valid_and_names_itself(version):
    validate(content(version))
    assert content(version)["meta"]["version"] == version


def test_1_1_differs_from_1_0_in_words_only():
    check_minor(content("1.1"), content("1.0"))
    assert content("1.1")["keys"] != content("1.0")["keys"]


def rename_an_item(content: dict[str, Any]) -> None:
    content["keys"][0]["items"][0]["id"] = "naming_4"


def turn_an_item_round(content: dict[str, Any]) -> None:
    items = content["keys"][0]["items"]
    items[0]["reverse"], items[2]["reverse"] = True, False


def make_another_item_core(content: dict[str, Any]) -> None:
    items = content["keys"][0]["items"]
    items[0]["core"], items[1]["core"] = False, True


def move_an_item(content: dict[str, Any]) -> None:
    page = content["presentation"][0]
    page[0], page[1] = page[1], page[0]


def pair_other_keys(content: dict[str, Any]) -> None:
    first, second = content["patterns"][:2]
    first["keys"][0], second["keys"][0] = second["keys"][0], first["keys"][0]


def score_otherwise(content: dict[str, Any]) -> None:
    content["meta"]["scoring"]["reverse"] = "5 - answer"


def move_a_band(content: dict[str, Any]) -> None:
    content["meta"]["scoring"]["bands"]["low"] = "[0,40)"


def add_a_point(content: dict[str, Any]) -> None:
    content["meta"]["scale"]["points"] = 6


CHANGES = [
    rename_an_item,
    turn_an_item_round,
    make_another_item_core,
    move_an_item,
    pair_other_keys,
    score_otherwise,
    move_a_band,
    add_a_point,
]


@pytest.mark.parametrize("change", CHANGES)
def test_more_than_words_needs_a_new_major_version(change):
    with pytest.raises(InstrumentError, match=r"Version 1\.2 differs from 1\.1 in more than words"):
        check_minor(next_version(change), content())


def test_any_text_may_be_worded_otherwise_and_a_new_one_added():
    def reword(content: dict[str, Any]) -> None:
        content["keys"][0]["items"][0]["self"]["nl"] = "Anders gezegd."
        content["meta"]["overall_feedback"]["even"] = {"nl": "Gelijk.", "en": "Even."}

    check_minor(next_version(reword), content())


# ---- words --------------------------------------------------------------------------------------------
def texts(part: Any, language: str) -> Iterator[str]:
    if isinstance(part, dict):
        if language in part:
            yield part[language]
        for inside in part.values():
            yield from texts(inside, language)
    elif isinstance(part, list):
        for inside in part:
            yield from texts(inside, language)


def runs(text: str) -> set[str]:
    """Five words in a row."""
    words = re.findall(r"[\w’']+", text.lower())
    return {" ".join(words[start : start + 5]) for start in range(len(words) - 4)}


@pytest.mark.parametrize(("version", "language"), list(itertools.product(VERSIONS, LANGUAGES)))
def test_no_two_statements_share_five_words_in_a_row(version, language):
    found: dict[str, set[str]] = defaultdict(set)
    for item in instrument(language, version).items:
        for run in runs(item.text):
            found[run].add(item.id)
    assert {run: ids for run, ids in found.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_keys_share_five_words_in_a_row(language):
    found: dict[str, set[str]] = defaultdict(set)
    for key in content()["keys"]:
        items = [item["self"] for item in key["items"]]
        for text in texts({**key, "items": items}, language):
            for run in runs(text):
                found[run].add(key["slug"])
    assert {run: slugs for run, slugs in found.items() if len(slugs) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_1_1_quotes_with_one_pair_of_marks_and_promises_no_team_version(language):
    shown = " ".join(
        text
        for name, part in content()["meta"].items()
        if "team" not in name
        for text in texts(part, language)
    )
    shown += " ".join(texts(content()["keys"], language))
    assert not re.findall("[\"'„“”]", shown)
    assert not re.findall(r"teamversie|team version|laagste sleutel|lowest key", shown)


# ---- quotes -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_shown_with_one_kind_of_quotes(version, language):
    shown = str(asdict(instrument(language, version)).values())
    assert not re.findall("[„“”]|\\\\'", shown)
    assert shown.count("‘") == len(re.findall("‘[^‘]+?’", shown)) > 10


def test_1_0_stays_as_it_was_published():
    checksum = "6895a0997465dfb2f4ad48cd10e9be487bae1ab3185f2b704ec0d93f19a55ee7"
    assert checksum_of(content("1.0")) == checksum
    assert typeset("Je team kijkt 's ochtends of 'het' kan.") == "Je team kijkt ’s ochtends of ‘het’ kan."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_the_keys_have_the_same_quotes(language):
    shown = " ".join(str(key_page(slug, language)) for slug in slugs())
    assert not re.findall("[„“”]|\\\\'", shown)


# ---- published ----------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestPublished:
    def test_a_database_with_1_0_gets_1_1_beside_it(self):
        first = InstrumentFactory(version="1.0")
        call_command("load_instrument", verbosity=0)
        assert sorted(row.version for row in Instrument.objects.all()) == VERSIONS
        assert Instrument.objects.get(version="1.0") == first
        assert Instrument.objects.current().version == "1.1"

    def test_the_highest_version_is_current_in_whatever_order_they_came(self):
        for version in ("1.9", "1.10", "1.1", "1.0"):
            InstrumentFactory(version=version)
        assert Instrument.objects.current().version == "1.10"

    def test_publishing_refuses_a_minor_version_that_scores_otherwise(self):
        InstrumentFactory()
        with pytest.raises(InstrumentError, match="in more than words"):
            services.publish_instrument(next_version(score_otherwise))
        services.publish_instrument(next_version(score_otherwise, version="2.0"))

    def test_loading_names_the_file_and_goes_from_low_to_high(self, tmp_path, monkeypatch, capsys):
        for version in ("1.10", "1.9"):
            path = tmp_path / f"scan_{version}.yaml"
            path.write_text(yaml.safe_dump(next_version(version=version), allow_unicode=True))
        monkeypatch.setattr("assessments.management.commands.load_instrument.FOLDER", tmp_path)
        call_command("load_instrument")
        assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["1.9:", "1.10:"]
        (tmp_path / "worse.yaml").write_text(yaml.safe_dump(next_version(move_an_item, version="1.11")))
        with pytest.raises(CommandError, match=r"worse\.yaml: Version 1\.11 differs"):
            call_command("load_instrument")


# ---- scans --------------------------------------------------------------------------------------------
@pytest.fixture
def both(db: None) -> Iterator[dict[str, Instrument]]:
    with translation.override("nl"):
        yield {version: InstrumentFactory(version=version) for version in VERSIONS}


def test_the_landing_and_a_new_scan_have_the_newest_words(client, both):
    assert instrument(version="1.1").items[0].text in soup(client, reverse("assessments:landing")).text
    client.post(reverse("assessments:start"))
    assert Scan.objects.get().instrument == both["1.1"]


def test_a_scan_that_was_begun_in_1_0_goes_on_in_its_words(client, both):
    user = UserFactory()
    scan = ScanFactory(user=user, instrument=both["1.0"])
    client.force_login(user)
    client.post(reverse("assessments:start"), {"clear_1": "4"})  # the first item of the new landing page
    scan.refresh_from_db()
    assert scan.answers == {"clear_1": 4}
    page = soup(client, reverse("assessments:scan", args=[1]))
    assert page.legend.text.strip().endswith(instrument(version="1.0").items[0].text)
    for number in range(1, 7):
        send_page(client, number, page_data(number, ANSWERS))
    scan.refresh_from_db()
    assert (scan.is_completed, scan.instrument, Scan.objects.count()) == (True, both["1.0"], 1)


def test_a_result_of_1_0_keeps_the_words_of_1_0(client, both):
    user = UserFactory()
    scan = CompletedScanFactory(user=user, instrument=both["1.0"])
    client.force_login(user)
    page = soup(client, reverse("assessments:result", args=[scan.public_id])).text
    assert "Kies één taak waarbij een fout te overleven is" in page
    assert "daar begint je plan" in page
    assert "versie 1.0" in page
    assert summary.summary(scan.public_id, "nl").coach_questions


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nl", "Tussen deze scans is de formulering verbeterd (versie 1.0 en 1.1)."),
        ("en", "The wording was improved between these scans (versions 1.0 and 1.1)."),
    ],
)
def test_scans_of_1_0_and_1_1_compare_and_the_page_says_the_wording_was_improved(
    client, both, language, sentence
):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90, instrument=both["1.0"])
    scan = CompletedScanFactory(user=user, instrument=both["1.1"])
    client.force_login(user)
    with translation.override(language):
        page = soup(client, reverse("assessments:result", args=[scan.public_id]))
    assert len(page.select("table.beams td.key-change")) == 10
    assert page.text.count(sentence) == 1
    assert sentence in summary.summary(scan.public_id, language).reworded


def test_major_versions_never_compare(client, both):
    user = UserFactory()
    CompletedScanFactory(user=user, sums=BEFORE, days_ago=90, instrument=both["1.1"])
    scan = CompletedScanFactory(user=user, instrument=InstrumentFactory(version="11.1"))
    client.force_login(user)
    page = soup(client, reverse("assessments:result", args=[scan.public_id]))
    assert not page.select("table.beams td.key-change")
    assert summary.summary(scan.public_id, "nl").previous_completed_at is None
    assert "formulering" not in page.text
