from django.db import migrations

from portal.leads.consent import subject_of


def name_subjects(apps, schema_editor):
    ConsentEvent = apps.get_model("leads", "ConsentEvent")
    for event in ConsentEvent.objects.filter(subject="").select_related("lead").iterator():
        event.subject = subject_of(event.lead.email)
        event.save(update_fields=["subject"])


class Migration(migrations.Migration):
    """Proof from before gets the digest of its address."""

    dependencies = [("leads", "0002_proof_outlives_the_contact")]

    operations = [migrations.RunPython(name_subjects, migrations.RunPython.noop)]
