from __future__ import annotations

from celery import shared_task

from assessments import counting
from assessments.mirror import services as mirror


@shared_task(name="assessments.count_up")
def count_up() -> None:
    counting.count_up()


@shared_task(name="assessments.close_rounds")
def close_rounds() -> None:
    mirror.close_due()
