"""What a coach fills in of the practice. Every sentence here says how it goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from portal.common import uploads
from portal.common.names import DOT, clean_line, clean_name, clean_text, mailbox
from portal.practice import coach, portraits
from portal.practice.models import OwnText, Practice

MOST_PROCESSORS = 12
LINK = re.compile(r"https?:|www\.|://", re.IGNORECASE)
MARKUP = re.compile(r"</?[a-z!][^>]*>", re.IGNORECASE)
KVK = re.compile(r"[0-9]{8}")
VAT = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}")
PHONE = re.compile(r"\+?[0-9 ()./-]{6,38}")
WIDE = {"class": "wide"}


def line(
    label: Any, most: int, *, help_text: Any = "", required: bool = False, **attrs: str
) -> forms.CharField:
    widget = forms.TextInput(attrs=WIDE | attrs)
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=widget
    )


def mail_field(label: Any, *, help_text: Any = "", required: bool = False) -> forms.EmailField:
    widget = forms.EmailInput(attrs=WIDE | {"autocomplete": "off"})
    return forms.EmailField(
        label=label, max_length=254, required=required, help_text=help_text, widget=widget
    )


class PracticeForm(forms.Form):
    coach_name = line(
        _("Your name"),
        80,
        required=True,
        help_text=_("On pages, in mails and in calendars. Whoever has a call with you reads it too."),
    )
    practice_name = line(_("Name of the practice"), 80, required=True)
    address = line(_("Address"), 200, required=True, help_text=_("Street and number, postcode and town."))
    kvk = line(_("KvK number"), 12, required=True, inputmode="numeric")
    vat_id = line(_("VAT number"), 20, help_text=_("Leave it empty if you have none."))
    phone = line(_("Phone"), 40, inputmode="tel")
    email = mail_field(
        _("E-mail address"), required=True, help_text=_("Visitors write to it, and their answers come here.")
    )
    privacy_email = mail_field(
        _("Address for questions about data"), help_text=_("Leave it empty if it is the same.")
    )
    price_nl = line(
        _("What a call costs, in Dutch"),
        40,
        lang="nl",
        help_text=_("Empty is ‘gratis’. Or for instance: € 95."),
    )
    price_en = line(
        _("What a call costs, in English"),
        40,
        lang="en",
        help_text=_("Empty is ‘free’. Or for instance: € 95."),
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Practice) -> None:
        name = coach.name()
        start = row.values | {"coach_name": name, "was": row.seen_as(name)}
        super().__init__(data, initial=start)
        if not name:
            del self.fields["coach_name"]

    def clean_coach_name(self) -> str:
        name = clean_name(self.cleaned_data["coach_name"])
        if DOT.search(name):
            raise ValidationError(__("Just your name, please: no links, addresses or numbers."))
        return name

    def clean_practice_name(self) -> str:
        name = clean_line(self.cleaned_data["practice_name"])
        if not name:
            raise ValidationError(self.fields["practice_name"].error_messages["required"])
        if LINK.search(name) or DOT.search(name) or "@" in name or MARKUP.search(name):
            raise ValidationError(
                __("Write only the name, without a web address: mail programs would make a link of it.")
            )
        return name

    def clean_address(self) -> str:
        address = plain(clean_line(self.cleaned_data["address"]))
        if not address:
            raise ValidationError(self.fields["address"].error_messages["required"])
        return address

    def clean_kvk(self) -> str:
        number = re.sub(r"[\s.]", "", self.cleaned_data["kvk"])
        if not KVK.fullmatch(number):
            raise ValidationError(
                __("A KvK number has eight digits. You find it in your extract of the register.")
            )
        return number

    def clean_vat_id(self) -> str:
        number = re.sub(r"[\s.]", "", self.cleaned_data["vat_id"]).upper()
        if number and not VAT.fullmatch(number):
            raise ValidationError(__("A VAT number begins with a country, such as NL123456789B01."))
        return number

    def clean_phone(self) -> str:
        number = clean_line(self.cleaned_data["phone"])
        if number and not (PHONE.fullmatch(number) and sum(sign.isdigit() for sign in number) >= 6):
            raise ValidationError(
                __("Write the number with digits and spaces, such as 020 123 45 67 or +31 6 1234 5678.")
            )
        return number

    def clean_email(self) -> str:
        return kept_address(self.cleaned_data["email"])

    def clean_privacy_email(self) -> str:
        return kept_address(self.cleaned_data["privacy_email"])

    def clean_price_nl(self) -> str:
        return plain(clean_line(self.cleaned_data["price_nl"]))

    def clean_price_en(self) -> str:
        return plain(clean_line(self.cleaned_data["price_en"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        both_or_none(self, "price_nl", "price_en")
        return cleaned


class ProcessorForm(forms.Form):
    """One who works for the practice; a line that is empty is nobody."""

    name = line(_("Who"), 80)
    purpose = line(_("What for, in Dutch"), 120, lang="nl")
    purpose_en = line(_("What for, in English"), 120, lang="en")
    country = line(_("Country"), 60)

    def clean(self) -> dict[str, Any]:
        cleaned = {name: plain(clean_line(value)) for name, value in (super().clean() or {}).items()}
        if any(cleaned.values()):
            for name in ("name", "purpose", "country"):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, __("Fill this in too, or make the whole line empty."))
        return cleaned


BaseProcessors = forms.formset_factory(
    ProcessorForm, extra=1, max_num=MOST_PROCESSORS, absolute_max=MOST_PROCESSORS, validate_max=True
)


class ProcessorForms(BaseProcessors):  # type: ignore[misc, valid-type]  # a class that is made
    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Practice) -> None:
        super().__init__(data, initial=row.processors, prefix="processors")

    @property
    def told(self) -> list[dict[str, str]]:
        return [dict(form.cleaned_data) for form in self.forms if any(form.cleaned_data.values())]


class PortraitForm(forms.Form):
    """`portrait` becomes the picture as it is kept."""

    portrait = forms.FileField(
        label=_("A photo of you"),
        error_messages={
            "required": _("Choose a photo first."),
            "empty": _("That file is empty. Choose another photo."),
            "max_length": _("That file has too long a name. Give it a shorter one."),
        },
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG or WebP, at most 10 MB. We turn it upright and cut it to 4 by 5, a face in the middle."
        ),
    )
    was = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def clean_portrait(self) -> bytes:
        file: UploadedFile = self.cleaned_data["portrait"]
        if (file.size or 0) > uploads.MOST_BYTES:
            raise ValidationError(
                __("That file is larger than 10 MB. Choose a smaller one, or let your phone send it smaller.")
            )
        try:
            return portraits.portrait(file)
        except portraits.PortraitError as error:
            raise ValidationError(str(error.words)) from error


class TextForm(forms.ModelForm):
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = OwnText
        fields = ["text_nl", "text_en"]
        labels = {"text_nl": _("Your text in Dutch"), "text_en": _("Your text in English")}
        widgets = {
            name: forms.Textarea(attrs={"rows": 7, "cols": 60, "lang": name[-2:]})
            for name in ("text_nl", "text_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["was"].initial = self.instance.seen

    def clean_text_nl(self) -> str:
        return plain(clean_text(self.cleaned_data["text_nl"]))

    def clean_text_en(self) -> str:
        return plain(clean_text(self.cleaned_data["text_en"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        both_or_none(self, "text_nl", "text_en")
        return cleaned


def plain(text: str) -> str:
    if MARKUP.search(text):
        raise ValidationError(
            __("Marks such as <b> do not work here and would stand on the page. Write plain text.")
        )
    return text


def kept_address(typed: str) -> str:
    if '"' in typed or "=?" in typed:  # as of every address (portal/accounts/forms.py)
        raise ValidationError(
            __("That does not look like an e-mail address. It looks like name@example.org.")
        )
    try:
        return mailbox(typed) if typed else ""
    except UnicodeError as error:
        raise ValidationError(__("That is no e-mail address. Look at what comes after the @.")) from error


def both_or_none(form: forms.BaseForm, *names: str) -> None:
    """Half a language is none."""
    typed = {name: bool(form.cleaned_data[name]) for name in names if name in form.cleaned_data}
    if len(typed) == len(names) and len(set(typed.values())) > 1:
        empty = next(name for name, is_there in typed.items() if not is_there)
        form.add_error(empty, __("Fill in both languages, or leave both empty."))
