from django.db import migrations, models


class Migration(migrations.Migration):
    """When somebody was told that an idle account goes. Whoever never signed in since joining gets that as
    the last sign-in, so that every account ends some time."""

    dependencies = [("accounts", "0005_other_rights_end_sessions")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="idle_told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(
            "UPDATE accounts_user SET last_login = joined_at WHERE last_login IS NULL AND proven_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
