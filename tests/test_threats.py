"""Threats that no room holds alone: of the Host header, ways that lead elsewhere, forms, files, markup and secrets.

Which test stands for which threat: docs/reliability.md, "The catalogue".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import timezone

from assessments.models import Scan
from bookings.admin.base import back_or
from bookings.models import Booking
from portal import admin_site
from portal.accounts.models import User
from portal.accounts.views import safe_next
from portal.mail import mime
from portal.mail.models import OutboundEmail
from tests import pages
from tests.browsers import as_member
from tests.pages import KNOWN
from tests.portal.test_door import ask, code_for
from tests.test_repository import CODE, ROOT, relative

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"})


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("eigenaar@voorbeeld.nl", name="Sanne Vermeer", proven_at=timezone.now())


@pytest.fixture
def paths(owner: User) -> dict[str, str]:
    return pages.addresses(owner)["nl"]


# ---- T10: the Host header -----------------------------------------------------------------------------
def test_no_host_of_a_request_stands_in_a_mail(paths: dict[str, str], owner: User, settings: Any) -> None:
    """Of a host that is let in, so that the mail alone is judged; a proxy's word for it counts as little."""
    settings.ALLOWED_HOSTS = ["elders.example"]
    there = {"HTTP_HOST": "elders.example", "HTTP_X_FORWARDED_HOST": "elders.example"}
    browser = as_member(owner)
    browser.defaults |= there
    ask(Client(**there), "nieuw@voorbeeld.nl")
    browser.post(paths["accounts:delete"])
    browser.post(paths["bookings:guests"], {"email": "gast@voorbeeld.nl"})
    browser.post(paths["assessments:team_invite"], {"addresses": "lid@voorbeeld.nl"})
    browser.post(paths["bookings:cancel"])
    mails = list(OutboundEmail.objects.exclude(rendered_at=None))
    assert {mail.message for mail in mails} >= {
        "accounts/login_code",
        "accounts/delete_code",
        "bookings/cancelled",
    }
    hosts = set()
    for mail in mails:
        parts = message_from_bytes(mime.build(mail)).walk()
        read = [part.get_payload(decode=True) or b"" for part in parts if not part.is_multipart()]
        told = b"".join(read).replace(b"\r\n ", b"")  # a calendar file is folded
        assert b"elders.example" not in told, mail.message
        hosts |= {urlsplit(found.decode()).netloc for found in re.findall(rb"https?://[^\s\"'<>]+", told)}
    assert hosts == {urlsplit(settings.SITE_URL).netloc}


def test_no_code_asks_the_request_for_the_address_of_the_site() -> None:
    asking = re.compile(r"build_absolute_uri|get_current_site|X_FORWARDED_HOST\s*=\s*True")
    assert [
        one for one, path in zip(relative(CODE), CODE, strict=True) if asking.search(path.read_text())
    ] == []


# ---- T17: ways that lead elsewhere --------------------------------------------------------------------
ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example/", "////evil.example",
    "/\\evil.example/", "\\\\evil.example/", "/\\/evil.example/", "https:evil.example", "https:/evil.example/",
    "https:///evil.example/", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>", "/\t/evil.example/", "/\n/evil.example/", "\x00//evil.example/", " //evil.example/",
    "//evil.example\\@localhost/", "//localhost@evil.example/", "http://localhost:8000@evil.example/",
    "ftp://evil.example/", "mailto:evil@evil.example", "//evil.example:443/%2e%2e",
]  # fmt: skip


def leads_to(location: str) -> str:
    """Where a browser goes: it leaves out tabs, line ends and outer blanks, reads \\ as /, and counts no slashes."""
    read = re.sub(r"[\t\r\n]", "", location).strip("\x00 ").replace("\\", "/")
    read = re.sub(r"^(https?:)?//+|^(https?:)/*", r"\1\2//", read)
    where = urlsplit(urljoin("http://site.example/inloggen/", read))
    return where.netloc if where.scheme in {"http", "https"} else where.scheme


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nothing_that_says_what_comes_next_leads_elsewhere(db: None, target: str) -> None:
    """Each place that reads `next` or `back`, and a whole sign-in that was begun with it."""
    assert leads_to(target) != "site.example"
    asked, posted = (
        RequestFactory().get("/", {"next": target, "back": target}),
        RequestFactory().post("/", {"next": target}),
    )
    for found in (
        safe_next(asked),
        safe_next(posted),
        admin_site._inside(target),
        back_or(asked, "/beheer/"),
    ):
        assert leads_to(found or "/") == "site.example"
    browser = Client()
    page = browser.get("/inloggen/", {"next": target}).content.decode()
    assert "evil.example" not in page
    assert ask(browser, next=target).headers["Location"] == "/inloggen/code/"
    sent = {"code": code_for(), "next": target}
    assert browser.post("/inloggen/code/", sent).headers["Location"] == "/account/"


