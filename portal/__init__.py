"""The platform: accounts, mail, leads. Nothing in here knows about scans or bookings."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
