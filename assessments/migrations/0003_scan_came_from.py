from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("assessments", "0002_database_rules")]

    operations = [
        migrations.AddField(
            model_name="scan",
            name="came_from",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
