from __future__ import annotations

from typing import Any

from django.db import migrations, models

import portal.common.ids


def give_each_its_own(apps: Any, schema_editor: Any) -> None:
    """A default would give every row that is there the same id."""
    for host in apps.get_model("bookings", "Host").objects.filter(public_id=None):
        host.public_id = portal.common.ids.new_public_id()
        host.save(update_fields=["public_id"])


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="host",
            name="feed_generation",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="host",
            name="feed_shows_names",
            field=models.BooleanField(default=False, verbose_name="show names in the calendar feed"),
        ),
        migrations.AddField(
            model_name="host",
            name="public_id",
            field=models.CharField(max_length=24, null=True, editable=False),
        ),
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="host",
            name="public_id",
            field=models.CharField(
                max_length=24, unique=True, default=portal.common.ids.new_public_id, editable=False
            ),
        ),
    ]
