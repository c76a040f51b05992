from django.db import migrations


def let_coaches_run_the_practice(apps, schema_editor):
    """Until now whoever was in the group coach saw and did everything: these people go on doing so."""
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    coach = Group.objects.filter(name="coach").first()
    if coach is None:
        return
    kind, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="accounts", model="user"
    )
    see, _made = Permission.objects.get_or_create(
        content_type=kind, codename="see_practice", defaults={"name": "See everything of the practice"}
    )
    practice, _made = Group.objects.get_or_create(name="practice")
    practice.permissions.set([*coach.permissions.all(), see])
    for user in apps.get_model("accounts", "User").objects.filter(groups=coach):
        user.groups.add(practice)


def forget_the_practice(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name="practice").delete()


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0006_right_of_the_practice"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(let_coaches_run_the_practice, forget_the_practice),
    ]
