"""The times of a kind of call in the units a person uses, and a form that folds what is seldom changed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from bookings.admin.forms.durations import DAY, HOUR, MINUTE, WEEK, DurationField, in_unit
from bookings.models import CallType
from tests.bookings.admin.hours.test_hours import change
from tests.bookings.admin.week.test_calendar import words

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.django_db]


def page_of(call_type: CallType) -> str:
    return reverse("admin:bookings_calltype_change", args=[call_type.pk])


@pytest.mark.parametrize(
    ("amount", "unit", "minutes"),
    [
        ("2", DAY, 2880),
        ("48", HOUR, 2880),
        ("2880", MINUTE, 2880),
        ("1,5", HOUR, 90),
        ("0.5", DAY, 720),
        ("2 dagen", MINUTE, 2880),
        ("4u", MINUTE, 240),
        ("90 min.", DAY, 90),
        ("0", MINUTE, 0),
    ],
)
def test_what_is_typed_is_kept_in_minutes(
    as_coach: Client, call_type: CallType, amount: str, unit: int, minutes: int
) -> None:
    typed = {"minimum_notice_minutes": amount, "minimum_notice_minutes_unit": str(unit)}
    assert change(as_coach, call_type, **typed).status_code == 302
    assert call_type.minimum_notice_minutes == minutes


@pytest.mark.parametrize(
    ("amount", "unit", "sentence"),
    [
        ("", "60", "Vul in hoelang."),
        ("veel", "60", "Dat is geen tijdsduur."),
        ("-1", "60", "Dat is geen tijdsduur."),
        ("3 maal", "60", "Dat is geen tijdsduur."),
        ("1", "61", "Dat is geen tijdsduur."),
        ("1e9", "60", "Dat is geen tijdsduur."),
        ("0,001", "60", "Dat komt niet uit op een heel getal."),
        ("91", "1440", "Dat is te lang: hoogstens 90 dagen."),
    ],
)
def test_what_is_no_length_is_refused_and_stays_as_it_was_typed(
    as_coach: Client, call_type: CallType, amount: str, unit: str, sentence: str
) -> None:
    typed = {"minimum_notice_minutes": amount, "minimum_notice_minutes_unit": unit}
    answer = change(as_coach, call_type, **typed)
    assert answer.status_code == 200
    assert sentence in words(answer)
    shown = BeautifulSoup(answer.content, "html.parser")
    assert shown.select_one("[name=minimum_notice_minutes]").get("value", "") == amount
    assert (
        shown.select_one("[name=minimum_notice_minutes]").find_parent("details") is None
    )  # its part is unfolded
    assert call_type.minimum_notice_minutes == 1440


def test_it_is_shown_in_the_largest_unit_that_fits(as_coach: Client, call_type: CallType) -> None:
    CallType.objects.update(minimum_notice_minutes=2880, cancel_notice_minutes=90, horizon_days=28)
    soup = BeautifulSoup(as_coach.get(page_of(call_type)).content, "html.parser")

    def shown(name: str) -> tuple[str, str]:
        unit = soup.select_one(f"[name={name}_unit] option[selected]")
        return soup.select_one(f"[name={name}]")["value"], unit.get_text()

    assert shown("minimum_notice_minutes") == ("2", "dagen")
    assert shown("cancel_notice_minutes") == ("90", "minuten")
    assert shown("horizon_days") == ("4", "weken")
    label = soup.select_one("label[for=id_minimum_notice_minutes_0]")
    assert "Uiterlijk boeken" in label.get_text()


def test_the_form_folds_what_is_seldom_changed_and_says_what_it_is_now(
    as_coach: Client, call_type: CallType
) -> None:
    CallType.objects.update(minimum_notice_minutes=2880, horizon_days=30)
    soup = BeautifulSoup(as_coach.get(page_of(call_type)).content, "html.parser")
    folded = [" ".join(one.get_text().split()) for one in soup.select("fieldset details > summary")]
    assert folded[0] == "Wanneer te boeken: tot 2 dagen ervoor, 30 dagen vooruit"
    assert folded[1] == "Ruimte eromheen: 15 minuten – 15 minuten"
    assert len(folded) == 5
    assert soup.select_one("[name=duration_minutes]").find_parent("details") is None


def test_saving_an_untouched_form_changes_no_minute(as_coach: Client, call_type: CallType) -> None:
    before = CallType.objects.values().get()
    soup = BeautifulSoup(as_coach.get(page_of(call_type)).content, "html.parser")
    form = soup.select_one("#calltype_form")
    sent: dict[str, Any] = {}
    for field in form.select("input[name]"):
        if field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
            sent.setdefault(field["name"], []).append(
                field.get("value", "on" if field.get("type") == "checkbox" else "")
            )
    for field in form.select("select[name]"):
        sent[field["name"]] = [one["value"] for one in field.select("option[selected]")]
    assert as_coach.post(page_of(call_type), sent).status_code == 302
    assert CallType.objects.values().get() == before


@given(st.integers(0, 90 * DAY))
def test_every_length_is_said_and_read_back_the_same(minutes: int) -> None:
    units = (MINUTE, HOUR, DAY, WEEK)
    amount, unit = in_unit(minutes, units)
    assert amount * unit == minutes
    assert DurationField(most=90 * DAY, units=units).clean([str(amount), str(unit)]) == minutes


@given(st.text(max_size=30), st.text(max_size=8))
def test_nothing_that_is_typed_breaks_it(amount: str, unit: str) -> None:
    with suppress(ValidationError):
        assert DurationField(most=DAY, required=False).clean([amount, unit]) in (None, *range(DAY + 1))


def test_the_units_are_those_a_person_says(as_coach: Client, call_type: CallType) -> None:
    page = BeautifulSoup(as_coach.get(page_of(call_type)).content, "html.parser")
    units = page.select("select[name=minimum_notice_minutes_unit] option")
    assert {str(one["value"]): one.text.strip() for one in units}[str(HOUR)] == "uur"
