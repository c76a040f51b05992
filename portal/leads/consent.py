"""The consent texts, by purpose and version. A published version never changes; a change is a new version."""

from __future__ import annotations

TIPS = "tips"
CURRENT = {TIPS: "2026-12"}
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
}


def text(purpose: str, language: str, version: str | None = None) -> str:
    """The wording a person saw. KeyError for a version that never existed."""
    return TEXTS[purpose, version or CURRENT[purpose]][language]
