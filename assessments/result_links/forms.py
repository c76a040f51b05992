from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.result import Result
from assessments.result_links.showing import DAYS


class LinkForm(forms.Form):
    """What a link shows: nothing is chosen beforehand but how long."""

    keys = forms.MultipleChoiceField(
        label=_("Which keys?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose one key at least."),
            "invalid_choice": _("One of these keys is not in this result. Choose again."),
            "invalid_list": _("One of these keys is not in this result. Choose again."),
        },
    )
    with_overall = forms.BooleanField(
        label=_("The overall score too"),
        help_text=_("With the keys that you show, it also says something about those that you do not show."),
        required=False,
    )
    with_name = forms.BooleanField(label=_("My name above it"), required=False)
    days = forms.TypedChoiceField(
        label=_("How long does the link work?"),
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how long the link works."),
            "invalid_choice": _("Choose how long the link works."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, result: Result, name: str) -> None:
        super().__init__(data)
        self.scored = [row.key.slug for row in result.rows if row.score is not None]
        by_slug = {row.key.slug: row for row in result.rows}
        self.fields["keys"].choices = [  # type: ignore[attr-defined]  # it is a choice field
            (slug, f"{by_slug[slug].key.name}: {by_slug[slug].shown}") for slug in self.scored
        ]
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (days, ngettext("%(count)d day", "%(count)d days", days) % {"count": days}) for days in DAYS
        ]
        if not result.is_valid:
            del self.fields["with_overall"]
        if name:
            self.fields["with_name"].label = _("My name above it: %(name)s") % {"name": name}
        else:
            del self.fields["with_name"]

    def clean(self) -> dict[str, Any]:
        """The overall is the mean of all: with all keys but one it is a sum that gives away the last."""
        cleaned = super().clean() or {}
        hidden = set(self.scored) - set(cleaned.get("keys", ()))
        if cleaned.get("with_overall") and len(hidden) == 1:
            self.add_error(
                "with_overall",
                _(
                    "With all keys but one, the overall score gives away the last one. Show all of them, one fewer, "
                    "or leave the overall score out."
                ),
            )
        return cleaned
