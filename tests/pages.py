"""Every page of the portal, once. From these lists test_access tests who may open it, both languages and the
sitemap, and e2e/test_pages axe and width; a URL in none of them fails, and says so.

The pages of the admin find themselves: bookings/admin/every_page.
"""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from assessments.mirror import models as mirror
from portal.accounts.models import User
from portal.common import tokens
from portal.leads import services as leads
from tests.factories.assessments import CompletedScanFactory, InstrumentFactory
from tests.factories.bookings import BookingFactory, GuestFactory, OfferFactory
from tests.factories.mirror import InvitationFactory, RoundFactory
from tests.factories.practice import PracticeFactory
from tests.factories.promises import PromiseFactory
from tests.factories.result_links import ResultLinkFactory

# Not pages: for machines, and files.
MACHINES = {"healthz", "readyz", "robots", "sitemap", "practice:portrait"}
# For who sends a token of the operator's along; not found by anybody else (tests/operations).
OPERATORS = {"operations:metrics", "operations:probe"}
FILES = {
    "assessments:picture", "assessments:report", "assessments:team_report", "bookings:invite",
    "mfa_download_recovery_codes",
}  # fmt: skip
# Open to everybody, and in the sitemap.
LISTED = {
    "assessments:landing", "assessments:keys", "assessments:key", "portal:privacy", "portal:accessibility",
}  # fmt: skip
# Open to everybody, and nothing for search engines.
UNLISTED = {
    "assessments:begin", "bookings:slots", "bookings:coach", "bookings:zone", "bookings:waitlist",
    "account_request_login_code", "account_login", "accounts:deleted", "assessments:team_thanks",
    "assessments:team_about",
}  # fmt: skip
# Open to everybody, but without a pending step they lead to its beginning.
STEPS = {
    "assessments:scan", "assessments:resume", "bookings:details", "bookings:lost", "bookings:already",
    "account_confirm_login_code", "mfa_authenticate",
}  # fmt: skip
# An address of before leads to the one of now, for good.
MOVED = {"assessments:key_moved"}
# Acts, and is no page.
POST_ONLY = {
    "assessments:start", "assessments:again", "accounts:keep", "bookings:hold", "bookings:release", "bookings:extend",
    "bookings:confirm", "bookings:share", "bookings:unshare", "accounts:profile", "accounts:tips",
    "accounts:contact", "accounts:end_session", "accounts:end_sessions", "bookings:waitlist_join",
    "bookings:waitlist_stop", "bookings:offer_take", "bookings:offer_decline", "bookings:unshare_by_link",
    "leads:tips_again", "mfa_login_webauthn", "untrust", "untrust_all",
    "assessments:promise_mails", "assessments:promise_end", "assessments:link_withdraw",
    "bookings:guest_remove", "bookings:guest_out", "bookings:guest_back", "bookings:guest_forget",
    "assessments:team_invite", "assessments:team_renew_link",
}  # fmt: skip
# For whoever signed in.
MEMBERS = {
    "accounts:account", "accounts:yes_and_no", "accounts:own_data", "accounts:delete", "accounts:delete_confirm",
    "account_logout", "assessments:course", "assessments:pulse",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_add_webauthn", "mfa_edit_webauthn",
    "mfa_remove_webauthn",
}  # fmt: skip
# For the one person whose thing it is; not found by anybody else.
OWNERS = {
    "assessments:team_begin", "assessments:team_round", "assessments:team_guess", "assessments:team_withdraw",
    "assessments:team_report", "assessments:links",
    "assessments:result", "assessments:answers", "assessments:picture", "assessments:report", "bookings:manage",
    "bookings:done", "bookings:invite", "bookings:move", "bookings:cancel", "bookings:offer", "bookings:guests",
    "assessments:promise", "assessments:promise_answer",
}  # fmt: skip
# For whoever has the secret link.
TOKENS = {
    "assessments:promise_link", "assessments:promise_stop",
    "assessments:shown_result",
    "leads:unsubscribe", "bookings:manage_link", "bookings:offer_link", "bookings:guest_link", "feeds:calls",
    "assessments:team_invitation", "assessments:team_link",
}  # fmt: skip

PUBLIC = MACHINES | LISTED | UNLISTED
KNOWN = PUBLIC | STEPS | MOVED | POST_ONLY | MEMBERS | OWNERS | TOKENS | OPERATORS
LISTS = "LISTED, UNLISTED, STEPS, MOVED, POST_ONLY, MEMBERS, OWNERS, TOKENS, OPERATORS"


