from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.instrument import VALUES, Instrument, Item

NOT_APPLICABLE = "na"
CHOICES = {*map(str, VALUES), NOT_APPLICABLE}
CHOOSE = _("Choose how often this was the case, or ‘Did not come up’.")
OTHER_PAGE = _("One answer belonged to another page and was not saved. Answer the statements on this page.")


class AnswerField(forms.Field):
    """One of the six answers. The page draws its own radios, so that this one needs to know no widget."""

    default_error_messages = {"required": CHOOSE, "invalid_choice": CHOOSE}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value not in CHOICES:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")


class StatementsForm(forms.Form):
    """Statements to answer. What is right is kept, also when something else is not."""

    def __init__(self, data: Any = None, *, items: Iterable[Item], answers: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="%s")
        self.page_items = tuple(items)
        self.kept = answers
        for item in self.page_items:
            # what was answered before needs no second answer
            self.fields[item.id] = AnswerField(label=item.text, required=item.id not in answers)

    @property
    def answers(self) -> dict[str, int | None]:
        self.full_clean()
        given = ((item.id, self.cleaned_data.get(item.id)) for item in self.page_items)
        return {item_id: stored(value) for item_id, value in given if value}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "item": item,
                "value": self._shown(item),
                "error": " ".join(map(str, self.errors.get(item.id, []))),
            }
            for item in self.page_items
        ]

    def _shown(self, item: Item) -> str:
        if self.is_bound and item.id in self.data:
            return str(self.data[item.id])
        return posted(self.kept[item.id]) if item.id in self.kept else ""


class PageForm(StatementsForm):
    """The five items of one page of the scan."""

    def __init__(
        self, data: Any = None, *, instrument: Instrument, page: int, answers: Mapping[str, Any]
    ) -> None:
        super().__init__(data, items=instrument.pages[page - 1], answers=answers)
        self.instrument = instrument

    def clean(self) -> dict[str, Any]:
        """Refuse items of another page; nothing of theirs is kept."""
        here = {item.id for item in self.page_items}
        if any(item.id in self.data for item in self.instrument.items if item.id not in here):
            self.add_error(None, OTHER_PAGE)
        return self.cleaned_data


def stored(value: str) -> int | None:
    """'4' is 4; 'na' is nothing."""
    return None if value == NOT_APPLICABLE else int(value)


def posted(value: int | None) -> str:
    return NOT_APPLICABLE if value is None else str(value)


def sent_answers(data: Mapping[str, Any], items: Iterable[Item]) -> dict[str, int | None]:
    sent = ((item.id, str(data.get(item.id, ""))) for item in items)
    return {item_id: stored(value) for item_id, value in sent if value in CHOICES}
