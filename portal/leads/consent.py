"""The consent texts, by purpose and version. A published version never changes; a change is a new version.

`{practice}` is the one gap: the practice that asks. The proof holds the words with the gap filled in.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

TIPS = "tips"
SHARING = "sharing"
PURPOSES = {TIPS: _("tips by mail"), SHARING: _("sharing the result")}
CURRENT = {TIPS: "2026-12b", SHARING: "2026-12"}
TEXTS = {
    (TIPS, "2026-11"): {
        "nl": "Stuur me ook een korte tip over mijn zwakste sleutel. Afmelden kan met één klik.",
        "en": "Also send me a short tip about my weakest key. One click unsubscribes.",
    },
    (TIPS, "2026-12"): {
        "nl": "Mail me een paar dagen na mijn scan één tip bij de sleutel die het minst draagt. "
        "Afmelden kan met één klik.",
        "en": "Send me one tip by e-mail a few days after my scan, about the key that carries least. "
        "One click unsubscribes.",
    },
    (TIPS, "2026-12b"): {
        "nl": "Ja, {practice} mag mij na elke scan één tip mailen over de sleutel die het minst draagt. "
        "Stoppen kan altijd.",
        "en": "Yes, {practice} may mail me one tip after each scan, about the key that carries least. "
        "I can stop at any time.",
    },
    (SHARING, "2026-12"): {
        "nl": "De coach ziet dan je tien scores, het totaal, en het verschil met je vorige scan "
        "als die er is. Nooit je losse antwoorden. Je ja intrekken kan altijd, op de pagina van je gesprek.",
        "en": "The coach then sees your ten scores, the overall score, and the difference with your previous "
        "scan if there is one. Never your separate answers. You can take your yes back at any time, on the "
        "page of your call.",
    },
}


def text(purpose: str, language: str, version: str | None = None) -> str:
    """The wording a person saw. KeyError for a version that never existed."""
    words = TEXTS[purpose, version or CURRENT[purpose]][language]
    return words.format(practice=settings.PRACTICE["practice_name"])


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def subject_of(email: str, secret: str | None = None) -> str:
    """Whose proof it is once the address itself is gone: a keyed digest, so that a list of addresses cannot
    be tried against it."""
    return salted_hmac("leads.consent", email.strip().lower(), secret=secret, algorithm="sha256").hexdigest()


def subjects_of(email: str) -> list[str]:
    """The same under every secret key that is still known: who gives an address finds its proof."""
    return [subject_of(email, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
