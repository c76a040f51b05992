from __future__ import annotations

from io import BytesIO
from typing import Any

import factory
from PIL import Image

from portal.practice import portraits
from portal.practice.known import forget
from portal.practice.models import OwnText, Practice


def picture(width: int = 800, height: int = 1000, *, kind: str = "JPEG", **saved: Any) -> BytesIO:
    """A photo with a dark upper half and a red corner at the top left."""
    made = Image.new("RGB", (width, height), (200, 190, 180))
    made.paste((40, 60, 80), (0, 0, width, height // 2))
    made.paste((220, 20, 20), (0, 0, width // 4, height // 4))
    file = BytesIO()
    made.save(file, kind, **saved)
    file.seek(0)
    file.name = f"portret.{kind.lower()}"
    return file


class PracticeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Practice
        django_get_or_create = ("id",)
        skip_postgeneration_save = True

    class Params:
        with_portrait = factory.Trait(
            portrait=factory.LazyFunction(lambda: portraits.portrait(picture())),
            portrait_digest=factory.LazyAttribute(lambda row: portraits.digest(row.portrait)),
        )

    id = Practice.ONLY
    practice_name = "Huis van Proef"
    email = "mila@huisvanproef.example"
    address = "Dorpsstraat 1, 1234 AB Ons Dorp"
    kvk = "12345678"

    @classmethod
    def _create(cls, *args: Any, **kwargs: Any) -> Practice:
        row: Practice = super()._create(*args, **kwargs)
        forget()
        return row


class OwnTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OwnText

    key = "coach"
    text_nl = "Mila werkt met leiders."
    text_en = "Mila works with leaders."
