"""Every address of the admin, once, and who may open it; a URL in none of these lists fails, and says so.

`bookings/admin/rights/test_matrix.py` opens each as a stranger, a member, the coach whose thing it is, another coach
and the practice.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

# For everybody who works here; what stands in it is of whoever looks.
SHARED = {
    "index", "menu", "app_list", "search", "jsi18n", "assessments_own_site", "assessments_own_site_qr",
    "password_change", "password_change_done", "autocomplete", "assessments_instrument_changelist",
    "assessments_instrument_change", "assessments_instrument_history", "assessments_instrument_add",
    "assessments_instrument_delete", "assessments_instrument_file", "assessments_instrument_section",
    "assessments_instrument_show", "assessments_instrument_differences",
    "leads_lead_changelist", "leads_lead_export", "leads_lead_add", "leads_leadevent_changelist",
    "leads_leadevent_add", "leads_consentevent_changelist", "leads_consentevent_add", "mail_outboundemail_changelist",
    "mail_outboundemail_add", "bookings_booking_changelist", "bookings_booking_add", "bookings_booking_week",
    "bookings_booking_empty", "bookings_booking_new", "bookings_booking_outside", "bookings_host_changelist",
    "bookings_calltype_changelist", "bookings_dateoverride_changelist", "bookings_dateoverride_add",
    "bookings_dateoverride_holidays", "bookings_dateoverride_close", "bookings_blockedtime_changelist",
    "bookings_blockedtime_add", "bookings_calendarsource_changelist", "bookings_calendarsource_add",
    "bookings_waitlistentry_changelist", "bookings_waitlistentry_add", "bookings_offer_changelist",
    "bookings_offer_add", "bookings_host_hours", "bookings_dateoverride_closed", "bookings_dateoverride_weekly",
}  # fmt: skip
# Somebody's own: not found by another coach.
OWN = {
    "leads_lead_change", "leads_lead_history", "leads_lead_delete", "leads_lead_write_note", "leads_lead_note",
    "leads_lead_step", "leads_lead_stop_tips", "leads_leadevent_change", "leads_leadevent_history",
    "leads_leadevent_delete", "leads_consentevent_change", "leads_consentevent_history", "leads_consentevent_delete",
    "mail_outboundemail_change", "mail_outboundemail_history", "mail_outboundemail_delete", "mail_outboundemail_html",
    "mail_outboundemail_stop", "mail_outboundemail_send_again", "mail_outboundemail_send_now",
    "bookings_booking_change", "bookings_booking_history", "bookings_booking_delete", "bookings_booking_brief",
    "bookings_booking_cancel", "bookings_booking_move", "bookings_booking_close", "bookings_booking_agreed",
    "bookings_booking_guests", "bookings_booking_guest_out", "bookings_booking_take_back", "bookings_booking_place",
    "bookings_host_change", "bookings_host_history", "bookings_host_delete", "bookings_host_feed",
    "bookings_calltype_change", "bookings_calltype_history", "bookings_calltype_delete",
    "bookings_dateoverride_change", "bookings_dateoverride_history", "bookings_dateoverride_delete",
    "bookings_blockedtime_change", "bookings_blockedtime_history", "bookings_blockedtime_delete",
    "bookings_blockedtime_move", "bookings_calendarsource_change", "bookings_calendarsource_history",
    "bookings_calendarsource_delete", "bookings_calendarsource_look", "bookings_calendarsource_withdraw",
    "bookings_calendarcopy_right", "bookings_waitlistentry_change", "bookings_waitlistentry_history",
    "bookings_calendarsource_reading", "bookings_calendarsource_read_now", "bookings_host_feed_new",
    "bookings_dateoverride_series", "bookings_dateoverride_series_end", "bookings_dateoverride_take_out",
    "bookings_waitlistentry_delete", "bookings_offer_change", "bookings_offer_history", "bookings_offer_delete",
}  # fmt: skip
# Of all coaches at once, or about who is one.
PRACTICE = {
    "leads_lead_no_mail", "accounts_user_copy_of_contact", "accounts_user_erase_contact", "bookings_host_add",
    "bookings_calltype_add", "funnel_tally_changelist", "funnel_tally_add", "funnel_tally_change",
    "funnel_tally_history", "funnel_tally_delete", "mail_refusedaddress_changelist", "mail_refusedaddress_add",
    "mail_refusedaddress_change", "mail_refusedaddress_history", "mail_refusedaddress_delete",
    "webhook_webhook_changelist", "webhook_webhook_add", "webhook_webhook_change", "webhook_webhook_history",
    "webhook_webhook_delete", "webhook_webhook_secret", "webhook_webhook_test", "webhook_webhook_again_all",
    "webhook_webhook_again", "sequences_sequence_changelist", "sequences_sequence_add", "sequences_sequence_change",
    "sequences_sequence_history", "sequences_sequence_delete", "sequences_sequence_step_add",
    "sequences_sequence_step", "sequences_sequence_step_out", "sequences_sequence_people",
    "sequences_sequence_paragraph", "sequences_sequence_run", "practice_practice_changelist", "practice_practice_add",
    "practice_practice_change", "practice_practice_history", "practice_practice_delete", "practice_practice_portrait",
    "practice_practice_text", "practice_practice_original", "practice_practice_first_steps",
    "numbers_figures_changelist", "numbers_figures_add", "numbers_figures_change", "numbers_figures_history",
    "numbers_figures_delete", "numbers_figures_work_out", "numbers_figures_answers", "numbers_figures_covariances",
    "numbers_figures_codebook",
    "assessments_instrument_upload", "assessments_instrument_clone", "assessments_instrument_number",
    "assessments_instrument_publish", "assessments_instrument_discard",
}  # fmt: skip
# Who may open the admin at all is decided by a superuser.
SUPERUSER = {
    "accounts_user_changelist", "accounts_user_add", "accounts_user_change", "accounts_user_history",
    "accounts_user_delete",
}  # fmt: skip
DOOR = {"login", "logout", "view_on_site"}
KNOWN = SHARED | OWN | PRACTICE | SUPERUSER | DOOR
LISTS = "SHARED, OWN, PRACTICE, SUPERUSER"


def names() -> set[str]:
    """Every URL name of the admin."""
    found = next(one for one in _resolvers(get_resolver()) if one.namespace == "admin")
    return {pattern.name for pattern in _patterns(found) if pattern.name}


def _resolvers(resolver: URLResolver) -> list[URLResolver]:
    inner = [one for one in resolver.url_patterns if isinstance(one, URLResolver)]
    return inner + [one for each in inner for one in _resolvers(each)]


def _patterns(resolver: URLResolver) -> list[URLPattern]:
    here = [one for one in resolver.url_patterns if isinstance(one, URLPattern)]
    return here + [one for each in _resolvers(resolver) for one in _patterns(each)]


def models() -> dict[str, Any]:
    """By the beginning of their URL names: 'bookings_booking'."""
    return {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
