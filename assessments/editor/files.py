"""A version as a file: written so that people can read it, and read so that nothing in it can do harm.

What comes in has the shape of a version that is there, name by name; a text may be missing, for a draft is not done.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.utils.translation import gettext as _
from yaml.error import MarkedYAMLError
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, Event
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from assessments.checks import Path
from assessments.editor.fields import Content
from assessments.key_pages import LANGUAGES, slugs

MOST_BYTES: Final = 200_000  # three times the version that comes with the portal
MOST_SIGNS: Final = 2_000  # of one text
DEEPEST: Final = 12
MOST_NAMED: Final = 8
ORDER: Final = (
    *(
        "meta",
        "keys",
        "patterns",
        "presentation",
        "pulse",
        "slug",
        "version",
        "status",
        "order",
        "id",
        "value",
    ),
    *(
        "reverse",
        "core",
        "name",
        "short",
        "tagline",
        "minutes",
        "time_frame",
        "team_time_frame",
        "intro",
        "team_intro",
    ),
    *(
        "disclaimer",
        "scale",
        "scoring",
        "points",
        "options",
        "not_applicable",
        "key_score",
        "min_items_per_key",
    ),
    *(
        "overall",
        "min_valid_keys",
        "bands",
        "band_labels",
        "overall_feedback",
        "mirror_intro",
        "cta",
        "meaning",
    ),
    *("mirror_pair", "leader", "items", "self", "team", "feedback", "low", "mid", "high", "mirror_question"),
    *("actions", "coach_question", "text", "nl", "en"),
)
VERSION: Final = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
ID: Final = re.compile(r"[a-z][a-z0-9-]{0,40}(_[0-9]{1,3})?")
LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it is there
KINDS: Final = {"str": str, "bool": bool, "int": int, "null": type(None)}


class FileError(Exception):
    """It cannot be read as a version. `lines` says why, each in a sentence that begins with the line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines[0])
        self.lines = lines


@dataclass(frozen=True)
class Found:
    line: int | None  # from 0, as YAML counts
    words: str

    def __str__(self) -> str:
        if self.line is None:
            return self.words
        return _("Line %(line)d: %(words)s") % {"line": self.line + 1, "words": self.words}


# ---- writing ----------------------------------------------------------------------------------------------
def written(content: Mapping[str, Any]) -> str:
    """The database keeps names in an order of its own; a file has them as people read them."""
    return str(yaml.safe_dump(_ordered(content), allow_unicode=True, sort_keys=False, width=10**6))


def _ordered(content: Any) -> Any:
    if isinstance(content, Mapping):
        rank = {name: place for place, name in enumerate(ORDER)}
        return {name: _ordered(content[name]) for name in sorted(content, key=lambda one: rank.get(one, 99))}
    return [_ordered(one) for one in content] if isinstance(content, list) else content


