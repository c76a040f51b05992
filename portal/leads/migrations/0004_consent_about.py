from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0003_notes_and_next_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentevent",
            name="about",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
        ),
    ]
