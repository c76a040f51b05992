"""What whoever saves later than a colleague sees: the own words, and what stands there now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.common import times
from portal.leads.sequences.models import OwnParagraph, Sequence, Step


def overtaken(form: Any, found: Sequence | OwnParagraph) -> Any:
    """The same form, to be saved over what somebody else changed once it was seen."""
    form.data = form.data.copy()
    form.data["version"] = found.version
    if not form.non_field_errors():
        at = times.near_clock(found.changed_at, times.HOST_ZONE)
        form.add_error(
            None,
            _(
                "Somebody changed this meanwhile, at %(at)s. What you filled in is still here. Look at what differs; "
                "saving once more puts yours in its place."
            )
            % {"at": at},
        )
    return form


def differences(form: Any, now: Any) -> list[dict[str, Any]]:
    """What stands there now, of the fields that read otherwise in the form."""
    fresh = type(form)(instance=type(now).objects.get(pk=now.pk))
    found = []
    for name in form.Meta.fields:
        theirs, mine = fresh[name].value(), form.cleaned_data.get(name, form[name].value())
        if theirs != mine:
            found.append({"label": form[name].label, "words": shown_value(fresh[name])})
    return found


def shown_value(field: Any) -> str:
    value, choices = field.value(), dict(getattr(field.field, "choices", ()))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(choices.get(one, one)) for one in value) or "–"
    if hasattr(value, "strftime"):
        return str(value.strftime("%H:%M"))
    return str(choices.get(value, value))


def kept_already(form: Any, sequence: Sequence, step_pk: int) -> Step | None:
    """The mail as it was filled in, when it stands there: a double click. Of a new one `step_pk` is 0."""
    same = Step.objects.filter(
        sequence=sequence, **{name: form.cleaned_data[name] for name in form.Meta.fields}
    )
    return (same.filter(pk=step_pk) if step_pk else same).first()
