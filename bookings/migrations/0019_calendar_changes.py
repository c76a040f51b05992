import django.db.models.functions.datetime
from django.db import migrations, models

# Everything the page with free times is made of (tests/bookings/test_changes.py compares). A statement is
# noted also when it changed no row: rather one page written anew than one word that is not true any more.
TABLES = (
    "host",
    "calltype",
    "availabilityrule",
    "dateoverride",
    "overridewindow",
    "blockedtime",
    "busytime",
    "calendarsource",
    "booking",
)
# A row of its own for each statement: rows of different transactions never wait for each other, a counter would.
FUNCTION = """
CREATE FUNCTION bookings_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bookings_calendarchange DEFAULT VALUES;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON bookings_{table}
FOR EACH STATEMENT EXECUTE FUNCTION bookings_note_change()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0018_waitlist_and_offers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'calendar change',
                'verbose_name_plural': 'calendar changes',
            },
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION bookings_note_change()"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table), f"DROP TRIGGER note_change ON bookings_{table}"
            )
            for table in TABLES
        ),
    ]
