"""The platform: accounts, mail, leads. Nothing in here knows the apps above: they register what is theirs."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
