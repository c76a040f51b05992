from django.db import migrations, models


class Migration(migrations.Migration):
    """When what was typed in a session was last touched: so long after it, it goes."""

    dependencies = [("accounts", "0008_admin_log_names_nobody")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="typed_at",
            field=models.DateTimeField(db_index=True, null=True),
        ),
    ]
