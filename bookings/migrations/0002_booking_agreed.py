from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="agreed",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="what was agreed"
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="agreed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="agreed_version",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
