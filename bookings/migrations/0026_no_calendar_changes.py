from importlib import import_module

from django.db import migrations

before = import_module("bookings.migrations.0019_calendar_changes")


class Migration(migrations.Migration):
    """Decision 0021: a page is kept for seconds, and nothing asks any more what changed."""

    dependencies = [
        ('bookings', '0025_one_lease'),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"DROP TRIGGER note_change ON bookings_{table}", before.TRIGGER.format(table=table)
            )
            for table in before.TABLES
        ),
        migrations.RunSQL("DROP FUNCTION bookings_note_change()", before.FUNCTION),
        migrations.DeleteModel("CalendarChange"),
    ]
