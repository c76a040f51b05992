import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

WORDS = "An offer follows from the waitlist or from a call that did not go ahead."


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_booking_word"),
    ]

    operations = [
        migrations.AlterField(
            model_name="offer",
            name="missed",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="offer_afterwards",
                to="bookings.booking",
                verbose_name="call that did not go ahead",
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="reason",
            field=models.CharField(
                choices=[
                    ("freed", "a time came free"),
                    ("no_show", "missed a call"),
                    ("cancelled", "the coach cancelled"),
                ],
                max_length=10,
                verbose_name="reason",
            ),
        ),
        migrations.RemoveConstraint(model_name="offer", name="bookings_offer_has_its_reason"),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=Q(reason="freed", entry__isnull=False, missed__isnull=True)
                | Q(reason__in=["no_show", "cancelled"], entry__isnull=True, missed__isnull=False),
                name="bookings_offer_has_its_reason",
                violation_error_message=WORDS,
            ),
        ),
    ]
