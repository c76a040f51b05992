"""Turning a template folder into the three parts of a mail, and the registry of mails written when due."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import css_inline
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from portal.common import tokens
from portal.common.names import clean_line
from portal.practice.facts import practice

if TYPE_CHECKING:
    from portal.mail.models import OutboundEmail

CALENDAR = "calendar"  # what a renderer gives the file under that goes with a mail planned with its method
FOLLOW_UP = "followup:"
UNSUBSCRIBE = "leads.unsubscribe"
MESSAGE = re.compile(r"[a-z_]+/[a-z0-9_]+")
BLANK_LINES = re.compile(r"\n{3,}")
MAX_SUBJECT = 200


@dataclass(frozen=True)
class Parts:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Skip:
    """A renderer's answer when a due mail is no longer true: it is cancelled with this reason."""

    reason: str


@dataclass(frozen=True)
class Later:
    """A renderer's answer when a due mail may not leave yet: it waits on until then, for this reason. With
    `is_own_hour` that is the hour it was given, and whoever sends it by hand need not wait for it."""

    until: datetime
    reason: str
    is_own_hour: bool = False


Answer = dict[str, object] | Skip | Later
Renderer = Callable[["OutboundEmail"], Answer]


@dataclass(frozen=True)
class Foreseen:
    """A planned mail as the coach may see it beforehand: what fills it, if anything does; why it would stay away or
    wait, if it would; and whether an example stands for what only the person may know."""

    context: dict[str, object] | None
    answer: Skip | Later | None = None
    has_samples: bool = False


Foresee = Callable[["OutboundEmail"], Foreseen]
_renderers: dict[str, Renderer] = {}
_foreseers: dict[str, Foresee] = {}


def register_renderer(message: str, func: Renderer, *, foresee: Foresee | None = None) -> None:
    """Let `func` check and fill mails of this kind when they are due; apps call this in `ready()`.

    `foresee` does so for the eyes of the coach: it changes nothing, and puts an example where only the person may
    know. Without it `func` itself is asked, but never of tips.
    """
    _renderers[message] = func
    if foresee is not None:
        _foreseers[message] = foresee


def due_context(mail: OutboundEmail) -> Answer:
    with translation.override(mail.language):
        return _renderers[mail.message](mail)


def foreseen(mail: OutboundEmail) -> Foreseen:
    """What a mail that is written when due would be now. Nothing, of tips whose app does not foresee them."""
    with translation.override(mail.language):
        if foresee := _foreseers.get(mail.message):
            return foresee(mail)
        if mail.kind != "service" or mail.message not in _renderers:
            return Foreseen(None)
        answer = _renderers[mail.message](mail)
    return Foreseen(None, answer) if isinstance(answer, Skip | Later) else Foreseen(answer)


def render(
    message: str, language: str, context: Mapping[str, object], *, to_name: str = "", about: str = ""
) -> Parts:
    """Render templates/emails/<message>/ in `language`. Secret links stay placeholders until delivery."""
    if not MESSAGE.fullmatch(message):
        raise ValueError(f"{message!r} is not the name of a mail, such as 'accounts/login_code'.")
    with translation.override(language):
        values = {
            "site": practice(language),
            "language": language,
            "to_name": to_name,
            "unsubscribe_url": unsubscribe_url(about),
            "privacy_url": settings.SITE_URL + reverse("portal:privacy"),
            **context,
        }
        subject = _render_plain(f"emails/{message}/subject.txt", values)
        text = _render_plain(f"emails/{message}/body.txt", values)
        html = get_template(f"emails/{message}/body.html").render({**values, "subject": clean_line(subject)})
    return Parts(
        subject=clean_line(subject)[:MAX_SUBJECT],
        text=BLANK_LINES.sub("\n\n", text).strip() + "\n",
        html=_inliner().inline(html),
    )


def unsubscribe_url(about: str) -> str:
    """The one-click address of whoever a follow-up is about, with a placeholder for its token; else empty."""
    if not about.startswith(FOLLOW_UP):
        return ""
    public_id = about.removeprefix(FOLLOW_UP)
    token = tokens.placeholder(UNSUBSCRIBE, public_id)
    return settings.SITE_URL + reverse("leads:unsubscribe", args=[public_id, token])


def _render_plain(name: str, values: dict[str, Any]) -> str:
    """Plain text is not HTML: a name with an apostrophe stays as typed."""
    template: Any = get_template(name)
    return str(template.template.render(Context(values, autoescape=False)))


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    template: Any = get_template("emails/mail.css")
    return css_inline.CSSInliner(
        extra_css=template.template.source,
        load_remote_stylesheets=False,
        keep_at_rules=True,
        keep_style_tags=True,
    )
