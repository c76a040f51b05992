import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import portal.common.ids
import portal.common.times
import portal.leads.stages


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('stage', models.CharField(choices=portal.leads.stages.choices, default='new', max_length=12, verbose_name='stage')),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='first seen')),
                ('objected_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='objected at')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='lead', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='ConsentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(db_index=True, editable=False, max_length=64)),
                ('purpose', models.CharField(max_length=20, verbose_name='purpose')),
                ('action', models.CharField(choices=[('given', 'given'), ('withdrawn', 'withdrawn')], max_length=10, verbose_name='action')),
                ('text_version', models.CharField(max_length=20, verbose_name='version of the text')),
                ('text', models.TextField(verbose_name='the text')),
                ('text_sha256', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('method', models.CharField(max_length=40, verbose_name='how')),
                ('source_path', models.CharField(blank=True, max_length=200, verbose_name='where')),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='at')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='consents', to='leads.lead', verbose_name='contact')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LeadEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='what')),
                ('data', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='at')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='leads.lead', verbose_name='contact')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'timeline',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='leads_lead_email_lowercase', violation_error_message='An e-mail address is stored in lower case.'),
        ),
        migrations.AddIndex(
            model_name='leadevent',
            index=models.Index(fields=['lead', 'kind', '-created_at'], name='leads_event_timeline'),
        ),
    ]
