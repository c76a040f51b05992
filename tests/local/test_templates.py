"""Whoever edits a template under `make up` sees it at the next look."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist

from portal.local import templates


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(templates, "LOOK_EVERY", 0)
    return Engine(dirs=[tmp_path], loaders=settings.TEMPLATES[0]["OPTIONS"]["loaders"])


def shown(engine: Engine) -> str:
    return engine.get_template("page.html").render(Context())


@pytest.mark.parametrize("edited", ["page.html", "base.html", "part.html"])
def test_an_edited_template_shows_whether_it_is_the_page_its_base_or_a_part(
    tmp_path: Path, engine: Engine, edited: str
) -> None:
    (tmp_path / "base.html").write_text("base {% block main %}{% endblock %}")
    (tmp_path / "part.html").write_text("part")
    (tmp_path / "page.html").write_text(
        "{% extends 'base.html' %}{% block main %}page {% include 'part.html' %}{% endblock %}"
    )
    assert shown(engine) == "base page part"
    path = tmp_path / edited
    word = edited.removesuffix(".html")
    path.write_text(path.read_text().replace(f"{word} " if word != "part" else word, "new ", 1))
    assert "new" in shown(engine)


def test_what_did_not_change_is_not_read_again(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "page.html").write_text("page")
    assert engine.get_template("page.html") is engine.get_template("page.html")


def test_a_template_that_was_missing_is_found_once_it_is_there(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(TemplateDoesNotExist):
        shown(engine)
    (tmp_path / "page.html").write_text("page")
    assert shown(engine) == "page"
