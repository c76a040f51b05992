from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0005_trust_ends"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("see_practice", "See everything of the practice")],
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
    ]
