"""What Celery runs. Messages carry nothing: the rows say what is due. Acknowledged early, on purpose."""

from __future__ import annotations

from celery import shared_task

from portal.mail import bounces, delivery


@shared_task(name="mail.deliver")
def deliver() -> None:
    delivery.deliver_due()


@shared_task(name="mail.sweep")
def sweep() -> None:
    """Every few seconds: what a lost wake-up left, what became due, what is to be tried again."""
    delivery.deliver_due()


@shared_task(name="mail.read_bounces")
def read_bounces() -> None:
    bounces.read()
