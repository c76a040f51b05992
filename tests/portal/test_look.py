"""The parts every page is made of, and what they may weigh."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.conf import settings
from django.contrib.messages import ERROR, SUCCESS
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.utils import translation

from assessments.key_pages import key_page, slugs
from portal.practice.facts import practice
from portal.sheets import SheetFinder

APPS = [settings.BASE_DIR / app / "static" for app in ("portal", "assessments", "bookings")]
SHEET = "{% block sheet %}"
FONTS = settings.BASE_DIR / "portal" / "static" / "portal" / "fonts"


class ShareForm(forms.Form):
    name = forms.CharField(label="Naam", help_text="Zoals je heet.")
    share = forms.ChoiceField(
        label="Delen?", choices=[("yes", "Ja"), ("no", "Nee")], widget=forms.RadioSelect
    )
    remark = forms.CharField(label="Opmerking", required=False)


@dataclass(frozen=True)
class Option:
    value: int
    label: str


def soup(template: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(render_to_string(template, context), "html.parser")


def files(pattern: str) -> list[Path]:
    return sorted(path for folder in APPS for path in folder.rglob(pattern))


def zipped(*texts: str) -> int:
    return sum(len(gzip.compress(text.encode())) for text in texts)


# ---- weight -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("sheet", "most"), [("site.css", 12_500), ("admin.css", 16_400)])
def test_a_sheet_stays_within_its_weight(sheet: str, most: int) -> None:
    assert zipped(SheetFinder().joined(sheet)) <= most


def test_scripts_together_stay_within_10_kilobytes() -> None:
    assert zipped(*(path.read_text(encoding="utf-8") for path in files("*.js"))) <= 10_000


def test_fonts_stay_within_40_kilobytes_and_carry_their_licence() -> None:
    assert sum(path.stat().st_size for path in FONTS.glob("*.woff2")) <= 40_000
    for path in FONTS.glob("OFL-*.txt"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("Copyright 2020 The ")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert len(list(FONTS.glob("OFL-*.txt"))) == 2


# ---- sheets -------------------------------------------------------------------------------------------
def test_a_side_is_served_as_one_sheet_and_its_parts_not_at_all() -> None:
    found = dict(SheetFinder().list([]))
    css = {path for path in found if path.endswith(".css")}
    assert {path for path in css if not path.startswith(("admin/", "local/"))} == {"site.css", "admin.css"}
    with found["site.css"].open("site.css") as file:
        assert file.read().decode() == SheetFinder().joined("site.css")


def test_a_sheet_holds_every_apps_parts_in_the_order_of_the_apps() -> None:
    site, admin = SheetFinder().joined("site.css"), SheetFinder().joined("admin.css")
    assert all(sheet.startswith("@layer base, components;") for sheet in (site, admin))
    order = [site.index(part) for part in ("--c-paper:", ".title-block {", ".beams {", ".slots {")]
    assert order == sorted(order)
    assert "--c-paper:" in admin
    assert ".week-event" in admin
    assert ".week-event" not in site


def test_a_sheet_that_changed_is_joined_anew_when_it_is_asked_for() -> None:
    finder = SheetFinder()
    path = Path(finder.find("site.css"))
    path.write_text("old", encoding="utf-8")
    assert Path(finder.find("site.css")).read_text(encoding="utf-8") == finder.joined("site.css")


def test_style_sheets_ask_nobody_else() -> None:
    for path in files("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text, path
        assert "://" not in text, path


# ---- parts --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["nl", "en"])
def test_beam_writes_a_decimal_point_in_every_language(language: str) -> None:
    with translation.override(language):
        beam = soup("drawings/beam.html", score=66.667, low=54.8, high=78.5, is_weakest=False).svg
    assert beam.find(class_="bar")["width"] == "66.7%"
    assert beam.find(class_="uncertainty")["x1"] == "54.8%"


def test_the_uncertainty_is_a_line_above_the_beam_with_both_its_ends() -> None:
    beam = soup("drawings/beam.html", score=66.667, low=54.8, high=78.5).svg
    drawn = [(line["x1"], line["x2"], line["y1"], line["y2"]) for line in beam.select(".uncertainty")]
    assert drawn == [("54.8%", "78.5%", "4", "4"), ("54.8%", "54.8%", "0", "8"), ("78.5%", "78.5%", "0", "8")]
    assert int(beam.find(class_="bar")["y"]) > 8


def test_what_was_expected_is_marked_only_beside_an_earlier_score() -> None:
    compared = soup("drawings/beam.html", score=75, previous=41.7, predicted=49.2).svg
    assert compared.select_one(".predicted")["cx"] == "49.2%"
    assert not soup("drawings/beam.html", score=75, previous=None, predicted=None).select(".predicted")


def test_beam_without_a_score_draws_only_its_track() -> None:
    beam = soup("drawings/beam.html", score=None, low=None, high=None).svg
    assert beam.find(class_="track")
    assert not beam.find_all(class_=["bar", "uncertainty", "previous"])


def test_weakest_beam_has_a_notch_and_not_only_a_colour() -> None:
    beam = soup("drawings/beam.html", score=25.0, low=13.2, high=36.8, is_weakest=True).svg
    assert "is-weakest" in beam["class"]
    assert beam.find(class_="notch")


def test_rail_has_six_radios_of_one_name_and_keeps_the_answer() -> None:
    options = [Option(value, f"woord {value}") for value in range(1, 6)]
    rail = soup("components/rail.html", name="clear_1", options=options, not_applicable="niet", value="4")
    radios = rail.find_all("input")
    assert [radio["value"] for radio in radios] == ["1", "2", "3", "4", "5", "na"]
    assert {radio["name"] for radio in radios} == {"clear_1"}
    assert [radio["value"] for radio in radios if radio.has_attr("checked")] == ["4"]


def test_field_names_its_hint_and_its_error() -> None:
    form = ShareForm({"name": ""})
    field = soup("components/field.html", field=form["name"])
    described = field.find("input")["aria-describedby"].split()
    assert [field.find(id=name).name for name in described] == ["span", "p"]
    assert field.label["for"] == field.find("input")["id"]


def test_radio_field_is_a_fieldset_without_a_chosen_answer() -> None:
    field = soup("components/field.html", field=ShareForm()["share"])
    assert field.fieldset.legend.text == "Delen?"
    assert not [radio for radio in field.find_all("input") if radio.has_attr("checked")]


def test_optional_field_says_so() -> None:
    with translation.override("en"):
        assert "Optional" in soup("components/field.html", field=ShareForm()["remark"]).text
        assert "Optional" not in soup("components/field.html", field=ShareForm()["name"]).text


def test_error_summary_links_to_controls_that_exist() -> None:
    form = ShareForm({})
    summary = soup("components/error_summary.html", form=form)
    page = (
        soup("components/field.html", field=form["name"]),
        soup("components/field.html", field=form["share"]),
    )
    targets = [link["href"].removeprefix("#") for link in summary.find_all("a")]
    assert len(targets) == 2
    assert all(part.find(id=target) for part, target in zip(page, targets, strict=True))


def test_an_error_after_a_redirect_is_an_alert_with_the_focus_and_stands_in_the_title() -> None:
    said = [Message(ERROR, "Dit kan niet."), Message(SUCCESS, "Dit wel.")]
    error, success = soup("components/messages.html", messages=said).select(".message")
    assert (error["role"], error["tabindex"], error.has_attr("autofocus")) == ("alert", "-1", True)
    assert (success["role"], success.has_attr("autofocus")) == ("status", False)
    with translation.override("nl"):
        assert soup("base.html", messages=said).title.text.split()[0] == "Fout:"
        assert "Fout" not in soup("base.html", messages=said[1:]).title.text


def test_error_summary_is_absent_without_errors() -> None:
    assert soup("components/error_summary.html", form=ShareForm()).find() is None


@pytest.mark.parametrize("number", range(1, 11))
def test_key_plan_marks_one_diagonal(number: int) -> None:
    plan = soup("drawings/keyplan.html", number=number)
    others = {
        soup("drawings/keyplan.html", number=n).find(class_="weakest-member")["d"] for n in range(1, 11)
    }
    assert len(plan.find_all(class_="weakest-member")) == 1
    assert len(others) == 10


# ---- title block --------------------------------------------------------------------------------------
def test_the_title_block_names_sheet_and_scale_only_where_something_was_measured() -> None:
    with translation.override("nl"):
        cells = [term.text for term in soup("base.html", practice=practice()).select(".title-block dt")]
        assert cells == ["Praktijk", "Verder op deze site", "Contact", "Jouw gegevens"]
    filled = {
        path.name for path in (settings.BASE_DIR / "templates").rglob("*.html") if SHEET in path.read_text()
    }
    assert filled == {"base.html", "landing.html", "result.html", "account.html", "course.html"}


def test_the_menu_of_a_narrow_screen_leads_to_a_nav_that_takes_the_focus() -> None:
    page = soup("base.html")
    menu = page.find(id=page.select_one(".menu-link")["href"].removeprefix("#"))
    assert (menu.name, menu["tabindex"]) == ("nav", "-1")
    assert [link["href"] for link in menu.select("li a")] == [
        link["href"] for link in page.select(".main-menu li a")
    ]
    assert menu["aria-label"] != page.select_one(".main-menu")["aria-label"]


# ---- words --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_key_page_has_its_words(language: str) -> None:
    assert len(slugs()) == 10
    for slug in slugs():
        page = key_page(slug, language)
        words = " ".join((page.scene, page.misunderstanding, page.answer, page.heart))
        assert 100 <= len(words.split()) <= 160, slug
        assert "!" not in words
