"""What is thrown away by itself: counters, used codes, accounts of addresses that nobody ever proved."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from portal.accounts import services
from portal.accounts.models import RateCounter, UsedLoginCode, User

logger = logging.getLogger(__name__)


def erase_leftovers(at: datetime) -> None:
    """Forget what has served its time at the instant `at`."""
    RateCounter.objects.filter(expires_at__lt=at).delete()
    code_life = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    UsedLoginCode.objects.filter(used_at__lt=at - code_life).delete()
    since = at - settings.RETENTION["unproven_accounts"]
    unproven = User.objects.filter(proven_at__isnull=True, is_staff=False, joined_at__lt=since)
    for pk in list(unproven.values_list("pk", flat=True)):
        try:
            erase_unproven(pk)
        except Exception:  # one that cannot go must not keep the others
            logger.exception("Unproven account %s could not be erased", pk)


@transaction.atomic
def erase_unproven(pk: int) -> None:
    """Erase the account unless its mailbox was proven a moment ago."""
    user = User.objects.select_for_update().filter(pk=pk, proven_at__isnull=True).first()
    if user is not None:
        services.forget_unproven(user)
