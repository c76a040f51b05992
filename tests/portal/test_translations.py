"""What `make check` and `make messages` say about the Dutch; whether ours is good, `make check` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.management import call_command

from portal.translations import problems, reworded, used_messages

PO = "locale/nl/LC_MESSAGES/django.po"


def entry(msgid: str, msgstr: str, source: str = "bookings/words.py") -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, occurrences=[(source, "")], linenum=7)


def test_the_reader_finds_messages_in_python_and_templates() -> None:
    found = used_messages()
    assert "portal/accounts/forms.py" in found["", "Fill in your e-mail address.", ""]
    assert all(name.startswith("templates/") for name in found["", "Send me the code", ""])


@pytest.mark.parametrize(
    ("msgid", "dutch", "sentence"),
    [
        ("Hello %(name)s", "Hallo %(naam)s", '"Hallo %(naam)s" has other %(names)s than "Hello %(name)s".'),
        ("Say ‘yes’.", "Zeg “ja”.", '"Zeg “ja”." uses other quotes than ‘…’.'),
        ("Say ‘yes’.", "Zeg 'ja'.", "\"Zeg 'ja'.\" uses other quotes than ‘…’."),
        ("Done.", "Klaar!", '"Klaar!" shouts: take the exclamation mark out.'),
        ("Your call", "Uw gesprek", '"Uw gesprek" says u: say je.'),
        ("This site", "Dit portaal", "\"Dit portaal\" speaks of a portal: whoever visits is on 'deze site'."),
    ],
)
def test_dutch_that_is_not_ours_is_named_with_its_line(msgid: str, dutch: str, sentence: str) -> None:
    used = {("", msgid, ""): ["bookings/words.py"]}
    assert list(problems(used, [entry(msgid, dutch)])) == [f"{PO}:7: {sentence}"]


@pytest.mark.parametrize("catalogue", [[], [entry("Tell us why.", "")]], ids=["no entry", "an empty one"])
def test_a_sentence_without_dutch_is_named_with_the_file_that_says_it(catalogue: list[polib.POEntry]) -> None:
    used = {("", "Tell us why.", ""): ["bookings/words.py", "templates/x.html"]}
    assert list(problems(used, catalogue)) == [
        f'bookings/words.py: "Tell us why." has no Dutch; run `make messages` and write it in {PO}.'
    ]


@pytest.mark.parametrize("english", ["Say “yes”.", "Say 'yes'.", "Say „yes”."])
def test_english_has_the_same_quotes(english: str) -> None:
    used = {("", english, ""): ["bookings/words.py"]}
    assert list(problems(used, [entry(english, "Zeg ‘ja’.")])) == [
        f'bookings/words.py: "{english}" uses other quotes than ‘…’.'
    ]


def test_dutch_that_nobody_says_is_named() -> None:
    assert list(problems({}, [entry("Gone.", "Weg.")])) == [
        f'{PO}:7: "Gone." is used nowhere; run `make messages`.'
    ]


def test_the_pages_of_this_machine_may_speak_of_a_portal() -> None:
    local = entry("This portal", "Dit portaal", "templates/local/mail.html")
    assert not list(problems({("", "This portal", ""): ["templates/local/mail.html"]}, [local]))


def test_a_reworded_sentence_shows_the_dutch_it_had() -> None:
    gone = [entry("Choose a time.", "Kies een tijd."), entry("Your call is confirmed.", "Je gesprek staat.")]
    assert reworded("Choose a time that suits you.", gone) == "Kies een tijd."
    assert reworded("Something else altogether", gone) == ""
    assert reworded("Choose a time.", []) == ""


def test_a_reworded_number_shows_both_its_forms() -> None:
    days = polib.POEntry(msgid="%(count)d day", msgid_plural="%(count)d days")
    days.msgstr_plural = {0: "%(count)d dag", 1: "%(count)d dagen"}
    assert reworded("%(count)d day ahead", [days]) == "%(count)d dag / %(count)d dagen"


def test_the_dutch_of_a_reworded_sentence_stays_beside_it_until_it_has_its_own(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = tmp_path
    source, catalogue = tmp_path / "portal" / "words.py", tmp_path / PO
    source.parent.mkdir()
    source.write_text('_("Choose a time.")')
    call_command("update_translations")
    written = polib.pofile(str(catalogue))
    written[0].msgstr = "Kies een tijd."
    written.save()
    source.write_text('_("Choose a time that suits you.")')
    for _twice in range(2):
        call_command("update_translations")
        assert "was: Kies een tijd." in capsys.readouterr().out
        (entry,) = polib.pofile(str(catalogue))
        assert (entry.msgid, entry.msgstr) == ("Choose a time that suits you.", "")
    written = polib.pofile(str(catalogue))
    written[0].msgstr = "Kies een tijd die je past."
    written.save()
    call_command("update_translations")
    assert polib.pofile(str(catalogue))[0].tcomment == ""
