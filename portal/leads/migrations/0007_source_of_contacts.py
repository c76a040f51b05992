from django.db import migrations

from portal.common.came_from import source


def fill(apps, schema_editor):
    leads = apps.get_model("leads", "Lead").objects.exclude(first_touch={})
    for lead in leads.only("first_touch").iterator(chunk_size=1000):
        leads.model.objects.filter(pk=lead.pk).update(source=source(lead.first_touch))


class Migration(migrations.Migration):
    dependencies = [("leads", "0006_lead_source")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
