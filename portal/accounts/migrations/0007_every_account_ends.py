from django.db import migrations

FORWARD = "UPDATE accounts_user SET last_login = joined_at WHERE last_login IS NULL AND proven_at IS NOT NULL"


class Migration(migrations.Migration):
    """Whoever never signed in since joining counts from there, so that every account ends some time."""

    dependencies = [("accounts", "0006_idle_accounts")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
