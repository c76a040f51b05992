"""What somebody types into a draft. A text may stay empty: the list of what is missing says so, and nothing is lost."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from assessments.editor import drafts, fields, files, said
from assessments.editor.fields import ORDER, Content, Text
from assessments.key_pages import LANGUAGES
from portal.common.names import clean_line, clean_text

MOST_SHORT, MOST = 120, 900
FLAGS = {"reversed": "reverse", "core": "core"}  # by field of the form, the name in the content


class SectionForm(forms.Form):
    """Of one section: each text in both languages, and of a key which statement is reversed and which the core."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, content: Mapping[str, Any], section: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"was": drafts.seen_of(content, section)})
        self.content, self.section = content, section
        self.texts = fields.texts(content, section)
        for text in self.texts:
            for code in LANGUAGES:
                self._add(text, code)
        self.items: list[Any] = []
        if section not in said.SECTION:
            self.items = content["keys"][fields.place_of_key(content, section)]["items"]
            self._add_flags()

    def _add(self, text: Text, code: str) -> None:
        kept = fields.at(self.content, text.path).get(code) or ""
        most = MOST_SHORT if text.is_short else MOST
        attrs = {"lang": code, "aria-label": f"{said.text(text)}, {said.in_language(code)}"}
        widget: forms.Widget = forms.TextInput(attrs=attrs)
        if not text.is_short:
            widget = forms.Textarea(attrs=attrs | {"rows": min(9, 2 + len(kept) // 60), "cols": 40})
        self.fields[text.field(code)] = forms.CharField(
            label=said.tongue(code),
            required=False,
            max_length=max(most, len(kept)),
            widget=widget,
            initial=kept,
        )

    def _add_flags(self) -> None:
        choices = [
            (str(place), __("Statement %(number)d") % {"number": place + 1})
            for place in range(len(self.items))
        ]
        labels = {"reversed": __("Which one is reversed"), "core": __("Which one is the core")}
        for name, flag in FLAGS.items():
            chosen = [str(place) for place, item in enumerate(self.items) if item[flag]]
            self.fields[name] = forms.ChoiceField(
                label=labels[name],
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
                initial=chosen[0] if len(chosen) == 1 else None,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for text in self.texts:
            for name in (text.field(code) for code in LANGUAGES):
                if name in cleaned:
                    cleaned[name] = tidy(text, cleaned[name])
        return cleaned

    def write(self, content: Content) -> None:
        """What was typed, into the content; of a form with an error what is right of it."""
        for text in self.texts:
            for code in LANGUAGES:
                if (name := text.field(code)) in self.cleaned_data and name in self.data:
                    fields.put(content, (*text.path, code), self.cleaned_data[name])
        if not self.items:
            return
        items = content["keys"][fields.place_of_key(content, self.section)]["items"]
        for name, flag in FLAGS.items():
            if chosen := self.cleaned_data.get(name):
                set_flag(content, items, flag, int(chosen))

    @property
    def typed(self) -> Content:
        """The whole content with what is in the form, good or not."""
        content = copy.deepcopy(dict(self.content))
        if self.is_bound and self.errors is not None:  # which cleans it
            self.write(content)
        return content


def tidy(text: Text, typed: str) -> str:
    return clean_line(typed) if text.is_short else clean_text(typed)


def set_flag(content: Content, items: list[dict[str, Any]], flag: str, chosen: int) -> None:
    """One of three. The short scan asks the core of each key, in the order it had."""
    if flag == "core":
        ids = {item["id"] for item in items}
        content["pulse"] = [items[chosen]["id"] if one in ids else one for one in content["pulse"]]
    for place, item in enumerate(items):
        item[flag] = place == chosen


class OrderForm(forms.Form):
    """A place, 1 to 30, for each statement."""

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, content: Mapping[str, Any], section: str = ORDER, data: Any = None) -> None:
        super().__init__(data, initial={"was": drafts.seen_of(content, ORDER)})
        self.content = content
        self.order = fields.order_of(content)
        for place, _item_id in enumerate(self.order):
            self.fields[f"place-{place}"] = forms.IntegerField(
                label=_("Place"),
                min_value=1,
                max_value=len(self.order),
                initial=place + 1,
                widget=forms.NumberInput(attrs={"class": "order-place", "inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = [f"place-{place}" for place in range(len(self.order))]
        count = Counter(cleaned[name] for name in names if name in cleaned)
        for name in names:
            if count[cleaned.get(name)] > 1:
                twice = __("Two statements have place %(place)d.") % {"place": cleaned[name]}
                self.add_error(name, twice)
        return cleaned

    def write(self, content: Content) -> None:
        if not self.errors:
            places = [self.cleaned_data[f"place-{place}"] for place in range(len(self.order))]
            ordered = [item_id for _place, item_id in sorted(zip(places, self.order, strict=True))]
            content["presentation"] = fields.in_pages(ordered)

    @property
    def typed(self) -> Content:
        content = copy.deepcopy(dict(self.content))
        if self.is_bound and self.errors is not None:  # which cleans it
            self.write(content)
        return content


def form_of(content: Mapping[str, Any], section: str, data: Any = None) -> SectionForm | OrderForm:
    return (OrderForm if section == ORDER else SectionForm)(content, section, data)


class FileForm(forms.Form):
    """A file, or the text of one that was looked at and is taken in now."""

    file = forms.FileField(
        label=_("The file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "take_in" in self.data:
            if not cleaned.get("text"):
                raise ValidationError(__("Choose the file once more."))
            return cleaned
        upload = cleaned.get("file")
        if upload is None:
            self.add_error("file", __("Choose a file first."))
            return cleaned
        try:
            too_large = upload.size > files.MOST_BYTES
            cleaned["text"] = files.text_of(b"\0" * (files.MOST_BYTES + 1) if too_large else upload.read())
        except files.FileError as error:
            self.add_error("file", error.lines)
        return cleaned
