"""Setting a report: nothing that was typed becomes code, and every sign is a letter that can be drawn and heard."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
import typst
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.report.typesetter import FONTS, TEMPLATES
from assessments.report.typesetting import LETTERS, printable

OURS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def drawn(text: str, *, weight: int = 400) -> Any:
    fonts = f'font: ("Archivo", "Archivo Ext"), weight: {weight}'
    source = f'#set document(title: "t")\n#set text({fonts})\n#sys.inputs.text'
    return typst.compile(source.encode(), font_paths=OURS, sys_inputs={"text": text}, pdf_standards="ua-1")


@pytest.mark.parametrize("weight", [400, 600])
def test_our_fonts_have_every_letter_that_is_let_through(weight: int) -> None:
    """The standard refuses a sign without a letter, and with it the whole report."""
    letters = "".join(chr(code) for code in range(sys.maxunicode) if re.match(f"[{LETTERS}]", chr(code)))
    assert len(letters) > 300
    assert drawn(letters, weight=weight).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Łukasz Şahin", "Łukasz Şahin"),
        ("Zoe\u0308", "Zoë"),
        ("Nguyễn", "Nguyen"),
        ("愛 😀", "? ?"),
        ("a\x00b\u2028c", "a b c"),
        ("\u202eomgekeerd\u200d", "omgekeerd"),
        ("\ud800", ""),
        ("≤ 26", "? 26"),
    ],
)
def test_what_has_no_letter_is_written_as_near_as_can_be(typed: str, shown: str) -> None:
    assert printable({"rows": [[typed, 1, None]]}) == {"rows": [[shown, 1, None]]}


@given(st.text(max_size=40))
@hypothesis_settings(max_examples=20)
def test_any_text_at_all_can_be_set(text: str) -> None:
    assert drawn(printable(text)).startswith(b"%PDF")


def test_templates_read_values_and_no_other_file() -> None:
    """A value travels in `data` alone; what would run it as markup or read a file by its name is in no template."""
    for template in TEMPLATES.iterdir():
        source = template.read_text()
        assert not re.search(r"\b(eval|read|image|plugin|include|cbor|csv|toml|yaml|xml)\(", source), template
        assert "eval" not in source, template
        assert set(re.findall(r'#import "([^"]+)"', source)) <= {"parts.typ"}, template
