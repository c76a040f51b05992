"""The steps of signing in that are ours: the second one is left out where a browser is trusted."""

from __future__ import annotations

from typing import Any

from allauth.mfa.stages import AuthenticateStage

from portal.accounts import trusted
from portal.accounts.allauth_internals import note_second_factor


class SecondStep(AuthenticateStage):
    """The trust counts as the second factor of this session; not where it is asked for again, since a record
    without `reauthenticated` answers nothing there."""

    def handle(self) -> tuple[Any, bool]:
        response, goes_on = super().handle()
        if response and trusted.use(self.request, self.login.user):
            note_second_factor(self.request, self.login.user, kind=trusted.CAME_BY)
            return None, True
        return response, goes_on
