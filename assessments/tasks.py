from __future__ import annotations

from celery import shared_task

from assessments import counting


@shared_task(name="assessments.count_up")
def count_up() -> None:
    counting.count_up()