def test_every_place_that_reads_where_to_go_is_one_of_those() -> None:
    """A new one goes through them, or is named here with what it does instead."""
    reads = re.compile(r"""(?:POST|GET)\.get\(\s*["'](?:next|back|to|url|return\w*|redirect\w*)["']""")
    found = {one for one, path in zip(relative(CODE), CODE, strict=True) if reads.search(path.read_text())}
    assert found == {
        "portal/accounts/views.py",  # safe_next
        "portal/admin_site.py",  # _inside
        "bookings/admin/base.py",  # back_or
        "bookings/admin/connected/copies.py",  # tests/bookings/admin/connected/test_caldav_sources.py
        "portal/leads/sequences/pages.py",  # a word: contact, or nothing
        "bookings/visitor/choosing.py",  # the id of a call
    }


# ---- T14, T15, T29: files and markup ------------------------------------------------------------------
def test_every_file_for_a_spreadsheet_is_made_by_the_one_writer() -> None:
    """portal/common/spreadsheet.py: what it does to a formula is tested where contacts are exported."""
    others = [path for path in CODE if path.name != "spreadsheet.py"]
    makes = re.compile(r"^import csv|csv\.writer|text/csv|ms-excel|openxml", re.MULTILINE)
    assert [
        one for one, path in zip(relative(others), others, strict=True) if makes.search(path.read_text())
    ] == []


