"""What a copy of everything holds of an account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Session, TrustedBrowser, User
from portal.common.export import Section

SECTIONS = (
    Section(
        name="account",
        words=_("account"),
        rows=lambda email: User.objects.filter(email=email),
        left_out={"password": "there is none that anybody knows", "is_superuser": "of staff"},
    ),
    Section(
        name="addresses",
        words=_("e-mail addresses"),
        rows=lambda email: EmailAddress.objects.filter(user__email=email),
    ),
    Section(
        name="signed_in",
        words=_("where you are signed in"),
        rows=lambda email: Session.objects.filter(user__email=email),
        left_out={
            "session_key": "opens the session",
            "session_data": "what the site needs while somebody is signed in",
            "public_id": "random",
            "typed_at": "of the session",
        },
    ),
    Section(
        name="trusted_browsers",
        words=_("browsers you trust"),
        rows=lambda email: TrustedBrowser.objects.filter(user__email=email),
        left_out={"public_id": "random", "digest": "of what the browser keeps"},
    ),
)
