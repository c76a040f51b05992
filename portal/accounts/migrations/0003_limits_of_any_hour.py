from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """Counters of fixed periods go; they are a day old at most."""

    dependencies = [("accounts", "0002_said_for_people")]

    operations = [
        migrations.RunSQL("DELETE FROM accounts_ratecounter", migrations.RunSQL.noop),
        migrations.RemoveField("ratecounter", "count"),
        migrations.AddField("ratecounter", "hits", ArrayField(models.DateTimeField(), default=list)),
    ]
