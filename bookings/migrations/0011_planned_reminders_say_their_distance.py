"""Reminders that are planned already get the key and the distance they would have now.

Otherwise a change of a kind of call's reminders would plan the same one a second time.
"""

from django.db import migrations

USUAL = [("bookings/reminder_invitee", 1440), ("bookings/reminder_coach", 60)]
WAITING = ["queued", "retry"]


def say_distance(apps, schema_editor):
    mails = apps.get_model("mail", "OutboundEmail").objects
    for message, minutes in USUAL:
        for mail in mails.filter(message=message, status__in=WAITING, key__contains=":reminder:"):
            mail.key = mail.key.replace(":reminder:", f":reminder-{minutes}:")
            mail.data = {**mail.data, "minutes": minutes}
            mail.save(update_fields=["key", "data"])


def forget_distance(apps, schema_editor):
    mails = apps.get_model("mail", "OutboundEmail").objects
    for message, minutes in USUAL:
        for mail in mails.filter(message=message, status__in=WAITING, key__contains=f":reminder-{minutes}:"):
            mail.key = mail.key.replace(f":reminder-{minutes}:", ":reminder:")
            mail.data.pop("minutes", None)
            mail.save(update_fields=["key", "data"])


class Migration(migrations.Migration):

    dependencies = [
        ("bookings", "0010_reminders_of_a_call_type"),
        ("mail", "0002_forget_people"),
    ]

    operations = [migrations.RunPython(say_distance, forget_distance)]
