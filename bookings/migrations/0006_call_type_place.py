import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0005_calendar_copies'),
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
    ]