def markup_made(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls that make markup of something other than words written down in the code."""
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
        if name in {"format_html", "format_html_join", "SafeString", "SafeText"} and isinstance(
            node, ast.Call
        ):
            place = 1 if name == "format_html_join" else 0
            if not all(isinstance(one, ast.Constant) for one in node.args[: place + 1]):
                yield node


def test_nothing_takes_markup_as_it_was_typed() -> None:
    loose = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for node in markup_made(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert loose == []
    trusts = re.compile(r"mark_safe|SafeData|__html__|\|\s*safe(seq)?\b|autoescape off")
    pages_and_code = [*CODE, *(path for path in TEMPLATES if path.suffix == ".html")]
    found = [
        one
        for one, path in zip(relative(pages_and_code), pages_and_code, strict=True)
        if trusts.search(path.read_text())
    ]
    assert found == []


def test_only_the_practice_sends_files(paths: dict[str, str], settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    reads = re.compile(r"request\.FILES|FileField\(|ImageField\(")
    readers = {one for one, path in zip(relative(CODE), CODE, strict=True) if reads.search(path.read_text())}
    assert readers == {
        "portal/practice/pages.py", "portal/practice/forms.py",
        "assessments/editor/file_pages.py", "assessments/editor/forms.py",
        "portal/resending.py",  # asks for it again
    }  # fmt: skip
    file = SimpleUploadedFile("x.html", b"<script>alert(1)</script>")
    answer = Client().post(
        paths["account_request_login_code"], {"email": "nieuw@voorbeeld.nl", "portrait": file}
    )
    assert answer.status_code == 302
    assert list(tmp_path.iterdir()) == []


# ---- T24: more than a form shows ----------------------------------------------------------------------
RIGHTS = {"is_staff", "is_superuser", "groups", "user_permissions", "proven_at", "score", "scores", "answers", "user",
          "owner", "host", "status", "shared_scan"}  # fmt: skip
GIVING = {
    # a superuser alone opens these
    "NewPersonForm": {"groups", "is_staff", "is_superuser"},
    "PersonForm": {"groups", "is_staff", "is_superuser"},
    "HostForm": {"user"},
    # of coaches in sight: tests/bookings/admin/rights/test_another_desk.py
    "BlockedTimeForm": {"host"},
    "CallTypeForm": {"host"},
    "OverrideForm": {"host"},
    "CalendarSourceForm": {"host"},
    # with whom a visitor wants to speak
    "ChoiceForm": {"host"},
    "DetailsForm": {"host"},
}
BESIDE = {
    "is_staff": "on", "is_superuser": "on", "is_active": "on", "groups": "1", "user_permissions": "1", "user": "1",
    "user_id": "1", "owner": "1", "host_id": "1", "score": "100", "scores": "[100]", "overall": "100",
    "proven_at": "2020-01-01", "status": "completed", "shared_scan": "x", "public_id": "x", "password": "x",
}  # fmt: skip
SENT = {
    "name": "Sanne Vermeer", "language": "nl", "time_zone": "Europe/Amsterdam", "email": "ander@voorbeeld.nl",
    "addresses": "lid@voorbeeld.nl", "keys": "clear", "days": "30", "value": "done", "answer": "done", "tips": "on",
    **{f"guess_{number}": "50" for number in range(10)},
}  # fmt: skip


def forms(kind: type[BaseForm] = BaseForm) -> Iterator[type[BaseForm]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith(("portal.", "assessments.", "bookings.")):
            yield one
        yield from forms(one)


def test_no_form_has_a_field_that_gives_a_right_a_score_or_a_coach() -> None:
    assert get_resolver().url_patterns  # by which every page, and so every form, is loaded
    found = {one.__name__: RIGHTS & set(getattr(one, "base_fields", ())) for one in forms()}
    assert {name: fields for name, fields in found.items() if fields} == GIVING
    assert len(found) > 30


def standing() -> list[Any]:
    """What no visitor decides."""
    people = User.objects.order_by("pk").values_list(
        "pk", "is_staff", "is_superuser", "is_active", "groups", "password"
    )
    scans = Scan.objects.order_by("pk").values_list(
        "pk", "user_id", "status", "scores", "answers", "public_id"
    )
    calls = Booking.objects.order_by("pk").values_list("pk", "user_id", "host_id", "shared_scan", "public_id")
    return [list(rows) for rows in (people, scans, calls)]


def test_what_is_sent_beside_the_fields_of_a_form_is_not_taken(paths: dict[str, str], owner: User) -> None:
    """At every address that takes a post, as the person whose things they are."""
    other_host = Booking.objects.exclude(user=owner).values_list("host_id", flat=True).first()
    before, written = standing(), 0
    last = {"accounts:delete_confirm", "bookings:cancel"}  # take something away
    for name in sorted(KNOWN - last):
        answer = as_member(owner).post(paths[name], SENT | BESIDE | {"host_id": str(other_host)})
        assert answer.status_code < 500, name
        written += answer.status_code == 302 and "/inloggen/" not in answer.headers["Location"]
    for rows, were in zip(standing(), before, strict=True):
        keys = {row[0] for row in rows} & {row[0] for row in were}
        assert [row for row in rows if row[0] in keys] == [row for row in were if row[0] in keys]
        assert keys
    assert written > 15  # or nothing was tried


# ---- T25: secrets -------------------------------------------------------------------------------------
SHAPES = [
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]", r"\bAKIA[0-9A-Z]{16}\b", r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    r"\bsk_live_\w{16}", r"\bxox[abp]-[\w-]{20}", r"\bSG\.[\w-]{20}\.[\w-]{20}", r"\bglpat-[\w-]{20}",
    r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.", r"\bwhsec_(?!MfKQ9r8GKYqrTwjU)[A-Za-z0-9+/]{32}",  # the specification's own
    r"(?i:(?:secret_key|password|token)\s*[:=]\s*[\"']?[A-Za-z0-9+/_]{40,})",
]  # fmt: skip
SECRETS = re.compile("|".join(SHAPES))
NOT_OURS = {".git", ".venv", "var", "locale"}  # and what tools keep in folders of theirs
TEXTS = {
    ".py",
    ".md",
    ".html",
    ".txt",
    ".js",
    ".css",
    ".yaml",
    ".yml",
    ".toml",
    ".json",
    ".sh",
    ".conf",
    ".service",
    "",
}


def test_no_file_of_the_repository_holds_a_secret() -> None:
    own = [one for one in ROOT.iterdir() if one.name not in NOT_OURS and not one.name.endswith("_cache")]
    files = [path for one in own for path in ([one] if one.is_file() else one.rglob("*")) if path.is_file()]
    found = {
        str(path.relative_to(ROOT)): hit[0][:30]
        for path in files
        if path.suffix in TEXTS and "requirements" not in path.name  # hashes of packages
        if (hit := SECRETS.search(path.read_text(encoding="utf-8", errors="ignore")))
    }
    assert found == {}
    private = {".backup", ".pem", ".key", ".p12", ".sqlite3"}
    assert [
        one.name for one in files if one.suffix in private or one.name in {".env", "erasures.jsonl"}
    ] == []
    assert len(files) > 1000
