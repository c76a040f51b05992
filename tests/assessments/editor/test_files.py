"""A version as a file: what is written reads back, and what comes in can do no harm. No database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import yaml
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.editor import files
from assessments.editor.files import FileError, read, text_of, written
from assessments.models import checksum_of
from tests.assessments.demo import content

pytestmark = pytest.mark.usefixtures("_english")
AS_JSONB = {
    name: content()[name] for name in sorted(content(), key=len)
}  # the database has an order of its own


@pytest.fixture
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def file() -> str:
    return written(AS_JSONB)


def refused(text: str) -> list[str]:
    with pytest.raises(FileError) as error:
        read(text, content())
    return error.value.lines


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_is_written_reads_back_with_the_same_checksum(version: str) -> None:
    text = written(content(version))
    assert checksum_of(read(text, content())) == checksum_of(content(version))
    assert text.startswith("meta:\n  slug: team-trust-self-scan\n  version: ")


def test_the_shipped_file_reads_too(file: str) -> None:
    assert list(yaml.safe_load(file)) == ["meta", "keys", "patterns", "presentation", "pulse"]
    assert "&" not in file.replace("&amp;", "")


def test_a_text_that_is_not_written_yet_is_an_empty_one() -> None:
    made = yaml.safe_load(written(content()))
    del made["keys"][3]["items"][1]["self"]["en"]
    made["keys"][0]["short"]["nl"] = None
    back = read(written(made), content())
    assert back["keys"][3]["items"][1]["self"]["en"] == ""
    assert back["keys"][0]["short"]["nl"] == ""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minutes: 7", "minutes: seven", "Line 11: ‘meta minutes’ should be a whole number."),
        ("version: '1.1'", "version: 1.10", "Line 3: ‘meta version’ is a text: put it in quotes."),
        ("version: '1.1'", "version: '1.99999999999999999999'", "The version is written as two numbers"),
        ("  tagline:", "  name:", "Line 8: ‘name’ stands here twice."),
        ("  tagline:", "  slogan:", "Line 8: ‘slogan’ is a name we do not know in meta."),
        ("reverse: false", "reverse: perhaps", "Line 106: ‘keys 1 items 1 reverse’ should be true or false."),
        ("slug: naming", "slug: charisma", "The key ‘charisma’ has no page on the site."),
        ("slug: naming", "slug: letting-go", "The same key stands there twice."),
        ("slug: team-trust-self-scan", "slug: another", "This is another scan"),
        (
            "nl: Benoemen wat er speelt",
            'nl: "x\\0y"',
            "Line 89: a sign stands here that cannot be in a text.",
        ),
        ("nl: Benoemen wat er speelt", 'nl: "x\\ud800y"', "Line 89: "),
        ("nl: Benoemen wat er speelt", "nl: No", "Line 89: ‘keys 1 name nl’ is a text: put it in quotes."),
        ("nl: Benoemen wat er speelt", "nl: 2026-13-45", "Line 89: ‘keys 1 name nl’ is a text"),
        (
            "nl: Benoemen wat er speelt",
            "nl: !!python/name:os.system x",
            "Line 89: ‘keys 1 name nl’ is a text",
        ),
        (
            "nl: Benoemen wat er speelt",
            f"nl: {'x' * 2001}",
            "Line 89: ‘keys 1 name nl’ is longer than 2000 signs.",
        ),
        ("id: naming_1", "id: csrfmiddlewaretoken x", "is no id"),
        ("nl: Benoemen wat er speelt", 'nl: "Benoemen', "here it stops being readable"),
        ("  name:\n    nl:", "  name: &a\n    nl:", "a text cannot refer to another one"),
    ],
)
def test_a_broken_file_names_the_line_and_what_is_wrong(file: str, old: str, new: str, sentence: str) -> None:
    assert old in file
    assert any(sentence in line for line in refused(file.replace(old, new, 1))), sentence


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2",
        "- " * 60_000,
        "[" * 60_000,
        "a: &a [x]\nb: [*a, *a]\n",
        "meta: 3",
        "meta: [1]",
        "\x01: 2",
        "? {a: b}\n: c",
        "--- 1\n--- 2",
        "%YAML 9.9\n---\na: 1",
        "2026-99-99",
    ],
)
def test_nonsense_is_a_sentence(text: str) -> None:
    assert all(refused(text))


def test_what_lies_deeper_than_a_scan_is_not_built_at_all() -> None:
    assert refused("[" * 13 + "]" * 13) == ["Line 1: this lies deeper than a scan goes."]


def test_what_is_no_text_in_utf_8_is_a_sentence() -> None:
    for data in (b"\xff\xfe\x00", b"", b"  \n", b"x" * (files.MOST_BYTES + 1)):
        with pytest.raises(FileError):
            text_of(data)
    assert text_of(b"\xef\xbb\xbfmeta: 1") == "meta: 1"


def test_many_things_wrong_are_counted_beyond_the_first(file: str) -> None:
    lines = refused(file.replace("reverse:", "turned:"))
    assert len(lines) == files.MOST_NAMED + 1
    assert lines[-1] == "And 54 more like these."


YAML = st.recursive(
    st.text("ab: -[]{}&*!#'\"\n", max_size=8), lambda inner: st.lists(inner, max_size=4).map("\n".join)
)


@given(YAML)
@settings(max_examples=80, deadline=None)
def test_whatever_comes_in_is_read_or_refused_in_words(text: str) -> None:
    with suppress(FileError):
        read(text, content())


def test_a_whole_file_in_another_shape_never_gets_through() -> None:
    made: Any = yaml.safe_load(written(content()))
    for name in ("slug", "scale", "cta"):
        less = {**made, "meta": {one: value for one, value in made["meta"].items() if one != name}}
        assert f"‘{name}’ is missing in meta." in refused(written(less))[0]
