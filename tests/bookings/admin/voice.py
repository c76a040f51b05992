"""Every page of the admin, walked in Dutch: no word of the code, no English, and ‘je’. `test_demo` walks it with the
demo in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from bookings.management.demo.rows import SAID

RAW = re.compile(
    r"\b[a-z]+_[a-z_]+\b"  # a name of a column
    r"|\b(?:call|scan|stage|mail|step|contact|booking)\.[a-z_]+\b"  # a kind of event
    r"|\b(?:bookings|assessments|accounts|leads|sequences|others)/[a-z_]+\b"  # a folder of a mail
    r"|\b[0-9a-f]{32,}\b|~~token"
    r"|\bEurope/[A-Z]\w+|\b[a-z]+-trust-self-scan\b"
)
ENGLISH = re.compile(
    r"\b(?:the|and|with|your|from|this|that|are|not|Monday|Tuesday|Wednesday|Thursday|Friday|Add|Change|Delete|"
    r"History|Authenticator|Public|None|True|False|Search|Show|Select|Save|object|view|about|first|last)\b"
)
FORMAL = re.compile(r"\b[Uu]w?\b(?!/)")
LISTS_OF_CODE = (
    "pre, code, textarea, script, style, [lang=en], select[name$=zone], .seen, .editor-read, .mail-text, "
    ".address"
)
WORDS_OF_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")


def shape(path: str) -> str:
    """The same for all pages of one kind."""
    return re.sub(r"\d+|[\w-]{20,}", "…", urlsplit(path).path)


def walk(client: Client) -> Iterator[tuple[str, BeautifulSoup]]:
    """From the first page along every link, and to every page of a model: of each kind of page one."""
    ahead = [reverse("admin:index")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        ahead += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        if row := model._default_manager.order_by("-pk").first():
            ahead += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "delete", "history")]
    seen = Counter[str]()
    root = ahead[0]
    for path in ahead:  # grows while it is walked
        seen[shape(path)] += 1
        if seen[shape(path)] > 1 or "export" in path:
            continue
        response = client.get(path)
        if response.status_code not in (200, 409) or "html" not in response.headers.get("Content-Type", ""):
            continue
        soup = BeautifulSoup(response.content, "html.parser")
        ahead += [
            link
            for tag in soup.find_all("a", href=True)
            if (link := urljoin(path, tag["href"])).startswith(root)
        ]
        yield path, soup


def said_on(soup: BeautifulSoup) -> list[str]:
    for tag in soup.select(LISTS_OF_CODE):
        tag.decompose()
    attributes = [
        str(tag[name]) for tag in soup.find_all(True) for name in WORDS_OF_ATTRIBUTES if tag.get(name)
    ]
    return [*soup.stripped_strings, *attributes]


def speaks_as_we_do(client: Client) -> None:
    wrong, walked = list[str](), 0
    for path, soup in walk(client):
        walked += 1
        for line in said_on(soup):
            if (
                "@" in line or "://" in line or line.strip("‘’") in SAID["en"]
            ):  # addresses, and what was typed
                continue
            found = RAW.search(line) or ENGLISH.search(line) or FORMAL.search(line)
            if found:
                wrong.append(f"{found.group()!r} in ‘{line[:90]}’ on {path}")
    assert not wrong, "\n".join(wrong)
    assert walked > 60
