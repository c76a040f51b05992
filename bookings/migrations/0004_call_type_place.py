import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0003_connected_calendars'),
    ]

    operations = [
        migrations.AddField(
            model_name='calltype',
            name='location_kind',
            field=models.CharField(choices=[('phone_host_calls', 'By phone: you call the visitor'), ('phone_visitor_calls', 'By phone: the visitor calls you'), ('address', 'At an address'), ('link', 'Online, always by the same link'), ('jitsi', 'Online, in a private Jitsi room for each call'), ('text', 'In your own words')], default='text', max_length=20, verbose_name='where'),
        ),
        migrations.AddField(
            model_name='calltype',
            name='location_phone',
            field=models.CharField(blank=True, max_length=16, verbose_name='the coach’s number'),
        ),
        migrations.AddField(
            model_name='calltype',
            name='location_url',
            field=models.URLField(blank=True, max_length=300, validators=[django.core.validators.URLValidator(schemes=['https'])], verbose_name='the link'),
        ),
        migrations.AlterField(
            model_name='calltype',
            name='location_en',
            field=models.CharField(blank=True, max_length=200, verbose_name='address or words, in English'),
        ),
        migrations.AlterField(
            model_name='calltype',
            name='location_nl',
            field=models.CharField(blank=True, max_length=200, verbose_name='address or words, in Dutch'),
        ),
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('location_kind__in', ['phone_host_calls', 'jitsi']), models.Q(('location_kind', 'phone_visitor_calls'), ('location_phone__regex', '^\\+[1-9][0-9]{6,14}$')), models.Q(('location_kind', 'link'), ('location_url__startswith', 'https://')), models.Q(('location_kind', 'address'), models.Q(('location_en', ''), ('location_nl', ''), _negated=True)), models.Q(('location_kind', 'text'), models.Q(('location_nl', ''), _negated=True), models.Q(('location_en', ''), _negated=True)), _connector='OR'), name='bookings_calltype_place_is_filled_in', violation_error_message='Fill in what belongs to the place you chose.'),
        ),
    ]
