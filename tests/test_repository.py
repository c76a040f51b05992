"""The suite reads the repository itself: what every file of a kind must have, and what none may have."""

from __future__ import annotations

import ast
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.migrations import AddField
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED
from django.template import engines
from django.test import override_settings

from portal.checks import settings_are_safe

ROOT = settings.BASE_DIR
CODE = [
    path for folder in ("portal", "assessments", "bookings") for path in sorted((ROOT / folder).rglob("*.py"))
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DRAWINGS = ROOT / "templates" / "drawings"  # paths of a drawing may be longer: nobody reads them
LONGEST_LINE = 120
LONGEST_FILE = 400
EMAILS = sorted(path.parent for path in (ROOT / "templates" / "emails").rglob("subject.txt"))


def relative(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


# ---- templates ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", TEMPLATES, ids=relative(TEMPLATES))
def test_template_parses_and_has_no_inline_code_or_foreign_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "{% extends" in text or "{% load" in text or "{{" in text:
        engines["django"].from_string(text)
    markup = re.sub(r'<script type="application/(ld\+)?json".*?</script>', "", text, flags=re.DOTALL)
    in_mail = "emails" in path.parts
    assert not re.search(r"<script(?![^>]*\bsrc=)", markup), "inline script"
    assert not re.search(r"\son\w+=[\"']", markup), "inline handler"
    assert in_mail or not re.search(r"<style|\sstyle=", markup), "inline style"
    assert not re.search(r"""(?:src|href)=["']https?://""", markup), "foreign address"
    assert "|safe" not in markup
    assert "radar" not in markup


@pytest.mark.parametrize("folder", EMAILS, ids=relative(EMAILS))
def test_mail_has_three_parts_and_the_one_layout(folder: Path) -> None:
    text, html = folder / "body.txt", folder / "body.html"
    assert text.exists()
    assert html.exists()
    assert "emails/layout.html" in html.read_text(encoding="utf-8")
    subject = (folder / "subject.txt").read_text(encoding="utf-8")
    assert (
        "\n"
        not in re.sub(r"{% blocktranslate trimmed.*?{% endblocktranslate %}", "", subject, flags=re.S).strip()
    )


def test_lines_of_templates_styles_and_scripts_fit_a_screen() -> None:
    """Long sentences break inside `{% blocktranslate trimmed %}`, long tags between their attributes."""
    apps = ("portal", "assessments", "bookings")
    folders = (ROOT / "templates", *(folder for app in apps for folder in (ROOT / app).rglob("static")))
    too_long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(path for folder in folders for path in folder.rglob("*.*"))
        if path.suffix in {".html", ".txt", ".css", ".js"} and DRAWINGS not in path.parents
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    assert not too_long, f"{too_long}: break the line before sign {LONGEST_LINE}."


# ---- code ---------------------------------------------------------------------------------------------
def test_files_are_read_without_losing_the_thread() -> None:
    own = [path for path in CODE if path.parent.name != "migrations"] + sorted((ROOT / "tests").rglob("*.py"))
    long = {
        str(path.relative_to(ROOT)): count
        for path in own
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"{long} lines, and not {LONGEST_FILE}: what in there has a name of its own?"


def test_no_message_is_delayed_by_the_broker() -> None:
    """On Redis an ETA or countdown runs a task more than once; due rows do the waiting."""
    offenders = [
        str(path.relative_to(ROOT))
        for path in CODE
        if re.search(r"\b(countdown|eta)\s*=", path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_only_the_outbox_knows_django_mail() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for path in CODE
        if "django.core.mail" in path.read_text(encoding="utf-8") and "portal/mail/" not in str(path)
    ]
    assert offenders == []


def test_markup_is_never_marked_safe() -> None:
    offenders = [
        str(path.relative_to(ROOT)) for path in CODE if "mark_safe" in path.read_text(encoding="utf-8")
    ]
    assert offenders == []


def test_imports_stand_at_the_top_except_in_ready() -> None:
    offenders = []
    for path in CODE:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name != "ready":
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                offenders += [f"{path.relative_to(ROOT)}:{n.lineno}" for n in inner]
    assert offenders == []


def test_the_words_of_the_glossary_are_those_of_the_code() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| (`[^|]+`) \|$", text, flags=re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    known = {
        name
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (getattr(node, "name", None), getattr(getattr(node, "target", None), "id", None))
    }
    assert len(rows) > 15
    gone = sorted(name for name in named if not set(name.split(".")) <= known)
    assert not gone, f"The glossary of CONTRIBUTING.md names {gone}, which no code is called any more."


def test_files_that_are_named_for_a_newcomer_exist() -> None:
    """In README and CONTRIBUTING, and in what a red test says."""
    readers = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "tests" / "bookings").rglob("*.py")]
    folders = [ROOT, ROOT / "templates", ROOT / "bookings"]  # `visitor/forms.py` is the one of bookings
    gone = {
        f"{reader.relative_to(ROOT)} names {name}"
        for reader in readers
        for name in re.findall(
            r"(?<![\w/.<>{-])\w+/[\w/-]+\.(?:py|html|md)\b", reader.read_text(encoding="utf-8")
        )
        if not any((folder / name).exists() for folder in folders)
    }
    assert not gone, f"{sorted(gone)}, and there is no such file."


def test_every_model_says_what_it_is() -> None:
    own = [
        model
        for model in apps.get_models()
        if model.__module__.split(".")[0] in {"portal", "assessments", "bookings"}
    ]
    assert own
    assert [model.__name__ for model in own if "__str__" not in model.__dict__] == []


def test_forms_name_their_fields() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for path in CODE
        if '__all__"' in path.read_text(encoding="utf-8") and "forms" in path.name
    ]
    assert offenders == []


