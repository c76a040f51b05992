from __future__ import annotations

from celery import shared_task

from assessments.numbers import working_out


@shared_task(
    name="assessments.work_out_numbers",
    soft_time_limit=working_out.SECONDS,
    time_limit=working_out.SECONDS + 10,
)
def work_out_numbers() -> None:
    working_out.work_out()
