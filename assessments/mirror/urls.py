"""Addresses of the team mirror. Joined by `assessments/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from assessments.mirror import member, public, report, rounds

urlpatterns: list[URLPattern] = [
    # for members, by a secret
    path(_("team/answer/<public_id:public_id>/<str:token>/"), member.by_invitation, name="team_invitation"),
    path(_("team/link/<public_id:public_id>/<str:token>/"), member.by_link, name="team_link"),
    path(_("team/thanks/"), member.thanks, name="team_thanks"),
    # for the leader
    path(_("team/begin/<public_id:public_id>/"), rounds.open_round, name="team_begin"),
    path(_("team/<public_id:public_id>/"), rounds.show, name="team_round"),
    path(_("team/<public_id:public_id>/invite/"), rounds.invite, name="team_invite"),
    path(_("team/<public_id:public_id>/new-link/"), rounds.renew_link, name="team_renew_link"),
    path(_("team/<public_id:public_id>/guess/"), rounds.guess, name="team_guess"),
    path(_("team/<public_id:public_id>/withdraw/"), rounds.withdraw, name="team_withdraw"),
    path(_("team/<public_id:public_id>/report.pdf"), report.report, name="team_report"),
    # for everybody
    path(_("team/<public_id:public_id>/anonymity/"), public.show, name="team_about"),
]
