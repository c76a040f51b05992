from __future__ import annotations

from celery import shared_task
from django.conf import settings

from assessments.services import delete_abandoned_scans


@shared_task(name="assessments.delete_abandoned_scans")
def delete_abandoned() -> None:
    """Scans that belong to nobody are kept as long as the privacy page says, and no longer."""
    delete_abandoned_scans(settings.RETENTION["anonymous_scans"])
