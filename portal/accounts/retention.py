"""What is thrown away by itself: counters, used codes, accounts of addresses that nobody ever proved."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from portal.accounts.models import RateCounter, UsedLoginCode, User


def erase_leftovers(at: datetime) -> None:
    """Forget what has served its time at the instant `at`."""
    RateCounter.objects.filter(expires_at__lt=at).delete()
    code_life = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    UsedLoginCode.objects.filter(used_at__lt=at - code_life).delete()
    unproven = User.objects.filter(proven_at__isnull=True, is_staff=False)
    unproven.filter(joined_at__lt=at - settings.RETENTION["unproven_accounts"]).delete()