# ---- reading ----------------------------------------------------------------------------------------------
def text_of(data: bytes) -> str:
    """Raises FileError."""
    if len(data) > MOST_BYTES:
        raise FileError(
            [_("This file is larger than %(most)d kB. A scan is not.") % {"most": MOST_BYTES // 1000}]
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        sentence = _(
            "This is no text as we read it. Save it as plain text in UTF-8, or take the file from this page."
        )
        raise FileError([sentence]) from None
    if not text.strip():
        raise FileError([_("This file is empty.")])
    return text


def read(text: str, like: Mapping[str, Any]) -> Content:
    """The content in that text, of the shape of `like`. Raises FileError."""
    try:
        _bounded(text)
        node = yaml.compose(text, Loader=LOADER)
    except ReaderError as error:
        line = text.count("\n", 0, error.position)
        raise FileError([str(Found(line, _("a sign stands here that cannot be in a text.")))]) from error
    except (MarkedYAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        sentence = _(
            "here it stops being readable. Look at this line and the one before: a quote that does not close, a line "
            "that does not begin straight below the others, or a colon inside a text without quotes."
        )
        raise FileError([str(Found(mark.line if mark else None, sentence))]) from error
    found: list[Found] = []
    content = _read(node, like, (), found) if node else None
    if not found:
        found += _whole(content, like)
    if found:
        found.sort(key=lambda one: one.line or 0)
        lines = [str(one) for one in found[:MOST_NAMED]]
        if len(found) > MOST_NAMED:
            lines.append(_("And %(count)d more like these.") % {"count": len(found) - MOST_NAMED})
        raise FileError(lines)
    assert isinstance(content, dict)
    return content


def _bounded(text: str) -> None:
    """Before anything is built of it: no repeats by reference, and nothing deeper than a scan is."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            sentence = _("a text cannot refer to another one (& and *). Write it out.")
            raise FileError([str(Found(_line_of(event), sentence))])
        if depth > DEEPEST:
            raise FileError([str(Found(_line_of(event), _("this lies deeper than a scan goes.")))])


def _line_of(event: Event) -> int | None:
    return event.start_mark.line if event.start_mark else None


def _read(node: Node, like: Any, path: Path, found: list[Found]) -> Any:
    if isinstance(like, Mapping):
        return _mapping(node, like, path, found)
    if isinstance(like, list):
        return _list(node, like, path, found)
    return _scalar(node, like, path, found)


def _mapping(node: Node, like: Mapping[str, Any], path: Path, found: list[Found]) -> Any:
    if not isinstance(node, MappingNode):
        names = ", ".join(f"‘{name}’" for name in _ordered(like))
        sentence = _("‘%(name)s’ should have inside it: %(names)s.") % {"name": _said(path), "names": names}
        found.append(Found(node.start_mark.line, sentence))
        return None
    content: Content = {}
    for key, value in node.value:
        name = str(getattr(key, "value", ""))[:60]
        facts = {"name": name, "where": _said(path)}
        if name in content:
            found.append(Found(key.start_mark.line, _("‘%(name)s’ stands here twice.") % facts))
        elif name not in like:
            found.append(
                Found(key.start_mark.line, _("‘%(name)s’ is a name we do not know in %(where)s.") % facts)
            )
        else:
            content[name] = _read(value, like[name], (*path, name), found)
    for name in like:
        if name not in content and name in LANGUAGES:
            content[name] = ""  # not written yet
        elif name not in content:
            facts = {"name": name, "where": _said(path)}
            found.append(Found(node.start_mark.line, _("‘%(name)s’ is missing in %(where)s.") % facts))
    return content


def _list(node: Node, like: list[Any], path: Path, found: list[Found]) -> Any:
    if not isinstance(node, SequenceNode):
        found.append(Found(node.start_mark.line, _("‘%(name)s’ should be a list.") % {"name": _said(path)}))
        return None
    if len(node.value) != len(like):
        facts = {"name": _said(path), "count": len(like), "found": len(node.value)}
        sentence = _("‘%(name)s’ has %(count)d in a scan; here there are %(found)d.") % facts
        found.append(Found(node.start_mark.line, sentence))
        return None
    return [_read(one, like[place], (*path, place), found) for place, one in enumerate(node.value)]


def _scalar(node: Node, like: Any, path: Path, found: list[Found]) -> Any:
    kind = node.tag.rpartition(":")[2] if isinstance(node, ScalarNode) else ""
    value = str(node.value) if isinstance(node, ScalarNode) else ""
    name = {"name": _said(path)}
    if kind == "null" and path[-1] in LANGUAGES:
        return ""
    if KINDS.get(kind) is not type(like):
        sentence = _("‘%(name)s’ should be something else.")
        if isinstance(like, str):
            sentence = _("‘%(name)s’ is a text: put it in quotes.")
        elif isinstance(like, bool):
            sentence = _("‘%(name)s’ should be true or false.")
        elif isinstance(like, int):
            sentence = _("‘%(name)s’ should be a whole number.")
        found.append(Found(node.start_mark.line, sentence % name))
        return None
    if kind == "null":
        return None
    if kind == "bool":
        return value.lower() in {"true", "yes", "on"}
    if kind == "int":
        if re.fullmatch(r"[0-9]{1,4}", value):
            return int(value)
        found.append(Found(node.start_mark.line, _("‘%(name)s’ should be a whole number.") % name))
        return None
    if len(value) > MOST_SIGNS:
        sentence = _("‘%(name)s’ is longer than %(most)d signs.") % (name | {"most": MOST_SIGNS})
        found.append(Found(node.start_mark.line, sentence))
    if any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn"} and sign != "\n" for sign in value):
        found.append(Found(node.start_mark.line, _("a sign stands here that cannot be in a text.")))
    return value


def _whole(content: Any, like: Mapping[str, Any]) -> Iterator[Found]:
    """What the shape does not say: which scan it is, the number of its version, the keys we have a page of."""
    if not isinstance(content, dict):
        yield Found(None, _("There is no scan in this file."))
        return
    if content["meta"]["slug"] != like["meta"]["slug"]:
        yield Found(
            None, _("This is another scan: its slug is not ‘%(slug)s’.") % {"slug": like["meta"]["slug"]}
        )
    if not VERSION.fullmatch(content["meta"]["version"]):
        yield Found(None, _("The version is written as two numbers with a dot, such as 1.2."))
    keys = content["keys"]
    for slug in (key["slug"] for key in keys):
        if slug not in slugs():
            sentence = _(
                "The key ‘%(slug)s’ has no page on the site. A new key asks for its own page and address, and those "
                "are made in the program, not here."
            )
            yield Found(None, sentence % {"slug": slug[:60]})
    if len({key["slug"] for key in keys}) != len(keys):
        yield Found(None, _("The same key stands there twice."))
    ids = [item["id"] for key in keys for item in key["items"]] + [one["slug"] for one in content["patterns"]]
    for one in ids:
        if not ID.fullmatch(one):
            sentence = _("‘%(id)s’ is no id: use small letters, figures, - and _.")
            yield Found(None, sentence % {"id": one[:60]})


def _said(path: Path) -> str:
    """Where in the file: 'keys 1 items 2 self'."""
    words = [str(step + 1) if isinstance(step, int) else step for step in path]
    return " ".join(words) if words else _("the file")
