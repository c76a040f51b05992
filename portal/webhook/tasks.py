"""What Celery runs. Messages carry nothing: the rows say what is due."""

from __future__ import annotations

from celery import shared_task

from portal.webhook import delivery


@shared_task(name="webhook.deliver")
def deliver() -> None:
    delivery.deliver_due()
