"""What the platform does by itself."""

from __future__ import annotations

from celery import shared_task

from portal.accounts import retention as accounts
from portal.accounts.models import Session
from portal.common import times
from portal.mail import retention as mail


@shared_task(name="portal.clean_up")
def clean_up() -> None:
    """Throw away what was promised to be kept no longer; see RETENTION in settings."""
    at = times.now()
    mail.erase_old_bodies(at)
    accounts.erase_leftovers(at)
    Session.objects.filter(expire_date__lt=at).delete()
