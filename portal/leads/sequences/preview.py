"""A step as it would read: with samples or for a contact, on the page and as a test mail to oneself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from portal.leads.models import Lead
from portal.leads.sequences import registry, texts
from portal.leads.sequences.models import Step
from portal.leads.sequences.runs import MESSAGE
from portal.leads.sequences.sending import Words, keys_in, words
from portal.mail import outbox


@dataclass(frozen=True)
class Preview:
    """`has_samples`: what only the person may know stands in it as an example."""

    language: str
    words: Words | None
    word_count: int
    problem: str = ""
    has_samples: bool = False


def of_step(step: Step, language: str, lead: Lead | None) -> Preview:
    """As the text reads now. Nothing that only the person knows is shown of a real contact: the weakest key is
    theirs until they share it."""
    known = registry.keys_by_name()
    if texts.problems(f"{step.subject(language)} {step.body(language)}", known):
        return Preview(language, None, 0)
    keys = keys_in(step, language)
    private = registry.private_in(keys)
    values = registry.sample_values(keys, language)
    if lead is not None:
        real = registry.values_for(keys - private, lead, {}, language)
        if isinstance(real, registry.Missing):
            return Preview(language, None, 0, problem=real.reason)
        values |= real
    filled = words(step, language, values)
    return Preview(language, filled, texts.word_count(texts.plain(filled.blocks)), has_samples=bool(private))


@transaction.atomic
def mail_test(step: Step, lead: Lead | None, *, to: str, to_name: str, key: str) -> int:
    """Both languages to whoever edits. Returns how many mails those are; the same key is mailed once."""
    mails = []
    for language in registry.LANGUAGES:
        shown = of_step(step, language, lead)
        if shown.words is not None:
            mails.append(
                outbox.written(
                    key=f"sequence-test:{key}:{language}",
                    kind=outbox.OutboundEmail.Kind.SERVICE,
                    message=MESSAGE,
                    to=to,
                    to_name=to_name,
                    language=language,
                    context={**shown.words.context, "is_test": True},
                    names_people=lead is not None,
                )
            )
    outbox.enqueue(*mails)
    return len(mails)
