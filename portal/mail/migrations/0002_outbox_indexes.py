from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="outboundemail", name="mail_due"),
        migrations.AddIndex(
            model_name="outboundemail",
            index=models.Index(
                fields=["send_after", "id"],
                condition=models.Q(("status__in", ["queued", "retry"])),
                name="mail_due",
            ),
        ),
        migrations.AddIndex(
            model_name="outboundemail",
            index=models.Index(
                KeyTextTransform("step", "data"),
                condition=models.Q(("kind", "marketing"), ("status", "sent")),
                name="mail_tips_by_step",
            ),
        ),
    ]
