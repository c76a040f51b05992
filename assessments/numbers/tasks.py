from __future__ import annotations

from celery import shared_task

from assessments.numbers import working_out


@shared_task(name="assessments.work_out_numbers")
def work_out_numbers() -> None:
    working_out.work_out()