def names(resolver: URLResolver | None = None, prefix: str = "") -> set[str]:
    """Every URL name of the portal, without the admin's and those of this machine alone."""
    found: set[str] = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace in {"admin", "local"}:
                continue
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            found |= names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(prefix + pattern.name)
    return found


def arguments(owner: User) -> dict[str, list[Any]]:
    """What the addresses of some pages need, of things that belong to `owner`; made here."""
    InstrumentFactory()
    scan = CompletedScanFactory(user=owner)
    link = ResultLinkFactory(scan=scan)
    closed = RoundFactory(user=owner, scan=scan, is_over=True)
    booking = BookingFactory(user=owner, email=owner.email)
    offer = OfferFactory(entry__user=owner)
    guest = GuestFactory(booking=booking)
    invitation = InvitationFactory(round__user=owner, round__scan=scan)
    promise = PromiseFactory(user=owner, scan=scan, weeks_ago=1)
    portrait = PracticeFactory(with_portrait=True).portrait_digest
    lead = leads.contact(owner.email, user_id=owner.pk)
    found: dict[str, list[Any]] = {
        "assessments:key": ["naming"],
        "assessments:key_moved": ["letting-go"],
        "assessments:scan": [1],
        "assessments:result": [scan.public_id],
        "assessments:answers": [scan.public_id],
        "assessments:picture": [scan.public_id],
        "assessments:team_begin": [scan.public_id],
        "assessments:team_invitation": [
            invitation.public_id, tokens.make(mirror.INVITATION, invitation.public_id)
        ],
        "assessments:team_link": [
            invitation.round.public_id, tokens.make(mirror.LINK, invitation.round.public_id)
        ],
        "assessments:report": [scan.public_id],
        "assessments:promise": [scan.public_id],
        "assessments:promise_answer": [promise.public_id, 1],
        "assessments:promise_mails": [promise.public_id],
        "assessments:promise_end": [promise.public_id],
        "assessments:promise_link": [
            promise.public_id, 1, tokens.make("promises.answer", promise.public_id, 1)
        ],
        "assessments:promise_stop": [promise.public_id, tokens.make("promises.stop", promise.public_id)],
        "assessments:team_report": [closed.public_id],
        "assessments:links": [scan.public_id],
        "assessments:link_withdraw": [link.public_id],
        "assessments:shown_result": [link.public_id, tokens.make("result_links.read", link.public_id)],
        "accounts:end_session": ["2" * 24],
        "mfa_edit_webauthn": [0],
        "mfa_remove_webauthn": [0],
        "untrust": ["2" * 24],
        "practice:portrait": [portrait],
        "bookings:coach": [booking.host.slug],
        "bookings:manage_link": [
            booking.public_id, tokens.make("bookings.manage", booking.public_id, booking.manage_generation)
        ],
        "bookings:waitlist_stop": [offer.entry.public_id],
        "bookings:offer_link": [offer.public_id, tokens.make("bookings.offer", offer.public_id)],
        "feeds:calls": [booking.host.public_id, tokens.make("bookings.feed", booking.host.public_id)],
    }  # fmt: skip
    for name in ("about", "round", "guess", "invite", "renew_link", "withdraw"):
        found[f"assessments:team_{name}"] = [invitation.round.public_id]
    for name in ("leads:unsubscribe", "leads:tips_again", "bookings:unshare_by_link"):
        found[name] = [lead.public_id, tokens.make("leads.unsubscribe", lead.public_id)]
    for name in ("guest_link", "guest_out", "guest_back", "guest_forget"):
        found[f"bookings:{name}"] = [guest.public_id, tokens.make("bookings.guest", guest.public_id)]
    for name in ("manage", "done", "invite", "move", "cancel", "guests", "guest_remove", "share", "unshare"):
        found[f"bookings:{name}"] = [booking.public_id]
    for name in ("offer", "offer_take", "offer_decline"):
        found[f"bookings:{name}"] = [offer.public_id]
    return found


def addresses(owner: User) -> dict[str, dict[str, str]]:
    """By language, an address for every name, with things that belong to `owner`."""
    needed = arguments(owner)
    return {
        language: {name: _address(name, language, needed) for name in KNOWN & names()}
        for language in ("nl", "en")
    }


def _address(name: str, language: str, needed: dict[str, list[Any]]) -> str:
    try:
        with translation.override(language):
            return reverse(name, args=needed.get(name, []))
    except NoReverseMatch as error:
        raise AssertionError(
            f"{name} has an address with arguments: give them in arguments() of {__name__}."
        ) from error
