"""A list of hundreds is written as Django writes a short one."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django import forms

from portal.common.selects import LongSelect

CHOICES = [("", "Choose"), ("Europe", [("Europe/Paris", "Paris"), ('<"&', "<b>bold</b>")]), ("UTC", "UTC")]


@pytest.mark.parametrize("value", [None, "", "UTC", "Europe/Paris", '<"&', "gone"])
def test_it_says_the_same_as_djangos_own(value: str | None) -> None:
    def read(widget: type[forms.Select]) -> list[object]:
        select = widget(attrs={"class": "input"}, choices=CHOICES)
        page = BeautifulSoup(select.render("zone", value, {"id": "id_zone", "required": True}), "html.parser")
        return [(tag.name, tag.attrs, tag.string) for tag in page.find_all(True)]

    assert read(LongSelect) == read(forms.Select)
    assert len(read(LongSelect)) == 6