def test_migrations_have_names_and_nothing_is_missing() -> None:
    names = [path.stem for path in CODE if path.parent.name == "migrations"]
    assert [name for name in names if "_auto_" in name] == []


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_a_process_of_before_can_still_insert_after_a_new_column() -> None:
    ours = ("portal.", "assessments.", "bookings.")
    added = {
        f"{app}.{name}: {operation.model_name}.{operation.name}": operation.field
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if migration.__module__.startswith(ours) and not migration.initial
        for operation in migration.operations
        if isinstance(operation, AddField) and not operation.field.many_to_many
    }
    closed = [where for where, field in added.items() if not field.null and field.db_default is NOT_PROVIDED]
    assert not closed, f"{closed}: give the column a db_default in the model, and make the migration anew."


def test_beat_runs_tasks_that_exist_and_every_task_is_run_by_somebody() -> None:
    current_app.loader.import_default_modules()
    by_clock = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    unknown = sorted(by_clock - set(current_app.tasks))
    assert not unknown, f"{unknown}: no tasks.py of an app has a @shared_task of this name."
    others = "".join(path.read_text(encoding="utf-8") for path in CODE if path.name != "tasks.py")
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}
    idle = sorted(name for name in ours - by_clock if f'"{name}"' not in others)
    assert not idle, f"{idle}: nothing runs it. Add an entry to CELERY_BEAT_SCHEDULE in portal/settings.py."


def test_what_beat_sends_often_expires_before_the_next() -> None:
    """A worker that was away for an hour otherwise finds sixty of them."""
    often = {name: entry for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if seconds(entry) < 3600}
    for name, entry in often.items():
        assert entry.get("options", {}).get("expires") == seconds(entry), (
            f'Give {name} in CELERY_BEAT_SCHEDULE "options": {{"expires": {seconds(entry):g}}}.'
        )


def seconds(entry: dict[str, Any]) -> float:
    return getattr(entry["schedule"], "total_seconds", lambda: entry["schedule"])()


def test_example_environment_lists_every_variable_that_is_read() -> None:
    source = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"""(?:env\.\w+|required)\(\s*["']([A-Z_]+)["']""", source))
    listed = set(
        re.findall(
            r"^#?\s?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert read - listed == set()


@override_settings(LOCAL_MODE=False, COACH_EMAIL="jet@voorbeeld.nl")
def test_the_demo_coach_is_refused_outside_local_mode() -> None:
    assert [error.id for error in settings_are_safe()] == ["portal.E003"]


# ---- the look -----------------------------------------------------------------------------------------
def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.x."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    css = (ROOT / "portal/static/portal/css/shared/tokens.css").read_text(encoding="utf-8")
    light = dict(
        re.findall(r"--c-([\w-]+):\s*(#[0-9A-Fa-f]{6})", css.split("@media (prefers-color-scheme: dark)")[0])
    )
    dark_block = css.split("@media (prefers-color-scheme: dark)")[1].split("@media")[0]
    dark = dict(re.findall(r"--c-([\w-]+):\s*(#[0-9A-Fa-f]{6})", dark_block))
    return {"light": light, "dark": {**light, **dark}}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_tokens_keep_their_contrast(name: str) -> None:
    colours = palettes()[name]
    surfaces = ["paper", "raised", "sunk"]
    weak = []
    for text in ("ink", "ink-2", "ink-3", "menie", "steel", "patina", "brass", "error"):
        weak += [(text, s) for s in surfaces if contrast(colours[text], colours[s]) < 4.5]
    weak += [("rule-strong", s) for s in surfaces if contrast(colours["rule-strong"], colours[s]) < 3]
    if contrast(colours["on-menie"], colours["menie"]) < 4.5:
        weak.append(("on-menie", "menie"))
    assert weak == []
