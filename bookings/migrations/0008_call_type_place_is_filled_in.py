from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bookings', '0007_every_place_has_words'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='calltype',
            constraint=models.CheckConstraint(condition=models.Q(('location_kind__in', ['phone_host_calls', 'jitsi']), models.Q(('location_kind', 'phone_visitor_calls'), ('location_phone__regex', '^\\+[1-9][0-9]{6,14}$')), models.Q(('location_kind', 'link'), ('location_url__startswith', 'https://')), models.Q(('location_kind', 'address'), models.Q(('location_en', ''), ('location_nl', ''), _negated=True)), models.Q(('location_kind', 'text'), models.Q(('location_nl', ''), _negated=True), models.Q(('location_en', ''), _negated=True)), _connector='OR'), name='bookings_calltype_place_is_filled_in', violation_error_message='Fill in what belongs to the place you chose.'),
        ),
    ]
