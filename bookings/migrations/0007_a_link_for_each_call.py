from django.db import migrations, models
from django.db.models import Q

E164 = r"^\+[1-9][0-9]{6,14}$"

KINDS = [
    ("phone_host_calls", "By phone: you call the visitor"),
    ("phone_visitor_calls", "By phone: the visitor calls you"),
    ("address", "At an address"),
    ("link", "Online, always by the same link"),
    ("link_later", "Online, by a link you give for each call"),
    ("jitsi", "Online, in a private Jitsi room for each call"),
    ("text", "In your own words"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0006_offer_after_a_cancellation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="location_kind",
            field=models.CharField(choices=KINDS, default="text", max_length=20, verbose_name="kind of place"),
        ),
        migrations.AlterField(
            model_name="calltype",
            name="location_kind",
            field=models.CharField(
                choices=KINDS, default="phone_host_calls", max_length=20, verbose_name="where"
            ),
        ),
        migrations.RemoveConstraint(model_name="calltype", name="bookings_calltype_place_is_filled_in"),
        migrations.AddConstraint(
            model_name="calltype",
            constraint=models.CheckConstraint(
                condition=Q(location_kind__in=["phone_host_calls", "jitsi", "link_later"])
                | Q(location_kind="phone_visitor_calls", location_phone__regex=E164)
                | Q(location_kind="link", location_url__startswith="https://")
                | (Q(location_kind="address") & ~Q(location_nl="", location_en=""))
                | (Q(location_kind="text") & ~Q(location_nl="") & ~Q(location_en="")),
                name="bookings_calltype_place_is_filled_in",
                violation_error_message="Fill in what belongs to the place you chose.",
            ),
        ),
    ]
