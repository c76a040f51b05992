"""What the scan adds to a contact: a stage, a line on the timeline, and the words that ask for tips."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCANNED = "scanned"
SCANNED_WORDS = _("scanned")
PROOFS = {"scan.completed": SCANNED}
TIMELINE = {"scan.completed": _("Finished a scan")}
TIPS_TEXTS = {  # a version that somebody saw never changes; the last one is asked with
    "2026-11": {
        "nl": "Stuur me ook een korte tip over mijn zwakste sleutel. Afmelden kan met één klik.",
        "en": "Also send me a short tip about my weakest key. One click unsubscribes.",
    },
    "2026-12": {
        "nl": "Mail me een paar dagen na mijn scan één tip bij de sleutel die het minst draagt. "
        "Afmelden kan met één klik.",
        "en": "Send me one tip by e-mail a few days after my scan, about the key that carries least. "
        "One click unsubscribes.",
    },
    "2026-12b": {
        "nl": "Ja, {practice} mag mij na elke scan één tip mailen over de sleutel die het minst draagt. "
        "Stoppen kan altijd.",
        "en": "Yes, {practice} may mail me one tip after each scan, about the key that carries least. "
        "I can stop at any time.",
    },
    "2026-12c": {
        "nl": "Ja, {practice} mag mij na elke scan een paar mails sturen: over de sleutel die het minst draagt, een "
        "uitnodiging voor een impactcall, en na twee maanden de vraag wat er veranderd is. Stoppen kan altijd.",
        "en": "Yes, {practice} may send me a few mails after each scan: about the key that carries least, an "
        "invitation to an impact call, and after two months the question what has changed. I can stop at any time.",
    },
}
ONE_TIP = ("2026-11", "2026-12", "2026-12b")  # whoever said yes to these said yes to one mail a scan
