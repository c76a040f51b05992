import uuid

from django.db import migrations, models

import portal.common.times


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='OutboundEmail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('lease_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='unique key')),
                ('kind', models.CharField(choices=[('service', 'service'), ('marketing', 'tips')], max_length=10, verbose_name='kind of mail')),
                ('message', models.CharField(help_text='The folder under templates/emails.', max_length=80, verbose_name='template')),
                ('language', models.CharField(default='nl', max_length=2, verbose_name='language')),
                ('to_email', models.EmailField(max_length=254, verbose_name='to')),
                ('to_name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('reply_to', models.CharField(blank=True, max_length=320, verbose_name='reply to')),
                ('from_email', models.CharField(max_length=320, verbose_name='from')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text of the mail')),
                ('html', models.TextField(blank=True)),
                ('calendar', models.TextField(blank=True, verbose_name='calendar file')),
                ('calendar_method', models.CharField(blank=True, max_length=20)),
                ('headers', models.JSONField(blank=True, default=dict)),
                ('about', models.CharField(blank=True, db_index=True, max_length=120, verbose_name='about')),
                ('sequence', models.IntegerField(blank=True, null=True, verbose_name='version of what it is about')),
                ('data', models.JSONField(blank=True, help_text='Set for mails that are written when due.', null=True)),
                ('erase_body', models.BooleanField(default=False, verbose_name='text is erased after sending')),
                ('names_people', models.BooleanField(db_default=False, default=False)),
                ('due_at', models.DateTimeField(help_text='When it was first meant to leave.', verbose_name='due at')),
                ('send_after', models.DateTimeField(help_text='Moves forward with every retry.', verbose_name='not before')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='no use after')),
                ('status', models.CharField(choices=[('queued', 'waiting'), ('leased', 'being sent'), ('retry', 'tried, will be tried again'), ('sent', 'sent'), ('failed', 'not delivered'), ('cancelled', 'cancelled'), ('uncertain', 'perhaps sent')], default='queued', max_length=10, verbose_name='status')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('own_errors', models.PositiveSmallIntegerField(default=0, help_text='Attempts that failed on our side.')),
                ('is_withdrawn', models.BooleanField(default=False, help_text='Cancelled while a worker held it.')),
                ('is_forgotten', models.BooleanField(default=False, help_text='The row goes as soon as it has left.')),
                ('maybe_duplicate', models.BooleanField(default=False, verbose_name='may have arrived twice')),
                ('created_at', models.DateTimeField(default=portal.common.times.now, verbose_name='made at')),
                ('rendered_at', models.DateTimeField(blank=True, null=True, verbose_name='written at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mail',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'retry'])), fields=['send_after'], name='mail_due'), models.Index(condition=models.Q(('status', 'leased')), fields=['lease_until'], name='mail_leased'), models.Index(fields=['-created_at'], name='mail_newest'), models.Index(condition=models.Q(('is_forgotten', True)), fields=['status'], name='mail_forgotten')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('lease_token__isnull', False), ('lease_until__isnull', False), ('status', 'leased')), models.Q(models.Q(('status', 'leased'), _negated=True), ('lease_token__isnull', True), ('lease_until__isnull', True)), _connector='OR'), name='mail_outboundemail_lease_only_while_leased', violation_error_message='A mail has a lease exactly while a worker holds it.'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='mail_outboundemail_sent_has_a_time', violation_error_message='A sent mail has the time at which it was sent.'), models.CheckConstraint(condition=models.Q(('rendered_at__isnull', False), ('data__isnull', False), ('status__in', ['cancelled', 'failed']), _connector='OR'), name='mail_outboundemail_written_or_writable', violation_error_message='A mail is written already, or has what is needed to write it.'), models.CheckConstraint(condition=models.Q(('to_email', ''), _negated=True), name='mail_outboundemail_has_a_recipient', violation_error_message='A mail goes to somebody.'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'marketing'), _negated=True), ('about__startswith', 'followup:'), _connector='OR'), name='mail_outboundemail_tips_can_be_ended', violation_error_message='Tips are about a contact, so that one click can end them.'), models.CheckConstraint(condition=models.Q(('kind__in', ['service', 'marketing'])), name='mail_outboundemail_known_kind', violation_error_message='A mail is either service or tips.')],
            },
        ),
    ]
