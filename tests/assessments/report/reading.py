"""How tests read a report: its words, its tags, and what its drawings say to whoever hears them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class Report:
    text: str  # one line
    pages: int
    tags: Counter[str]
    spoken: str  # of the drawings
    language: str
    is_tagged: bool
    title: str
    keywords: str


def read(pdf: bytes) -> Report:
    reader = PdfReader(BytesIO(pdf))
    root: Any = reader.trailer["/Root"]
    elements = list(_elements(root["/StructTreeRoot"]))
    spoken = [str(one["/Alt"]) for one in elements if "/Alt" in one]
    assert reader.metadata is not None
    return Report(
        text=" ".join(" ".join(page.extract_text() for page in reader.pages).split()),
        pages=len(reader.pages),
        tags=Counter(str(one["/S"]) for one in elements if "/S" in one),
        spoken=" ".join(spoken),
        language=str(root["/Lang"]),
        is_tagged=bool(root["/MarkInfo"]["/Marked"]),
        title=str(reader.metadata.title),
        keywords=str(reader.metadata["/Keywords"]),
    )


def _elements(element: Any) -> Iterator[Any]:
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        for part in element:
            yield from _elements(part)
    elif isinstance(element, dict):
        yield element
        if "/K" in element:
            yield from _elements(element["/K"])
