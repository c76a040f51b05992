"""What a leader fills in: a round, whom to invite, and a guess for each key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from assessments.forms import NOT_APPLICABLE, posted
from assessments.instrument import VALUES, Key
from assessments.mirror.days import today
from assessments.mirror.services import MAX_DAYS, MAX_INVITED, MIN_DAYS
from portal.accounts.forms import EmailField
from portal.common.names import clean_line

LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
BETWEEN = re.compile(r"[\r\n,;]+")
INSIDE = re.compile(r"<([^<>]*)>\s*\Z")  # the address of "Noor Bakker <noor@example.org>"
MAX_TEXT = 10_000
MOST_NAMED = 8  # problems that one error tells
USUAL_DAYS = 14
STEP: Final = 25  # between two of the five answers, on 0 to 100


class EmailsField(forms.CharField):
    """Addresses as people paste them. The value is a list, each once; every problem names its address."""

    widget = forms.Textarea
    default_error_messages = {
        "null_characters_not_allowed": _(
            "There is a sign in it that cannot be read. Type the addresses anew."
        ),
        "max_length": _("That is too much text for thirty addresses."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TEXT, **kwargs)
        self.widget.attrs |= {
            "rows": 6,
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "none",
        }

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        found, problems = dict[str, None](), list[str]()
        for part in parts(text):
            try:
                found[EmailField().clean(address_in(part))] = None
            except ValidationError:
                problems.append(
                    __("‘%(address)s’ is not an e-mail address.") % {"address": clean_line(part)[:60]}
                )
        if problems:
            raise ValidationError(named(problems), code="invalid")
        return list(found)


def parts(text: str) -> list[str]:
    """A line, a comma or a semicolon ends an address; so does a space between two of them."""
    pieces = [piece.strip() for piece in BETWEEN.split(text) if piece.strip()]
    return [
        part
        for piece in pieces
        for part in (piece.split() if all("@" in word for word in piece.split()) else [piece])
    ]


def address_in(part: str) -> str:
    inside = INSIDE.search(part)
    return inside[1] if inside else part


def named(problems: Sequence[str]) -> list[str]:
    rest = len(problems) - MOST_NAMED
    more = [__("And %(count)d more like these.") % {"count": rest}] if rest > 0 else []
    return [*problems[:MOST_NAMED], *more]


class InviteForm(forms.Form):
    emails = EmailsField(
        label=_("E-mail addresses of your team"),
        help_text=_("One on each line, or with a comma between them. At most thirty in a round."),
        error_messages={"required": _("Fill in at least one address.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="team_%s")

    def clean_emails(self) -> list[str]:
        emails: list[str] = self.cleaned_data["emails"]
        if len(emails) > MAX_INVITED:
            facts = {"most": MAX_INVITED, "count": len(emails)}
            words = (
                __("These are %(count)d addresses, and a round has room for %(most)d invitations.") % facts
            )
            raise ValidationError(words, code="many")
        return emails


class OpenForm(InviteForm):
    """A round before it is opened. Nothing is chosen beforehand that somebody else has to agree to."""

    closes_on = forms.DateField(
        label=_("Last day to answer"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Choose the last day to answer."),
            "invalid": _("That is not a date. Write it like 26-11-2026."),
        },
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"),
        choices=LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Everybody may answer in the other one."),
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": _("Choose one of the two languages."),
        },
    )
    has_link = forms.BooleanField(
        label=_("Also make a link that I share myself"),
        help_text=_(
            "Weaker: whoever has it can answer more than once, you included, and everybody who opens it reads "
            "that. An invitation by address works once."
        ),
        required=False,
    )
    council = forms.BooleanField(
        label=_("There is no works council here, or it has agreed to this round."),
        help_text=_(
            "Asking a team about its leader touches how people are assessed and what is kept of them. In the "
            "Netherlands that takes the consent of a works council, where there is one (article 27 WOR)."
        ),
        error_messages={"required": _("Without this you cannot open a round. Ask the works council first.")},
    )
    field_order = ["emails", "has_link", "closes_on", "language", "council"]

    def __init__(self, data: Any = None, *, language: str) -> None:
        super().__init__(data)
        self.order_fields(self.field_order)
        self.fields["emails"].required = False
        self.fields["language"].initial = language
        first, last = self.bounds
        self.fields["closes_on"].initial = today() + timedelta(days=USUAL_DAYS)
        self.fields["closes_on"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["closes_on"].help_text = __("From %(first)s up to and including %(last)s.") % {
            "first": formats.date_format(first, "j F"),
            "last": formats.date_format(last, "j F Y"),
        }

    @property
    def bounds(self) -> tuple[date, date]:
        return today() + timedelta(days=MIN_DAYS), today() + timedelta(days=MAX_DAYS)

    def clean_closes_on(self) -> date:
        on: date = self.cleaned_data["closes_on"]
        first, last = self.bounds
        if not first <= on <= last:
            facts = {"first": formats.date_format(first, "j F"), "last": formats.date_format(last, "j F Y")}
            raise ValidationError(__("Choose a day from %(first)s up to %(last)s.") % facts, code="far")
        return on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "emails" in cleaned and not cleaned["emails"] and not cleaned.get("has_link"):
            self.add_error("emails", __("Fill in whom you invite, or choose a link that you share yourself."))
        return cleaned


class GuessForm(forms.Form):
    """For each key one of the five answers, or none: what is not guessed is not compared. The page draws the radios."""

    def __init__(self, data: Any = None, *, keys: Sequence[Key], guess: Mapping[str, int] | None) -> None:
        super().__init__(data, auto_id="%s")
        self.keys, self.guess = keys, guess
        for key in keys:
            self.fields[key.slug] = forms.ChoiceField(
                label=key.name,
                required=False,
                choices=[(str(value), value) for value in (*VALUES, NOT_APPLICABLE)],
            )

    @property
    def guessed(self) -> dict[str, int]:
        """{slug: 0 to 100}. Whatever is not one of the five is no guess."""
        self.full_clean()
        given = ((key.slug, self.cleaned_data.get(key.slug, "")) for key in self.keys)
        return {slug: (int(value) - 1) * STEP for slug, value in given if value and value != NOT_APPLICABLE}

    def rows(self) -> list[dict[str, Any]]:
        return [{"key": key, "value": self._shown(key.slug)} for key in self.keys]

    def _shown(self, slug: str) -> str:
        if self.is_bound:
            return str(self.data.get(slug, ""))
        if self.guess is None:
            return ""
        return posted(self.guess[slug] // STEP + 1 if slug in self.guess else None)
