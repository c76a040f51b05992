from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("leads", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="first_touch",
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="lead",
            name="last_touch",
            field=models.JSONField(blank=True, db_default={}, default=dict, editable=False),
        ),
    ]
