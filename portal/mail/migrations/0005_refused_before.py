"""Addresses to which a mail was refused for good before there was a list of them."""

from django.db import migrations

from portal.mail import refused

BATCH = 500


def fill(apps, schema_editor):
    Mail, Refused = apps.get_model("mail", "OutboundEmail"), apps.get_model("mail", "RefusedAddress")
    User = apps.get_model("accounts", "User")
    own = set(User.objects.filter(is_staff=True).values_list("email", flat=True))
    failed = Mail.objects.filter(status="failed", reason__startswith="5").order_by("pk")
    rows = {
        refused.digest_of(email): Refused(
            digest=refused.digest_of(email), email=email.lower(), why="bounce", reason=reason, created_at=due_at
        )
        for email, reason, due_at in failed.values_list("to_email", "reason", "due_at").iterator(BATCH)
        if email.lower() not in own and refused.is_of_the_address("", reason, is_recipient=False)
    }
    Refused.objects.bulk_create(rows.values(), BATCH, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0004_refused_and_stopped"),
        ("accounts", "0001_initial"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
