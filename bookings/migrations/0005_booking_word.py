from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_booking_guests"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="word",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                max_length=500,
                verbose_name="personal word of the coach",
            ),
        ),
    ]
