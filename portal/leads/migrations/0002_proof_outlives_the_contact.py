import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The proof of consent no longer goes with the contact, and a contact may object."""

    dependencies = [("leads", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="consentevent",
            name="lead",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="consents",
                to="leads.lead",
                verbose_name="contact",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="subject",
            field=models.CharField(db_index=True, default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="lead",
            name="objected_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="objected at"),
        ),
    ]
