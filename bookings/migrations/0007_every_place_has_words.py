"""Words in both languages for every kind of call that had them in one or in none."""

from django.db import migrations

BY_ARRANGEMENT = {"nl": "In overleg", "en": "By arrangement"}


def fill_in_words(apps, schema_editor):
    for call_type in apps.get_model("bookings", "CallType").objects.filter(location_kind="text"):
        words = {"nl": call_type.location_nl, "en": call_type.location_en}
        if not all(words.values()):
            call_type.location_nl = words["nl"] or words["en"] or BY_ARRANGEMENT["nl"]
            call_type.location_en = words["en"] or words["nl"] or BY_ARRANGEMENT["en"]
            call_type.save(update_fields=["location_nl", "location_en"])


class Migration(migrations.Migration):

    dependencies = [
        ("bookings", "0006_call_type_place"),
    ]

    operations = [migrations.RunPython(fill_in_words, migrations.RunPython.noop)]
