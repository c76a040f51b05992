"""Texts with variables, `{voornaam}`: what is wrong with one, filling it in, and its paragraphs. Pure.

Nothing in them is carried out: a variable is a name between braces, and its value is text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

MARK = re.compile(r"\{([^{}\n]*)\}|[{}]")
PARAGRAPHS = re.compile(r"\n\s*\n")
QUOTE = ">"
AROUND = 2  # words that are shown on both sides of what is wrong
LONGEST = 60


@dataclass(frozen=True)
class Problem:
    """`found` is what stands there; `is_unknown` a well-formed variable of a name that nobody gives."""

    found: str
    is_unknown: bool


@dataclass(frozen=True)
class Segment:
    text: str
    is_link: bool = False


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[tuple[Segment, ...], ...]
    is_quote: bool

    @property
    def plain(self) -> str:
        """As it stands in the text part: a quote is indented."""
        indent = "    " if self.is_quote else ""
        return "\n".join(indent + "".join(part.text for part in line) for line in self.lines)


def problems(text: str, known: Collection[str]) -> list[Problem]:
    """What keeps a text from being sent, in its order, each once."""
    found = []
    for mark in MARK.finditer(text):
        name = mark[1]
        if name is None or not name.strip():
            found.append(Problem(_around(text, mark), is_unknown=False))
        elif _named(name) not in known:
            found.append(Problem(mark[0], is_unknown=True))
    return list(dict.fromkeys(found))


def names(text: str) -> set[str]:
    return {_named(mark[1]) for mark in MARK.finditer(text) if mark[1] is not None}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. One that is empty takes the space before it along: 'Hallo {naam},' becomes
    'Hallo,'. Raises KeyError for a name without a value; a value is never read for variables."""
    done, position = "", 0
    for mark in MARK.finditer(text):
        done += text[position : mark.start()]
        position = mark.end()
        if mark[1] is None:
            done += mark[0]
            continue
        value = values[_named(mark[1])]
        done = done + value if value else done.removesuffix(" ")
    return done + text[position:]


def paragraphs(text: str, links: Collection[str] = ()) -> list[Paragraph]:
    """Split at empty lines. One that begins with '>' stands out; the addresses in `links` are links."""
    found = []
    for block in PARAGRAPHS.split(text.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in block.strip().split("\n")]
        is_quote = lines[0].startswith(QUOTE)
        if is_quote:
            lines = [line.removeprefix(QUOTE).strip() for line in lines]
        if any(lines):
            parts = tuple(tuple(_segments(line, links)) for line in lines)
            found.append(Paragraph(parts, is_quote))
    return found


def plain(blocks: Sequence[Paragraph]) -> str:
    return "\n\n".join(block.plain for block in blocks)


def word_count(text: str) -> int:
    return len(text.split())


def _around(text: str, mark: re.Match[str]) -> str:
    """What is wrong with the words beside it, to find it by."""
    head = text[max(0, mark.start() - LONGEST) : mark.start()]  # not the whole text, for each of its braces
    before = head.rsplit(maxsplit=AROUND)[-AROUND:]
    glued = "" if head[-1:].isspace() else before.pop() if before else ""
    after = text[mark.end() : mark.end() + LONGEST]
    tail = "" if after[:1].isspace() or not after else after.split(maxsplit=1)[0]
    rest = after[len(tail) :].split(maxsplit=1)[:1]
    return " ".join([*before, glued + " ".join(mark[0].split()) + tail, *rest])[:LONGEST]


def _segments(line: str, links: Collection[str]) -> Iterator[Segment]:
    if not links:
        yield Segment(line)
        return
    any_link = re.compile("|".join(re.escape(link) for link in sorted(links, key=len, reverse=True)))
    position = 0
    for match in any_link.finditer(line):
        if match.start() > position:
            yield Segment(line[position : match.start()])
        yield Segment(match[0], is_link=True)
        position = match.end()
    if position < len(line):
        yield Segment(line[position:])


def _named(name: str) -> str:
    return name.strip().lower()
