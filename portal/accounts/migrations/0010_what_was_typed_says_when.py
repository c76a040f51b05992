from django.db import migrations
from django.utils import timezone

from portal.accounts.sessions import SessionStore


def say_when(apps, schema_editor):
    """What sessions of before hold is kept as if it was touched now: nobody loses a form under way, and
    nothing of it is there tomorrow."""
    now = timezone.now()
    for session in apps.get_model("accounts", "Session").objects.iterator():
        kept = SessionStore().decode(session.session_data)
        booking = kept.get("booking", {})
        typed = {"waiting": kept.pop("waiting", None), "booking": booking.pop("typed", None)}
        typed = {name: value for name, value in typed.items() if value}
        if typed or "account_login" in kept:
            kept["typed"] = typed | {"at": now.timestamp()}
            session.session_data, session.typed_at = SessionStore().encode(kept), now
            session.save(update_fields=["session_data", "typed_at"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_session_typed_at")]

    operations = [migrations.RunPython(say_when, migrations.RunPython.noop)]
