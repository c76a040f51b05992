import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

AS_DJANGO_MADE_IT = """
CREATE TABLE django_session (
    session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date timestamptz NOT NULL
);
CREATE INDEX django_session_expire_date_a5c62663 ON django_session (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON django_session (session_key varchar_pattern_ops);
"""


class Migration(migrations.Migration):
    """Everybody signs in once more: the old sessions, which nobody could list, go with their table."""

    dependencies = [("accounts", "0003_limits_of_any_hour")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key")),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("public_id", models.CharField(max_length=24, null=True, unique=True)),
                ("browser", models.CharField(blank=True, max_length=30)),
                ("system", models.CharField(blank=True, max_length=30)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL)),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", AS_DJANGO_MADE_IT),
    ]
