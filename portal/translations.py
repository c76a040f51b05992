"""Translations without GNU gettext: what the source says, what the catalogue holds, and the compiled file.

Source strings are English; Dutch is the one catalogue. Django's own `templatize` turns templates into code,
and Python's parser reads the rest, so a fresh machine needs no xgettext or msgfmt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

FOLDERS = ["portal", "assessments", "bookings", "templates"]
FUNCTIONS = {
    "_",
    "__",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
QUOTES = "uses other quotes than ‘…’"
OTHER_QUOTES = re.compile(r"[„“”]|(?<!\w)'[\w…%]")
UNLIKE_US = {  # Dutch that is not ours, and what is
    QUOTES: re.compile(r"[„“”']"),
    "shouts: take the exclamation mark out": re.compile("!"),
    "says u: say je": re.compile(r"\b[Uu]w?\b"),
    "speaks of a portal: whoever visits is on 'deze site'": re.compile("portaal", re.IGNORECASE),
}
CALL = re.compile(r"\b(_|gettext|pgettext|ngettext|npgettext)\(")
DJANGOS_OWN = "portal/django_words.py"  # sentences that are Django's, to the letter
Message = tuple[str, str, str]  # context, singular, plural; empty where there is none


def catalogue_path(language: str = "nl") -> Path:
    return settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"


def compile_catalogue(language: str = "nl") -> int:
    path = catalogue_path(language)
    catalogue = polib.pofile(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return len(catalogue.translated_entries())


def message_of(entry: polib.POEntry) -> Message:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def problems(used: Mapping[Message, list[str]], catalogue: Iterable[polib.POEntry]) -> Iterator[str]:
    """What is wrong with the Dutch, each as `file: sentence`."""
    entries = {message_of(entry): entry for entry in catalogue}
    path = catalogue_path().relative_to(settings.BASE_DIR)
    for message, files in used.items():
        if OTHER_QUOTES.search(message[1] + message[2]) and DJANGOS_OWN not in files:
            yield f'{files[0]}: "{message[1]}" {QUOTES}.'
        if message not in entries or not entries[message].translated():
            yield f'{files[0]}: "{message[1]}" has no Dutch; run `make messages` and write it in {path}.'
    for message, entry in entries.items():
        if message not in used:
            yield f'{path}:{entry.linenum}: "{entry.msgid}" is used nowhere; run `make messages`.'
        for sentence in _wrong(entry):
            yield f"{path}:{entry.linenum}: {sentence}."


def _wrong(entry: polib.POEntry) -> Iterator[str]:
    if entry.msgstr and {*PLACEHOLDER.findall(entry.msgid)} != {*PLACEHOLDER.findall(entry.msgstr)}:
        yield f'"{entry.msgstr}" has other %(names)s than "{entry.msgid}"'
    is_local = all(source.startswith("templates/local/") for source, _line in entry.occurrences)
    for words in (entry.msgstr, *entry.msgstr_plural.values()):
        for sentence, pattern in UNLIKE_US.items():
            if pattern.search(words) and not (is_local and "portal" in sentence):
                yield f'"{words}" {sentence}'


def reworded(msgid: str, gone: Iterable[polib.POEntry]) -> str:
    """The Dutch of whichever of these sentences this one was, or nothing."""

    def likeness(entry: polib.POEntry) -> float:
        return SequenceMatcher(None, entry.msgid, msgid).ratio()

    nearest = max(gone, key=likeness, default=None)
    if nearest is None or likeness(nearest) < 0.5:
        return ""
    return nearest.msgstr or " / ".join(nearest.msgstr_plural.values())


def used_messages() -> dict[Message, list[str]]:
    found: dict[Message, list[str]] = {}
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
                continue
            reader = _in_python if path.suffix == ".py" else _in_template
            for message in reader(path.read_text(encoding="utf-8")):
                found.setdefault(message, []).append(str(path.relative_to(settings.BASE_DIR)))
    return found


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in FUNCTIONS:
            yield from _message(_name(node.func), node)


def _in_template(source: str) -> Iterator[Message]:
    code = templatize(source)
    for match in CALL.finditer(code):
        end = _closing(code, match.end())
        try:
            node = ast.parse(re.sub(r"\bu(['\"])", r"\1", code[match.start() : end])).body[0]
        except SyntaxError:
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _message(match[1], node.value)


def _closing(code: str, start: int) -> int:
    depth, quote, position = 1, "", start
    while depth and position < len(code):
        sign = code[position]
        if quote:
            if sign == "\\":
                position += 1
            elif code.startswith(quote, position):
                position += len(quote) - 1
                quote = ""
        elif sign in "'\"":
            quote = sign * 3 if code.startswith(sign * 3, position) else sign
            position += len(quote) - 1
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
        position += 1
    return position


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _message(function: str, node: ast.Call) -> Iterator[Message]:
    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if not texts or not isinstance(node.args[0], ast.Constant):
        return
    if function.startswith("npgettext"):
        yield (texts[0], texts[1], texts[2])
    elif function.startswith("pgettext"):
        yield (texts[0], texts[1], "")
    elif function.startswith("ngettext"):
        yield ("", texts[0], texts[1])
    elif texts[0]:
        yield ("", texts[0], "")
