from django.db import migrations, models


class Migration(migrations.Migration):
    """When somebody was told that an idle account goes."""

    dependencies = [("accounts", "0005_other_rights_end_sessions")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="idle_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
