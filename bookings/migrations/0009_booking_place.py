from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0008_call_type_place_is_filled_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='join_url',
            field=models.URLField(blank=True, max_length=300, verbose_name='link to the call'),
        ),
        migrations.AddField(
            model_name='booking',
            name='location_kind',
            field=models.CharField(choices=[('phone_host_calls', 'By phone: you call the visitor'), ('phone_visitor_calls', 'By phone: the visitor calls you'), ('address', 'At an address'), ('link', 'Online, always by the same link'), ('jitsi', 'Online, in a private Jitsi room for each call'), ('text', 'In your own words')], default='text', max_length=20, verbose_name='kind of place'),
        ),
        migrations.AddField(
            model_name='booking',
            name='phone',
            field=models.CharField(blank=True, max_length=16, verbose_name='phone number'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('join_url', ''), ('join_url__startswith', 'https://'), _connector='OR'), name='bookings_booking_link_is_https', violation_error_message='A link begins with https://.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^\\+[1-9][0-9]{6,14}$'), _connector='OR'), name='bookings_booking_phone_is_e164', violation_error_message='A number is kept with its country code.'),
        ),
    ]
