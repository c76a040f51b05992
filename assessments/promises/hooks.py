"""What a login means for a promise that waited for it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from assessments.models import Scan
from assessments.promises import services
from portal.accounts import typed, waiting
from portal.accounts.models import User

PROMISE = "promise"  # what waits for a code, and what is shown again on its page


def make_pending(request: HttpRequest, user: User) -> str | None:
    """Runs after the scans of the browser got their account. A promise that stands is never replaced unasked: then
    the page shows what was typed, and asks."""
    kept = waiting.find(request, user.email, PROMISE)
    if kept is None:
        return None
    said = dict(kept)
    scan = Scan.objects.for_user(user.pk).completed().filter(public_id=said.pop("scan")).first()
    waiting.drop(request, PROMISE)
    if scan is None:
        return None
    try:
        services.make(user, scan, **said)
    except services.PersonGoneError:
        return reverse("accounts:deleted")
    except services.PromiseStandsError:
        typed.keep(request, **{PROMISE: kept})
        return reverse("assessments:promise", args=[scan.public_id])
    return f"{reverse('accounts:account')}#belofte"
