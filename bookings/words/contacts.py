"""What calls add to a contact: stages, lines on the timeline, and the words that ask to share a result."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.leads.funnel.steps import Step

PLANNED, SPOKEN = "planned", "spoken"
STAGES = ((20, PLANNED, _("call planned")), (30, SPOKEN, _("spoken")))
PROOFS = {
    "call.booked": PLANNED,
    "call.moved": PLANNED,
    "call.no_show_undone": PLANNED,
    "call.completed": SPOKEN,
}
FUNNEL = (
    Step(20, _("Booked an impact call"), is_main=True, event="call.booked", matter="booking"),
    Step(
        21,
        _("The call went ahead"),
        is_main=True,
        event="call.completed",
        undone_by="call.no_show",
        matter="booking",
    ),
)
TIMELINE = {
    "call.booked": _("Booked an impact call for %(moment)s"),
    "call.waiting": _("Waits for a time to come free"),
    "call.moved": _("Moved the impact call to %(moment)s"),
    "call.cancelled": _("Cancelled the impact call on %(moment)s"),
    "call.completed": _("The impact call on %(moment)s went ahead"),
    "call.no_show": _("Did not show up on %(moment)s"),
    "call.guest_invited": _("Invited a guest to the impact call on %(moment)s"),
    "call.guest_removed": _("Took a guest out of the impact call on %(moment)s"),
    "call.guest_left": _("A guest stepped out of the impact call on %(moment)s"),
    "call.guest_back": _("A guest joins the impact call on %(moment)s after all"),
    "call.no_show_undone": _("You took back that they did not show up on %(moment)s"),
    "call.agreed": _("Was mailed what was agreed on %(moment)s"),
}
TIMELINE_BY_COACH = {
    "call.booked": _("You booked an impact call for %(moment)s"),
    "call.moved": _("You moved the impact call to %(moment)s"),
    "call.cancelled": _("You cancelled the impact call on %(moment)s"),
    "call.guest_invited": _("You invited a guest to the impact call on %(moment)s"),
    "call.guest_removed": _("You took a guest out of the impact call on %(moment)s"),
}
SHARING = "sharing"
METHODS = {
    "booking form": _("on the form of a booking"),
    "page of the call": _("on the page of the call"),
}
SHARING_WORDS = _("sharing the result")
SHARING_TEXTS = {  # a version that somebody saw never changes; the last one is asked with
    "2026-12": {
        "nl": "De coach ziet dan je tien scores, het totaal, en het verschil met je vorige scan "
        "als die er is. Nooit je losse antwoorden. Je ja intrekken kan altijd, op de pagina van je gesprek.",
        "en": "The coach then sees your ten scores, the overall score, and the difference with your previous "
        "scan if there is one. Never your separate answers. You can take your yes back at any time, on the "
        "page of your call.",
    },
}
