import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.common.ids
import portal.common.times


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Instrument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, verbose_name='name in addresses')),
                ('version', models.CharField(max_length=20, verbose_name='version')),
                ('content', models.JSONField(verbose_name='content')),
                ('checksum', models.CharField(editable=False, max_length=64, verbose_name='checksum')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published')], default='draft', max_length=10, verbose_name='status')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published at')),
            ],
            options={
                'verbose_name': 'instrument',
                'verbose_name_plural': 'instruments',
                'ordering': ['slug', '-published_at'],
                'constraints': [models.UniqueConstraint(fields=('slug', 'version'), name='assessments_instrument_one_row_per_version', violation_error_message='This version exists already. A change is a new version.'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('status', 'published')), models.Q(('published_at__isnull', True), ('status', 'draft')), _connector='OR'), name='assessments_instrument_published_has_a_time', violation_error_message='A published version has the time at which it was published.')],
            },
        ),
        migrations.CreateModel(
            name='Scan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=portal.common.ids.new_public_id, editable=False, max_length=24, unique=True)),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('status', models.CharField(choices=[('in_progress', 'under way'), ('completed', 'finished'), ('discarded', 'set aside')], default='in_progress', max_length=12, verbose_name='status')),
                ('answers', models.JSONField(blank=True, default=dict)),
                ('page_saved_at', models.JSONField(blank=True, default=dict)),
                ('scores', models.JSONField(blank=True, null=True)),
                ('overall', models.FloatField(blank=True, null=True, verbose_name='overall')),
                ('started_at', models.DateTimeField(default=portal.common.times.now, verbose_name='started at')),
                ('completed_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('attached_at', models.DateTimeField(blank=True, null=True, verbose_name='attached at')),
                ('instrument', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scans', to='assessments.instrument', verbose_name='instrument')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scans', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'scan',
                'verbose_name_plural': 'scans',
                'ordering': ['-started_at'],
                'indexes': [models.Index(fields=['user', '-completed_at'], name='assessments_scan_of_user'), models.Index(condition=models.Q(('user__isnull', True)), fields=['started_at'], name='assessments_scan_unattached')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('scores__isnull', False), ('status', 'completed')), models.Q(('status__in', ['in_progress', 'discarded']), ('completed_at__isnull', True), ('scores__isnull', True)), _connector='OR'), name='assessments_scan_scores_only_when_completed', violation_error_message='A scan has scores and a time of completion exactly when completed.'), models.CheckConstraint(condition=models.Q(models.Q(('attached_at__isnull', False), ('user__isnull', False)), models.Q(('attached_at__isnull', True), ('user__isnull', True)), _connector='OR'), name='assessments_scan_attached_has_a_time', violation_error_message='A scan has an account and the time it was attached, or neither.'), models.CheckConstraint(condition=models.Q(('overall__isnull', True), models.Q(('overall__gte', 0), ('overall__lte', 100)), _connector='OR'), name='assessments_scan_overall_on_the_scale', violation_error_message='The overall score lies between 0 and 100.'), models.CheckConstraint(condition=models.Q(('language__in', ['nl', 'en'])), name='assessments_scan_known_language', violation_error_message='A scan is in Dutch or in English.')],
            },
        ),
    ]
